"""The way to an app: names that move, TLS, proxies, and requests that would be another one."""

from __future__ import annotations

import contextlib
import socket
import threading
from ipaddress import ip_network

import pytest

from integrations.kit import outbound
from tests import targets


@pytest.fixture(autouse=True)
def _networks(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """The TLS of app.example.com, vouched for by an authority that this machine trusts."""
    context, authority = targets.certificate(tmp_path, "app.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    outbound._tls.cache_clear()
    yield context
    outbound._tls.cache_clear()


def test_a_name_that_moves_between_calls_is_checked_again_and_never_followed_unchecked(monkeypatch, settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.2/32")]
    asked = targets.name_server(monkeypatch, app_example_com=[["127.0.0.2"], ["127.0.0.1"]])
    with targets.serving(targets.answering(targets.answer()), host="127.0.0.2") as allowed:
        url = f"http://app.example.com:{allowed.port}/"

        assert outbound.call("GET", url).status == 200
        assert asked == ["app.example.com"]
        with pytest.raises(outbound.Refused):
            outbound.call("GET", url)

    assert b"\r\nhost: app.example.com:" in allowed.requests[0].lower()


def test_tls_is_checked_against_the_name_though_the_address_is_connected_to(trusted, monkeypatch):
    targets.name_server(monkeypatch, app_example_com=[["127.0.0.1"]], other_example_com=[["127.0.0.1"]])
    with targets.serving(targets.answering(targets.answer()), context=trusted) as target:
        assert outbound.call("GET", f"https://app.example.com:{target.port}/").status == 200
        with pytest.raises(
            outbound.Unreachable, match=r"certificate of other\.example\.com .* not valid for"
        ):
            outbound.call("GET", f"https://other.example.com:{target.port}/")
        with pytest.raises(outbound.Unreachable, match="certificate"):
            outbound.call("GET", f"https://127.0.0.1:{target.port}/")

    assert len(target.requests) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tmp_path, monkeypatch):
    context, _authority = targets.certificate(tmp_path, "app.example.com")
    targets.name_server(monkeypatch, app_example_com=[["127.0.0.1"]])
    app = targets.serving(targets.answering(targets.answer()), context=context)
    with (
        app as target,
        pytest.raises(outbound.Unreachable, match="cannot be trusted: self-signed certificate"),
    ):
        outbound.call("GET", f"https://app.example.com:{target.port}/")

    assert target.requests == []


def test_a_port_that_speaks_no_tls_is_named():
    with targets.serving(targets.answering(targets.answer())) as target:
        listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=_speak_smtp, args=[listening]).start()
        with pytest.raises(outbound.Unreachable, match="does not speak TLS"):
            outbound.call("GET", f"https://127.0.0.1:{listening.getsockname()[1]}/")

    assert target.requests == []


def _speak_smtp(listener: socket.socket) -> None:
    with listener, listener.accept()[0] as connection:
        connection.sendall(b"220 mail.example.com ESMTP ready\r\n")
        connection.recv(65536)


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch):
    with (
        targets.serving(targets.answering(targets.answer(b"proxy"))) as proxy,
        targets.serving(targets.answering(targets.answer(b"app"))) as target,
    ):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)

        assert outbound.call("GET", target.url).body == b"app"
    assert proxy.requests == []


def test_the_operators_proxy_carries_public_calls_and_looks_their_names_up(trusted, monkeypatch, settings):
    asked = targets.name_server(monkeypatch, app_example_com=[["127.0.0.1"]])
    app = targets.serving(targets.answering(targets.answer(b"app")), context=trusted)
    with app as target, targets.serving(_tunnel_to(target)) as proxy:
        settings.OUTBOUND_PROXY = f"http://ada:secret@127.0.0.1:{proxy.port}"

        assert outbound.call("GET", "https://app.example.com/").body == b"app"

    assert asked == []
    assert proxy.requests[0].startswith(b"CONNECT app.example.com:443 HTTP/1.1\r\n")
    assert b"\r\nproxy-authorization: basic " in proxy.requests[0].lower()
    assert b"proxy-authorization" not in target.requests[0].lower()


def _tunnel_to(target: targets.Target) -> targets.Behave:
    def tunnel(near: socket.socket, _request: bytes) -> bool:
        with socket.create_connection((target.host, target.port)) as far:
            near.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=_copy, args=[far, near])
            back.start()
            _copy(near, far)
            back.join()
        return False

    return tunnel


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)


def test_private_networks_are_reached_without_the_proxy_and_private_addresses_not_with_it(settings):
    with (
        targets.serving(targets.answering(targets.answer(b"proxy"))) as proxy,
        targets.serving(targets.answering(targets.answer(b"app"))) as target,
    ):
        settings.OUTBOUND_PROXY = proxy.url

        assert outbound.call("GET", target.url).body == b"app"
        with pytest.raises(outbound.Refused):
            outbound.call("GET", "https://10.0.0.1/")
    assert proxy.requests == []


def test_a_proxy_that_says_no_or_is_not_there_was_not_sent_to(settings):
    with targets.serving(targets.answering(targets.answer(b"", status="403 No"))) as proxy:
        settings.OUTBOUND_PROXY = proxy.url
        with pytest.raises(outbound.Unreachable, match="proxy did not let the call"):
            outbound.call("POST", "https://app.example.com/", headers={"Authorization": "Bearer x"})

    with pytest.raises(outbound.Unreachable, match="The proxy in OUTBOUND_PROXY cannot be reached"):
        outbound.call("GET", "https://app.example.com/")
    assert b"Bearer" not in b"".join(proxy.requests)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        pytest.param("GET", {"Host": "127.0.0.1"}, id="host"),
        pytest.param("GET", {"content-length": "5"}, id="length"),
        pytest.param("GET", {"Transfer-Encoding": "chunked"}, id="encoding"),
        pytest.param("GET", {"Authorization": "Bearer hunter2\r\nX: 1"}, id="line break"),
        pytest.param("GET", {"Authorization": "Bearer hunter2 ünï"}, id="not ASCII"),
        pytest.param("GET", {"X Y": "hunter2"}, id="blank in a name"),
        pytest.param("GET /x HTTP/1.1\r\nX: 1\r\n\r\nGET", {}, id="request in a method"),
        pytest.param("HOLÉ", {}, id="method not ASCII"),
    ],
)
def test_a_header_or_method_that_would_change_the_request_is_refused(method, headers):
    with targets.serving(targets.answering(targets.answer())) as target:
        with pytest.raises(outbound.Refused) as refused:
            outbound.call(method, target.url, headers=headers)

        assert target.requests == []
    assert "hunter2" not in str(refused.value)
