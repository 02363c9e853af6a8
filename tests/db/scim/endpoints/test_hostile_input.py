"""What an attacker sends: each gets a 4xx in SCIM with a sentence, and nothing is stored."""

from __future__ import annotations

import json

import pytest

from tests.db.scim import wire

BODIES = [
    pytest.param(b"", "invalidSyntax", id="nothing"),
    pytest.param(b" \n ", "invalidSyntax", id="blanks"),
    pytest.param(b"{", "invalidSyntax", id="open"),
    pytest.param(b"[]", "invalidSyntax", id="list"),
    pytest.param(b"null", "invalidSyntax", id="null"),
    pytest.param(b'"ada"', "invalidSyntax", id="text"),
    pytest.param(b'{"userName": "ada"}{}', "invalidSyntax", id="two objects"),
    pytest.param(b"{'userName': 'ada'}", "invalidSyntax", id="single quotes"),
    pytest.param(b'{"userName": "ada",}', "invalidSyntax", id="comma at the end"),
    pytest.param(b'{"userName": "ada"} // ok', "invalidSyntax", id="comment"),
    pytest.param(b'{"userName": "a\nb"}', "invalidSyntax", id="line break in text"),
    pytest.param(b'{"userName": "a\x00b"}', "invalidSyntax", id="raw NUL"),
    pytest.param(b'{"userName": "ada", "x": NaN}', "invalidSyntax", id="NaN"),
    pytest.param(b'{"userName": "ada", "x": [-Infinity]}', "invalidSyntax", id="-Infinity"),
    pytest.param(b'{"userName": "ada", "userName": "bob"}', "invalidSyntax", id="key twice"),
    pytest.param(
        b'{"userName": "ada", "x": {"a": 1, "\\u0061": 2}}', "invalidSyntax", id="key twice, escaped"
    ),
    pytest.param(b'{"userName": "\xff"}', "invalidSyntax", id="not UTF-8"),
    pytest.param(b'{"userName": "\xed\xa0\x80"}', "invalidSyntax", id="surrogate in UTF-8"),
    pytest.param(b'{"userName": "\xc0\x80"}', "invalidSyntax", id="overlong NUL"),
    pytest.param('{"userName": "ada"}'.encode("utf-16"), "invalidSyntax", id="UTF-16"),
    pytest.param(b'\xef\xbb\xbf{"userName": "ada"}', "invalidSyntax", id="byte order mark"),
    pytest.param(b'{"userName": "a\\u0000b"}', "invalidValue", id="NUL"),
    pytest.param(b'{"userName": "ada", "x\\u0000": 1}', "invalidValue", id="NUL in a key"),
    pytest.param(b'{"userName": "ada", "x": {"y": ["\\u0000"]}}', "invalidValue", id="NUL deep inside"),
    pytest.param(b'{"userName": "\\ud800"}', "invalidValue", id="lone surrogate"),
    pytest.param(b'{"userName": "\\udc00\\ud800"}', "invalidValue", id="surrogates the wrong way"),
    pytest.param(b'{"userName": "ada", "\\ud800": 1}', "invalidValue", id="surrogate in a key"),
    pytest.param(b'{"userName": "ada", "x": 1e999}', "invalidValue", id="1e999"),
    pytest.param(b'{"userName": "ada", "x": 18446744073709551616}', "invalidValue", id="2^64"),
    pytest.param(
        b'{"userName": "ada", "x": ' + b"9" * 500_000 + b"}", "invalidValue", id="half a million digits"
    ),
]


@pytest.mark.parametrize(("body", "scim_type"), BODIES)
def test_a_body_that_is_no_strict_json_is_refused_and_changes_nothing(provider, body, scim_type):
    person = provider.person("grace")
    before = wire.read(provider, f"/Users/{person}")

    for method, resource in [
        ("POST", "/Users"),
        ("PUT", f"/Users/{person}"),
        ("PATCH", f"/Users/{person}"),
        ("POST", "/Groups"),
    ]:
        wire.refusal(wire.raw(provider, method, resource, body), 400, scim_type)
        row = wire.logged(provider)
        assert (row.status, bool(row.problem)) == (400, True)

    assert wire.read(provider, "/Users")["Resources"] == [before]
    assert wire.read(provider, "/Groups")["totalResults"] == 0


def test_a_pair_of_surrogates_is_one_character(provider):
    response = wire.raw(provider, "POST", "/Users", b'{"userName": "\\ud83d\\ude00"}')

    assert (response.status_code, json.loads(response.content)["userName"]) == (201, "😀")


@pytest.mark.parametrize(
    "path",
    [
        'emails[type eq "a\\u0000"].value',
        'emails[type eq "\\ud800"].value',
        "title\u0000",
        "emails[" * 500,
        'emails[type eq "' + "a" * 5000 + '"].value',
        "a." * 3000,
        ":" * 3000,
        "urn:" * 900,
        'emails[(((type eq "work")))',
        "emails[type eq work].value",
    ],
    ids=[
        "NUL",
        "surrogate",
        "NUL in a name",
        "brackets",
        "long",
        "dots",
        "colons",
        "urns",
        "open",
        "no quotes",
    ],
)
def test_a_hostile_path_is_refused(provider, path):
    person = provider.person("ada")
    body = json.dumps({"Operations": [{"op": "replace", "path": path, "value": "x"}]})

    response = wire.raw(provider, "PATCH", f"/Users/{person}", body)

    assert response.status_code == 400
    wire.refusal(response, 400, json.loads(response.content)["scimType"])
    assert wire.events(provider) == ["user.created"]


@pytest.mark.parametrize(
    "text",
    [
        'meta.created eq "9999-12-31T23:59:60Z"',
        'meta.lastModified gt "2020-01-01T00:00:00.123456789Z"',
        'meta.created gt "2020-02-30T00:00:00Z"',
        'meta.created gt "2020-W01-1T00:00:00Z"',
    ],
)
def test_a_date_at_the_edge_of_time_is_answered(provider, text):
    provider.person("ada")

    response = wire.ask(provider, text)

    assert response.status_code in (200, 400)
    if response.status_code == 400:
        wire.refusal(response, 400, "invalidFilter")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("".join(chr(0x4E00 + 37 * n % 20_000) for n in range(512)), id="CJK"),
        pytest.param("".join(chr(0x20000 + 977 * n % 40_000) for n in range(512)), id="four bytes each"),
    ],
)
def test_512_characters_of_any_script_are_a_name(provider, name):
    status, made = provider.send("POST", "/Users", {"userName": name})

    assert (status, made.get("userName")) == (201, name)
    assert [one["id"] for one in wire.read(provider, "/Users")["Resources"]] == [made["id"]]


@pytest.mark.parametrize(
    "letter", [lambda n: "g", lambda n: chr(0x20000 + 977 * n % 40_000)], ids=["ASCII", "four bytes each"]
)
def test_512_characters_are_a_group_name(provider, letter):
    name = "".join(letter(number) for number in range(512))

    status, made = provider.send("POST", "/Groups", {"displayName": name})

    assert (status, made["displayName"]) == (201, name)
    assert wire.found(provider, f'displayName eq "{name}"', "/Groups") == [made["id"]]


@pytest.mark.parametrize(("part", "length"), [("value", 320), ("type", 64)])
@pytest.mark.parametrize(
    "letter", [lambda n: "e", lambda n: chr(0x4E00 + 37 * n % 20_000)], ids=["ASCII", "CJK"]
)
def test_a_long_email_is_found_as_it_is_kept_or_refused(provider, length, letter, part):
    text = "".join(letter(number) for number in range(length))
    email = {"value": "a@a.example", "type": "work", part: text}

    response = wire.raw(provider, "POST", "/Users", {"userName": "ada", "emails": [email]})

    assert response.status_code in (201, 400), response.content
    kept = wire.read(provider, "/Users")["Resources"]
    assert wire.found(provider, f'emails[{part} eq "{text}"]') == [one["id"] for one in kept]


def test_more_unknown_members_than_a_group_may_have_are_refused_with_the_figure(provider):
    group = provider.group("Editors")
    crowd = [{"value": f"nobody-{number}"} for number in range(40_000)]

    for method, resource, body in [
        ("POST", "/Groups", {"displayName": "Crowd", "members": crowd}),
        ("PUT", f"/Groups/{group}", {"displayName": "Editors", "members": crowd}),
        ("PATCH", f"/Groups/{group}", {"Operations": [{"op": "add", "path": "members", "value": crowd}]}),
    ]:
        assert "1000" in wire.refusal(wire.raw(provider, method, resource, body), 400, "invalidValue")


def test_many_unknown_members_are_removed_without_harm(provider):
    ada = provider.person("ada")
    group = provider.group("Editors", ada)
    crowd = [{"value": f"nobody-{number}"} for number in range(40_000)]

    status, _ = wire.patch(provider, f"/Groups/{group}", {"op": "remove", "path": "members", "value": crowd})

    assert status in (200, 204)
    assert wire.members(provider, group) == {ada}


CANARY = "canary-7f3a91"
SECRETS = [
    pytest.param("POST", {"userName": "bob", "password": CANARY}, id="create"),
    pytest.param("POST", {"userName": "bob", "PassWord": CANARY}, id="other case"),
    pytest.param("POST", {"userName": "bob", f"{wire.USER}:password": CANARY}, id="URN key"),
    pytest.param("POST", {"userName": "bob", "password": {"value": [CANARY]}}, id="as an object"),
    pytest.param("POST", {"userName": "bob", "x": {"password": CANARY}}, id="in an unknown object"),
    pytest.param("POST", {"userName": 5, "password": CANARY}, id="refused create"),
    pytest.param("POST", '{"userName": "bob", "password": "' + CANARY, id="broken body"),
    pytest.param("PUT", {"userName": "ada", "password": CANARY}, id="replace"),
    pytest.param("PATCH", {"op": "replace", "path": "password", "value": CANARY}, id="path"),
    pytest.param("PATCH", {"op": "replace", "path": f"{wire.USER}:password", "value": CANARY}, id="URN path"),
    pytest.param("PATCH", {"op": "replace", "value": {"password": CANARY}}, id="no path"),
    pytest.param("PATCH", {"op": "replace", "value": {wire.USER: {"password": CANARY}}}, id="nested"),
    pytest.param("PATCH", {"op": "replace", "path": "password", "value": {"a": CANARY}}, id="object value"),
    pytest.param("PATCH", {"op": "move", "path": "password", "value": CANARY}, id="refused path"),
]


@pytest.mark.parametrize(("method", "said"), SECRETS)
def test_a_password_is_kept_nowhere_and_answered_nowhere(provider, caplog, method, said):
    person = provider.person("ada")
    resource = "/Users" if method == "POST" else f"/Users/{person}"

    response = wire.raw(provider, method, resource, {"Operations": [said]} if method == "PATCH" else said)

    assert response.status_code < 500
    assert CANARY not in response.content.decode()
    assert CANARY not in caplog.text
    assert wire.tables_that_hold(CANARY) == []


def test_an_answer_never_shows_markup_as_markup(provider):
    person = provider.person("ada", title="<script>alert(1)</script>")

    response = wire.raw(provider, "GET", f"/Users/{person}")

    assert response["Content-Type"].startswith("application/scim+json")
    assert "default-src 'none'" in response["Content-Security-Policy"]
