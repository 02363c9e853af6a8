"""What reads alike is the same: twice the same file, the same bytes, and whose names are whose."""

from __future__ import annotations

import json

import pytest

from integrations import catalog
from integrations.audit.models import AuditEntry
from integrations.configuration import exporting
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection
from integrations.kit.errors import Refused
from integrations.models import Integration
from tests import factories
from tests.db.integrations.configuration import files
from tests.db.integrations.configuration.files import connector

BY = factories.OPERATOR
WEBHOOK = {"url": "https://a.example"}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize(
    "values",
    [
        {"app": ""},
        {"sign_in_url": " https://a.example "},
        {"name": " Miro "},
        {"connector": connector("manual")},
        {"connector": connector("manual", instructions="  Ask Ines. ")},
        {"connector": connector("scim_push", base_url="https://a.example/scim/")},
    ],
)
def test_a_file_that_says_less_than_is_kept_changes_nothing_the_second_time(integration, values):
    digest = json.loads(exporting.text(integration.workspace))["integrations"][0]["digest"]
    found = files.one(integration, **values, digest=digest)
    files.apply(integration.workspace, found)
    audited = AuditEntry.objects.count()

    again = files.apply(integration.workspace, found)

    assert again.lines() == []
    assert AuditEntry.objects.count() == audited


def test_what_its_connector_would_not_take_any_more_stays_as_long_as_the_file_leaves_it(integration):
    connecting.change_settings(integration, "manual", {}, by=BY)
    AppConnection.objects.for_integration(integration).update(settings={"of_old": [1]})
    found = files.one(integration, width=2)

    assert len(files.apply(integration.workspace, found).lines()) == 1
    assert connecting.of(integration).settings == {"of_old": [1]}


def test_the_order_in_which_it_was_entered_is_not_in_the_bytes(integration):
    texts = []
    for attributes in ({"b": "title", "a": "userName"}, {"a": "userName", "b": "title"}):
        connecting.set_meaning(integration, {"attributes": {}}, by=BY)
        connecting.set_meaning(integration, {"attributes": attributes}, by=BY)
        texts.append(exporting.text(integration.workspace))

    assert texts[0] == texts[1]


def test_a_secret_that_is_set_meanwhile_is_no_change_of_the_configuration(integration):
    connecting.change(integration, "webhook", WEBHOOK, secrets={"signing_secret": SECRET}, by=BY)
    found = json.loads(exporting.text(integration.workspace))
    connecting.change(integration, "webhook", WEBHOOK, secrets={"header_value": "x"}, by=BY)
    found["integrations"][0]["brake_people"] = 1

    assert files.apply(integration.workspace, found).moved_on() == []


@pytest.mark.parametrize(("secrets", "told"), [({"signing_secret": SECRET}, 1), ({}, 0)])
def test_secrets_that_go_with_their_connector_are_named_where_there_are_any(integration, secrets, told):
    connecting.change_settings(integration, "webhook", WEBHOOK, by=BY)
    if secrets:
        connecting.change(integration, "webhook", WEBHOOK, secrets=secrets, by=BY)
    found = files.one(integration, connector=connector("manual"))

    lines = files.apply(integration.workspace, found).lines()

    line = f"gone with the connector of {integration.name}: its secrets signing_secret"
    assert [one for one in lines if "gone" in one] == [line] * told


@pytest.mark.parametrize(
    ("said", "to_set"),
    [
        (connector("scim_push", base_url="https://a.example/scim", sign_in="bearer"), ["token"]),
        (
            connector("scim_push", base_url="https://a.example/s", sign_in="basic", user_name="g"),
            ["password"],
        ),
        (connector("webhook", **WEBHOOK), ["signing_secret"]),
        (connector("webhook", "header_value", **WEBHOOK), ["signing_secret", "header_value"]),
        (connector("manual", "unheard_of"), []),
    ],
)
def test_those_secrets_are_asked_for_that_the_settings_need_or_the_file_names(integration, said, to_set):
    differs = files.apply(integration.workspace, files.one(integration, connector=said))

    assert differs.secrets_to_set() == [(integration.name, name) for name in to_set]


def test_two_of_one_name_go_out_and_come_back(integration):
    catalog.archive(factories.make_integration(integration.workspace, integration.name), by=BY)

    assert files.apply(integration.workspace, json.loads(exporting.text(integration.workspace))).lines() == []


def test_a_name_with_other_blanks_is_that_of_the_one_who_is_here(integration):
    found = files.one(integration, name="Hoot\N{NO-BREAK SPACE} suite", id=str(factories.form_key()))
    Integration.objects.update(name="Hoot  suite")

    for lines in (1, 0):
        assert len(files.apply(integration.workspace, found).lines()) == lines
    assert Integration.objects.get().name == "Hoot suite"


def test_one_is_renamed_by_its_id_and_a_new_one_takes_its_name(integration):
    found = files.one(integration, name="New")
    new = {**found["integrations"][0], "name": integration.name}
    del new["id"]
    found["integrations"].append(new)

    for lines in (2, 0):
        assert len(files.apply(integration.workspace, found).lines()) == lines
    names = dict(Integration.objects.for_workspace(integration.workspace).values_list("pk", "name"))
    assert (names.pop(integration.pk), *names.values()) == ("New", integration.name)


def test_two_of_one_name_that_no_id_tells_apart_are_refused(integration):
    found = files.one(integration, id=str(factories.form_key()))
    found["integrations"].append({**found["integrations"][0], "id": str(factories.form_key())})

    with pytest.raises(Refused, match=f"Two integrations of the file have the name “{integration.name}”"):
        files.apply(integration.workspace, found)
