"""Requests at the edge of what can be read and kept."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.utils.http import urlencode

from integrations.kit import transactions
from scim.store import rehire
from tests import factories
from tests.db import console
from tests.db.scim import wire

CANARY = "canary-7f3a91"


def test_the_log_explains_a_wrong_method(provider):
    wire.raw(provider, "DELETE", "/Users")

    row = wire.logged(provider)
    assert row.status == 405
    assert "DELETE" in row.problem
    assert "GET" in row.remedy


def test_what_others_hold_for_long_is_answered_as_to_be_sent_again(provider, monkeypatch, caplog):
    def held(*_args: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(rehire, "find", held)

    response = wire.raw(provider, "POST", "/Users", {"userName": "ada"})

    assert wire.refusal(response, 503).endswith("Nothing was changed. Send it again later.")
    assert response["Retry-After"] == str(transactions.AGAIN_S)
    assert wire.logged(provider).status == 503
    assert {record.levelname for record in caplog.records} == {"WARNING"}
    assert wire.read(provider, "/Users")["totalResults"] == 0


@pytest.mark.parametrize("resource", ["/Nobody", "/Groups/a/b/c", "/Users/a/b"])
@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_every_method_on_an_unknown_address_is_answered_in_scim(provider, method, resource):
    response = wire.raw(provider, method, resource)

    assert response.status_code in (404, 405)
    wire.refusal(response, response.status_code)


@pytest.mark.parametrize("resource", ["/%00", "/Schemas/%00", "/ResourceTypes/a%00b", "/Me/%00"])
def test_a_nul_in_the_address_is_answered_and_kept(provider, resource):
    response = wire.raw(provider, "GET", resource)

    wire.refusal(response, response.status_code)
    row = wire.logged(provider)
    assert (row.status, "\N{SYMBOL FOR NULL}" in row.path) == (response.status_code, True)
    assert "\0" not in row.problem + row.path


@pytest.mark.parametrize(
    "text", ['meta.created gt "0001-01-01T00:00:00+14:00"', 'meta.created lt "9999-12-31T23:59:59-14:00"']
)
def test_a_date_beyond_the_edge_of_time_is_answered(provider, text):
    provider.person("ada")

    response = wire.ask(provider, text)

    assert response.status_code in (200, 400)


def test_letters_that_grow_beyond_the_index_when_folded_are_refused(provider):
    status, body = provider.send(
        "POST", "/Users", {"userName": "\N{GREEK SMALL LETTER IOTA WITH DIALYTIKA AND TONOS}" * 512}
    )

    assert (status, body["scimType"]) == (400, "invalidValue")
    assert "2400 bytes" in body["detail"]


def test_letters_of_four_bytes_are_a_name(provider):
    name = "".join(chr(0x20000 + number) for number in range(384))

    status, made = provider.send("POST", "/Users", {"userName": name})

    assert (status, made.get("userName")) == (201, name)
    assert wire.found(provider, f'userName eq "{name}"') == [made["id"]]


@pytest.mark.parametrize("length", [513, 1025, 4096])
@pytest.mark.parametrize(
    "letter", [lambda n: "g", lambda n: chr(0x20000 + 977 * n % 40_000)], ids=["ASCII", "four bytes each"]
)
def test_a_longer_group_name_is_kept_whole_or_refused(provider, length, letter):
    name = "".join(letter(number) for number in range(length))

    response = wire.raw(provider, "POST", "/Groups", {"displayName": name})

    assert response.status_code in (201, 400), response.content
    groups = wire.read(provider, "/Groups")["Resources"]
    assert [group["displayName"] for group in groups] == ([name] if response.status_code == 201 else [])


@pytest.mark.django_db(transaction=True)
def test_a_head_request_for_one_person_or_group_needs_no_lock():
    sender = console.provider(factories.make_integration(factories.make_workspace()))
    person, group = sender.person("ada"), sender.group("Editors")

    answers = [wire.raw(sender, "HEAD", resource) for resource in (f"/Users/{person}", f"/Groups/{group}")]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(("part", "length"), [("value", 1025), ("value", 3000), ("type", 65), ("type", 1025)])
@pytest.mark.parametrize(
    "letter", [lambda n: "e", lambda n: chr(0x4E00 + 37 * n % 20_000)], ids=["ASCII", "CJK"]
)
def test_a_longer_email_is_found_as_it_is_kept_or_refused(provider, length, letter, part):
    text = "".join(letter(number) for number in range(length))
    email = {"value": "a@a.example", "type": "work", part: text}

    response = wire.raw(provider, "POST", "/Users", {"userName": "ada", "emails": [email]})

    assert response.status_code in (201, 400), response.content
    kept = wire.read(provider, "/Users")["Resources"]
    assert wire.found(provider, f'emails[{part} eq "{text}"]') == [one["id"] for one in kept]


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"Op": "Replace", "Path": "Password", "Value": CANARY}, id="keys in other case"),
        pytest.param({"op": "replace", "path": " password ", "value": CANARY}, id="blanks in the path"),
        pytest.param({"op": "replace", "path": "password.value", "value": CANARY}, id="part of it"),
        pytest.param({"op": "remove", "path": f'password[value eq "{CANARY}"]'}, id="in the path"),
    ],
)
def test_a_password_in_an_odd_patch_is_kept_nowhere(provider, operation):
    person = provider.person("ada")

    status, body = wire.patch(provider, f"/Users/{person}", operation)

    assert status in (200, 400)
    assert CANARY not in json.dumps(body)
    assert wire.tables_that_hold(CANARY) == []


@pytest.mark.parametrize("text", [f'password eq "{CANARY}"', f'userName eq "a" or password sw "{CANARY}"'])
def test_a_password_in_a_filter_is_kept_nowhere(provider, text):
    response = wire.raw(provider, "GET", f"/Users?{urlencode({'filter': text})}")

    wire.refusal(response, 400, "invalidFilter")
    assert wire.tables_that_hold(CANARY) == []


@pytest.mark.parametrize("claimed", ["3000000000", str(2**63)])
def test_a_length_that_no_number_of_the_log_holds_is_refused_and_kept(provider, claimed):
    address = f"/scim/v2/{provider.integration.pk}/Users"
    header = {"authorization": f"Bearer {provider.issued.text}"}

    response = provider.client.post(
        address, {}, content_type="application/json", headers=header, CONTENT_LENGTH=claimed
    )

    wire.refusal(response, 413)
    assert wire.logged(provider).status == 413
