"""What SCIM push makes of a person, of settings, and of what an app says."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.delivery.connector import Person
from integrations.delivery.connectors.scim_push import attributes, work
from integrations.delivery.connectors.scim_push.attributes import Change
from integrations.delivery.connectors.scim_push.service import ENTERPRISE, USER, Service
from integrations.delivery.connectors.scim_push.settings_form import ScimForm

URL = {"base_url": "https://app.example/scim/v2/"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({**URL, "token": "t"}, set()),
        (URL, {"token"}),
        ({**URL, "sign_in": "basic", "user_name": "root", "password": " p "}, set()),
        ({**URL, "sign_in": "basic", "token": "t"}, {"user_name", "password"}),
        ({**URL, "sign_in": "magic", "token": "t"}, {"sign_in"}),
        ({"token": "t"}, {"base_url"}),
        ({"base_url": "https://app.example/scim?x=1", "token": "t"}, {"base_url"}),
        ({"base_url": "ftp:", "token": "t"}, {"base_url"}),
    ],
)
def test_settings_are_judged(given, wrong):
    form = ScimForm(given)

    assert set(form.errors) == wrong


def test_an_address_is_kept_without_its_last_slash():
    form = ScimForm({**URL, "token": "t"})

    assert form.is_valid()
    assert form.cleaned_data["base_url"] == "https://app.example/scim/v2"
    assert form.cleaned_data["sign_in"] == "bearer"


def test_a_user_holds_what_the_app_can_take_and_no_secret():
    data: dict[str, Any] = {
        "userName": "ada",
        "password": "hunter2",
        "groups": [{"value": "1"}],
        "id": "x",
        "meta": {},
        "title": "Dr",
        "nickName": "",
        "urn:example:own": {"size": 1},
        ENTERPRISE: {"department": "R", "costCenter": "7", "manager": {"value": "2"}},
    }
    person = Person(id="p-1", user_name="ada", data=data)
    takes = Service(attributes=frozenset({"externalid", "active", f"{ENTERPRISE.lower()}:department"}))

    whole = attributes.wanted(person, None, Service())
    strict = attributes.wanted(person, None, takes)

    assert whole == {
        "userName": "ada",
        "externalId": "p-1",
        "active": True,
        "title": "Dr",
        ENTERPRISE: {"department": "R", "costCenter": "7"},
    }
    assert attributes.with_schemas(whole)["schemas"] == [USER, ENTERPRISE]
    assert strict == {
        "userName": "ada",
        "externalId": "p-1",
        "active": True,
        ENTERPRISE: {"department": "R"},
    }


@pytest.mark.parametrize(
    ("wanted", "shown", "paths"),
    [
        ({"userName": "Ada"}, {"userName": "ada"}, []),
        ({"title": "Dr"}, {}, ["title"]),
        ({"active": True}, {}, []),
        ({"active": True}, {"active": False}, ["active"]),
        ({"name": {"givenName": "A"}}, {"name": {"givenName": "A", "formatted": "A B"}}, []),
        ({"name": {"givenName": "A"}}, {"name": {"givenName": "B", "familyName": "C"}}, ["name.givenName"]),
        ({"emails": [{"value": "a"}]}, {"emails": [{"value": "a", "type": "work"}]}, []),
        ({"emails": [{"value": "a", "primary": False}]}, {"emails": [{"value": "a"}]}, []),
        ({"emails": [{"value": "a"}]}, {"emails": [{"value": "a"}, {"value": "b"}]}, ["emails"]),
        ({ENTERPRISE: {"department": "R"}}, {ENTERPRISE: {"division": "D"}}, [f"{ENTERPRISE}:department"]),
        ({}, {"nickName": "Augusta", "title": "Dr"}, []),
    ],
)
def test_only_what_differs_is_changed(wanted, shown, paths):
    assert [one.path for one in attributes.differences(wanted, shown, clears=False)] == paths


def test_a_whole_account_keeps_what_only_the_app_has():
    shown = {"id": "1", "meta": {}, "schemas": [USER], "nickName": "Augusta", "title": "Dr", "groups": []}
    changes = [
        Change("title", None, "Dr"),
        Change("name.givenName", "Ada"),
        Change(f"{ENTERPRISE}:division", "D"),
    ]

    assert attributes.changed(shown, changes) == {
        "id": "1",
        "schemas": [USER, ENTERPRISE],
        "nickName": "Augusta",
        "name": {"givenName": "Ada"},
        ENTERPRISE: {"division": "D"},
    }
    assert [one.operation["op"] for one in changes] == ["remove", "add", "add"]


def test_values_are_told_in_words():
    step = work.steps(
        work.Work(
            Person(id="p", user_name="ada"),
            {"userName": "ada", "emails": [{"value": "a@x"}, {"value": "b@x"}], "name": {"givenName": "Ada"}},
            None,
            creates=True,
        )
    )[0]

    assert step.detail == "userName: ada\nemails: a@x, b@x\nname: givenName Ada"
