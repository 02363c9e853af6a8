"""Filters over HTTP: what each finds, what is refused, and that none ever widens."""

from __future__ import annotations

import json

import pytest

from integrations.traffic.models import RequestLog
from tests.db.scim import wire

PEOPLE: dict[str, wire.Json] = {
    "ada": {
        "externalId": "00u1",
        "title": "Countess",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "emails": [
            {"value": "ada@work.example", "type": "work"},
            {"value": "ada@home.example", "type": "home"},
        ],
        wire.ENTERPRISE: {"department": "Engines", "manager": {"value": wire.NOBODY}},
    },
    "grace": {
        "externalId": "00U1",
        "title": "Admiral",
        "active": False,
        "emails": [{"value": "grace@home.example", "type": "work"}],
    },
    "100%_sure\\": {"externalId": "a%b", "title": "100%"},
    "100xysure": {"externalId": "aXb", "title": "100 x"},
    "Straße 1": {"nickName": "Stra\u00dfe"},
}


@pytest.fixture
def ids(provider) -> dict[str, str]:
    """Five people, by name."""
    return {
        name: provider.send("POST", "/Users", {"userName": name, **more})[1]["id"]
        for name, more in PEOPLE.items()
    }


# One test with many rows inside: the people are made once.
FINDS: list[tuple[str, set[str]]] = [
    ('userName eq "ADA"', {"ada"}),
    ('USERNAME Eq "ada"', {"ada"}),
    (f'{wire.USER}:userName eq "ada"', {"ada"}),
    (f'{wire.USER.upper()}:username EQ "ada"', {"ada"}),
    ('userName co "A"', {"ada", "grace", "Straße 1"}),
    ('userName sw "100%"', {"100%_sure\\"}),
    ('userName co "%"', {"100%_sure\\"}),
    ('userName co "_"', {"100%_sure\\"}),
    ('userName sw "1___"', set()),
    ('userName ew "\\\\"', {"100%_sure\\"}),
    ('userName co "\\\\"', {"100%_sure\\"}),
    ('userName ew "SURE"', {"100xysure"}),
    ('userName eq "%"', set()),
    ('userName eq "STRASSE 1"', {"Straße 1"}),
    ('userName sw "strass"', {"Straße 1"}),
    ('userName co "ß"', {"Straße 1"}),
    ('nickName eq "STRASSE"', {"Straße 1"}),
    ('userName ne "ada"', {"grace", "100%_sure\\", "100xysure", "Straße 1"}),
    ('userName gt "b" and userName lt "h"', {"grace"}),
    ('externalId eq "00u1"', {"ada"}),
    ('externalId eq "00U1"', {"grace"}),
    ('externalId co "U1"', {"grace"}),
    ('externalId sw "a%"', {"100%_sure\\"}),
    ("externalId pr", {"ada", "grace", "100%_sure\\", "100xysure"}),
    ("not (externalId pr)", {"Straße 1"}),
    ('externalId ne "00u1"', {"grace", "100%_sure\\", "100xysure", "Straße 1"}),
    ('title sw "100%"', {"100%_sure\\"}),
    ('title co "_"', set()),
    ("active eq true", {"ada", "100%_sure\\", "100xysure", "Straße 1"}),
    ("active eq false", {"grace"}),
    ('active eq "False"', {"grace"}),
    ("active ne true", {"grace"}),
    ('emails.value eq "ADA@work.example"', {"ada"}),
    ('emails eq "ada@work.example"', {"ada"}),
    ('emails[type eq "work"].value eq "ada@work.example"', {"ada"}),
    ('emails[type eq "work" and value eq "ada@home.example"]', set()),
    ('emails[type eq "work" and value ew "home.example"]', {"grace"}),
    ('emails.type eq "work" and emails.value ew "home.example"', {"ada", "grace"}),
    ('emails[not (type eq "work")]', {"ada"}),
    ('not (emails[type eq "work"])', {"100%_sure\\", "100xysure", "Straße 1"}),
    ("emails pr", {"ada", "grace"}),
    ('emails.value ne "ada@work.example"', {"grace", "100%_sure\\", "100xysure", "Straße 1"}),
    ('name.familyName co "love"', {"ada"}),
    ('name.familyName ne "Lovelace"', {"grace", "100%_sure\\", "100xysure", "Straße 1"}),
    (f'{wire.ENTERPRISE}:department eq "engines"', {"ada"}),
    (f'{wire.ENTERPRISE}:manager eq "{wire.NOBODY}"', {"ada"}),
    (f'manager eq "{wire.NOBODY}"', {"ada"}),
    (f'{wire.ENTERPRISE}:manager.value eq "{wire.NOBODY.upper()}"', set()),
    ('title eq "Countess" or userName eq "grace" and active eq true', {"ada"}),
    ('(title eq "Countess" or userName eq "grace") and active eq false', {"grace"}),
    ('not (active eq true) or externalId eq "aXb"', {"grace", "100xysure"}),
    ('not (userName eq "ada" or title pr)', {"Straße 1"}),
    ('userName eq "ada" and title eq "Admiral"', set()),
    ('id eq "nobody"', set()),
    (f'id eq "{wire.NOBODY}"', set()),
    ('id eq "\\"; --"', set()),
    ('meta.created gt "2020-01-01T00:00:00Z"', set(PEOPLE)),
    ('meta.lastModified le "2020-01-01T00:00:00+02:00"', set()),
    ('meta.resourceType eq "User"', set(PEOPLE)),
    ('schemas eq "urn:nobody"', set()),
    ('userName eq "a\\u0064a"', {"ada"}),
    ("userName eq null", set()),
    ("userName pr and id pr and active pr", set(PEOPLE)),
]


def test_each_filter_finds_exactly_whom_it_means(provider, ids):
    came = {text: set(wire.found(provider, text)) for text, _ in FINDS}

    names = {one: name for name, one in ids.items()}
    assert {text: {names[one] for one in found} for text, found in came.items()} == dict(FINDS)


def test_an_id_is_found_as_it_is_shown(provider, ids):
    assert wire.found(provider, f'id eq "{ids["ada"]}"') == [ids["ada"]]
    assert set(wire.found(provider, f'id ne "{ids["ada"]}"')) == set(ids.values()) - {ids["ada"]}
    assert wire.found(provider, f'id eq "{ids["ada"].upper()}"') == []


def test_a_moment_that_was_shown_is_found_again(provider, ids):
    shown = wire.read(provider, f"/Users/{ids['grace']}")["meta"]["created"]

    assert wire.found(provider, f'meta.created eq "{shown}"') == [ids["grace"]]
    assert ids["grace"] not in wire.found(provider, f'meta.created gt "{shown}"')
    assert ids["grace"] in wire.found(provider, f'meta.created ge "{shown}"')


REFUSED = [
    "userName",
    "userName eq",
    "eq",
    '"ada"',
    'userName eq "ada',
    "userName eq 'ada'",
    "userName eq ada",
    "userName eq 5",
    "userName eq true",
    'userName = "ada"',
    'userName eq "ada" and',
    'userName eq "ada" && active eq true',
    '(userName eq "ada"',
    'userName eq "ada")',
    'not userName eq "ada"',
    "not",
    "userName pr pr",
    'shoeSize eq "9"',
    'shoeSize eq "9" or userName eq "ada"',
    'userName.value eq "ada"',
    'emails.tip eq "work"',
    'emails[type eq "work"',
    "emails[] pr",
    'userName[value eq "a"]',
    'urn:x:y:userName eq "ada"',
    'name eq "Ada"',
    "active gt true",
    'active co "t"',
    'active eq "perhaps"',
    "active eq 1",
    'meta.created gt "yesterday"',
    'meta.created gt "2020-01-01"',
    'meta.created co "2020"',
    "meta.created gt 5",
    'userName eq "\\x"',
    'userName eq "\\ud800"',
    'userName eq "\\u0000"',
    "userName eq NaN",
    "userName eq 1e999",
    'password eq "s3cret"',
    "password pr",
    'not (password eq "a")',
    'userName eq "ada" or password sw "a"',
    f'{wire.USER}:password co "a"',
    "userName eq \u201cada\u201d",
    'userName\u00a0eq "ada"',
    "\x00",
    "(" * 70 + 'userName eq "a"' + ")" * 70,
    "not (" * 70 + 'userName eq "a"' + ")" * 70,
    " or ".join(['title eq "a"'] * 101),
    'userName eq "' + "a" * 4096 + '"',
]


def test_a_filter_that_is_not_understood_finds_nobody_and_says_why(provider, ids):
    answers = {text: wire.ask(provider, text) for text in REFUSED}

    assert {text: answer.status_code for text, answer in answers.items()} == dict.fromkeys(REFUSED, 400)
    assert all(wire.refusal(answer, 400, "invalidFilter") for answer in answers.values())
    rows = RequestLog.objects.for_integration(provider.integration).filter(method="GET")
    assert [row.status for row in rows if row.problem] == [400] * len(REFUSED)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param('userName eq "ada" xor active eq true', "19", id="unknown word"),
        pytest.param('userName eq "ada" and shoeSize pr', "23", id="unknown attribute"),
    ],
)
def test_the_sentence_names_the_place(provider, text, place):
    detail = wire.refusal(wire.ask(provider, text), 400, "invalidFilter")

    assert f"character {place}" in detail


@pytest.mark.parametrize("text", ["", "  ", "%20"], ids=["empty", "blanks", "encoded blank"])
def test_an_empty_filter_is_none(provider, ids, text):
    assert wire.read(provider, f"/Users?filter={text.replace(' ', '+')}")["totalResults"] == len(PEOPLE)


def test_the_largest_filter_is_answered(provider, ids):
    names = " or ".join(f'userName eq "p{number}"' for number in range(99)) + ' or userName eq "ada"'

    assert wire.found(provider, names) == [ids["ada"]]
    assert wire.found(provider, f'userName eq "{"a" * 4000}"') == []


def test_nobody_found_is_an_empty_list_and_not_404(provider):
    response = wire.ask(provider, 'userName eq "nobody"')

    body = json.loads(response.content)
    assert response.status_code == 200
    assert body == {
        "schemas": [wire.LIST],
        "totalResults": 0,
        "startIndex": 1,
        "itemsPerPage": 0,
        "Resources": [],
    }


def test_filters_on_groups(provider, ids):
    editors = provider.group("Editors", ids["ada"], ids["grace"])
    percent = provider.group("100%", ids["ada"])
    empty = provider.send("POST", "/Groups", {"displayName": "Empty", "externalId": "g1"})[1]["id"]

    expected = {
        'displayName eq "EDITORS"': [editors],
        'displayName sw "100%"': [percent],
        'displayName co "%"': [percent],
        'displayName co "_"': [],
        'displayName ne "editors"': [percent, empty],
        'externalId eq "g1"': [empty],
        f'members eq "{ids["ada"]}"': [editors, percent],
        f'members.value eq "{ids["grace"]}"': [editors],
        f'members[value eq "{ids["grace"]}"]': [editors],
        f'members eq "{ids["ada"]}" and displayName sw "e"': [editors],
        f'members.value ne "{ids["grace"]}"': [percent, empty],
        "members pr": [editors, percent],
        "not (members pr)": [empty],
        f'id eq "{editors}" and members eq "{ids["ada"]}"': [editors],
        f'members eq "{wire.NOBODY}"': [],
    }
    assert {text: wire.found(provider, text, "/Groups") for text in expected} == expected


def test_people_are_found_by_their_group(provider, ids):
    group = provider.group("Editors", ids["ada"])

    assert wire.found(provider, f'groups eq "{group}"') == [ids["ada"]]
    assert wire.found(provider, f'groups.value eq "{group}" and active eq true') == [ids["ada"]]
    assert wire.found(provider, 'groups.display eq "editors"') == [ids["ada"]]
    assert set(wire.found(provider, f'groups.value ne "{group}"')) == set(ids.values()) - {ids["ada"]}
    provider.send("DELETE", f"/Groups/{group}")
    assert wire.found(provider, f'groups eq "{group}"') == []


def test_a_filter_does_not_count_members_who_are_deleted(provider, ids):
    provider.group("Editors", ids["ada"])
    provider.send("DELETE", f"/Users/{ids['ada']}")

    assert wire.found(provider, f'members eq "{ids["ada"]}"', "/Groups") == []
    assert wire.found(provider, "members pr", "/Groups") == []
