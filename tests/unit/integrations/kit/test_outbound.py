"""What connectors may not reach, and may not say: refused before anything is connected."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest

from integrations.kit import outbound
from tests import targets

PUBLIC = "93.184.216.34"


@pytest.fixture(autouse=True)
def connected(monkeypatch, settings) -> list[object]:
    """The addresses that were connected to: none, in all of these tests."""
    tried: list[object] = []

    def connect(_socket: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [], ""
    return tried


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.0.0.1.", "127.1", "127.000.000.001", "0177.0.0.1", "0x7f000001", "0x7f.1"),
        *("2130706433", "017700000001", "0", "0.0.0.0", "localhost", "LOCALHOST"),
        *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
        *("[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]"),
        *("[::ffff:0:127.0.0.1]", "[::ffff:0:a9fe:a9fe]", "[1::1]", "[4000::1]", "[a000::1]"),
        *("169.254.169.254", "[fd00:ec2::254]", "2852039166", "100.64.0.1", "100.127.255.254"),
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "192.0.2.1", "198.18.0.1", "203.0.113.9"),
        *("[fd00::8]", "[fc00::1]", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]", "[2001:db8::1]"),
        *("224.0.0.1", "239.255.255.250", "[ff02::1]", "240.0.0.1", "255.255.255.255"),
        *("①②⑦.0.0.1", "\uff11\uff12\uff17.0.0.1", "127。0。0。1", "ⓁⓄⒸⒶⓁⒽⓄⓈⓉ", "①⑥⑨.②⑤④.①⑥⑨.②⑤④"),
    ],
)
def test_an_address_that_is_not_public_is_refused_in_every_spelling(host, connected):
    for port in ("", ":443", ":8443"):
        with pytest.raises(outbound.Refused):
            outbound.call("GET", f"https://{host}{port}/users")

    assert connected == []


@pytest.mark.parametrize(
    "url",
    [
        *("", "app.example.com", "//app.example.com/", "https://", "https:///users", "https:app.example.com"),
        *("http://app.example.com/", "https://app.example.com:80/", "https://app.example.com:22/"),
        *("https://app.example.com:0/", "https://app.example.com:65536/", "https://app.example.com:-1/"),
        *("file:///etc/passwd", "file://app.example.com/etc/passwd", "ftp://app.example.com/", "gopher://a/"),
        *("javascript:alert(1)", "data:text/plain,x", "unix:///run/docker.sock", "ws://app.example.com/"),
        *("https://ada@app.example.com/", "https://ada:secret@app.example.com/", "https://@app.example.com/"),
        *("https://app.example.com@127.0.0.1/", "https://127.0.0.1@app.example.com/"),
        *("https://app.example.com\\@127.0.0.1/", "https://127.0.0.1\\.app.example.com/"),
        *("https://127.0.0.1%2f@app.example.com/", "https://app.example.com%00.evil.example/"),
        *("https://app.exa mple.com/", "https://app.exa\tmple.com/", "https://app.example.com/\r\nHost: b"),
        *(" https://app.example.com/", "https://a..b/", f"https://{'a' * 64}.example.com/", "https://[::1/"),
        f"https://app.example.com/{'a' * 9000}",
    ],
)
def test_what_is_no_public_https_address_is_refused(url, connected, monkeypatch):
    targets.name_server(monkeypatch, app_example_com=[[PUBLIC]])

    with pytest.raises(outbound.Refused) as refused:
        outbound.call("GET", url)

    assert connected == []
    assert "secret" not in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="loopback"),
        pytest.param(["169.254.169.254"], id="metadata"),
        pytest.param(["::ffff:10.0.0.1"], id="mapped"),
        pytest.param(["64:ff9b::a00:1"], id="nat64"),
        pytest.param(["::ffff:0:a00:1"], id="translated"),
        pytest.param([PUBLIC, "10.0.0.1"], id="public and private"),
        pytest.param(["10.0.0.1", PUBLIC], id="private and public"),
        pytest.param([PUBLIC, "fd00::1"], id="public and private of the other family"),
    ],
)
def test_a_name_that_leads_to_a_private_address_is_refused(addresses, connected, monkeypatch):
    asked = targets.name_server(monkeypatch, app_example_com=[addresses, [PUBLIC]])

    with pytest.raises(outbound.Refused, match=r"app\.example\.com does not lead to a public address") as no:
        outbound.call("GET", "https://app.example.com/users")

    assert asked == ["app.example.com"]
    assert connected == []
    assert not any(address in str(no.value) for address in addresses)


def test_a_public_name_is_looked_up_once_and_its_own_address_connected_to(connected, monkeypatch):
    asked = targets.name_server(monkeypatch, app_example_com=[[PUBLIC], ["127.0.0.1"]])

    with pytest.raises(outbound.Unreachable, match=r"app\.example\.com does not answer on port 8443\."):
        outbound.call("GET", "https://app.example.com:8443/users")

    assert asked == ["app.example.com"]
    assert connected == [(PUBLIC, 8443)]


def test_of_many_addresses_three_are_tried(connected, monkeypatch):
    many = [f"93.184.216.{last}" for last in range(1, 30)]
    targets.name_server(monkeypatch, app_example_com=[many])

    with pytest.raises(outbound.Unreachable):
        outbound.call("GET", "https://app.example.com/")

    assert len(connected) == 3


def test_an_allowed_network_opens_itself_and_nothing_else(connected, monkeypatch, settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("10.1.0.0/16")]
    targets.name_server(monkeypatch, app_example_com=[[PUBLIC]], both_example_com=[["10.1.2.3", PUBLIC]])
    closed = (
        *(
            "http://app.example.com/",
            "https://app.example.com:9000/",
            "http://10.2.0.1/",
            "http://127.0.0.1/",
        ),
        *("https://10.2.0.1/", "http://[::ffff:10.1.2.3]/", "http://both.example.com/", "ftp://10.1.2.3/"),
    )

    for url in closed:
        with pytest.raises(outbound.Refused):
            outbound.call("GET", url)
    for url in ("http://10.1.2.3/", "https://10.1.2.3:9000/", "https://10.1.2.3/"):
        with pytest.raises(outbound.Unreachable):
            outbound.call("GET", url)

    assert connected == [("10.1.2.3", 80), ("10.1.2.3", 9000), ("10.1.2.3", 443)]


def test_an_answer_shows_neither_body_nor_headers_when_it_is_printed():
    answer = outbound.Answer(200, {"x": "hunter2"}, b"hunter2", 3)

    assert repr(answer) == "Answer(status=200, elapsed_ms=3)"


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "localhost",
            "0177.0.0.1",
            "2130706433",
            "0x7f000001",
            "::1",
            "[::1]",
            "::ffff:127.0.0.1",
        ),
        *("10.0.0.1", "169.254.169.254", "fe80::1%eth0", "64:ff9b::7f00:1", "①②⑦.0.0.1"),
        *("", "a b", "app.example.com/x", "ada@app.example.com", "app.example.com:22", "app.example.com#"),
        *("app.example.com?", "\\app.example.com", "a..b", "inside.example.com"),
    ],
)
def test_a_host_is_checked_by_the_same_rules(host, monkeypatch):
    targets.name_server(monkeypatch, app_example_com=[[PUBLIC]], inside_example_com=[["10.0.0.1"]])

    with pytest.raises(outbound.Refused):
        outbound.check_host(host, 22)


def test_a_host_gives_the_address_to_connect_to(monkeypatch, settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("10.0.0.0/8")]
    asked = targets.name_server(
        monkeypatch,
        app_example_com=[[PUBLIC], ["127.0.0.1"]],
        inside_example_com=[["10.0.0.1"]],
        no_example=[[]],
    )

    assert outbound.check_host("app.example.com", 22) == PUBLIC
    assert outbound.check_host("inside.example.com", 2222) == "10.0.0.1"
    assert outbound.check_host("2606:4700::1111", 22) == "2606:4700::1111"
    with pytest.raises(outbound.Unreachable, match=r"no\.example is not found"):
        outbound.check_host("no.example", 22)
    with pytest.raises(outbound.Refused):
        outbound.check_host("app.example.com", 70000)
    assert asked == ["app.example.com", "inside.example.com", "no.example"]
