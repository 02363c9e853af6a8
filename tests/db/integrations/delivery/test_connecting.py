"""Choosing how changes reach an app, and going live."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django import forms
from django.db import connection

from integrations.delivery import registry
from integrations.delivery.connector import Finding, SettingsForm, TransientError
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection, Delivery, Lane
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Role
from tests import factories, probe_connectors
from tests.db import console
from tests.db.integrations.delivery.conftest import drain

BY = factories.OPERATOR


class SecretForm(SettingsForm):
    secret_fields = ("password",)

    url = forms.URLField(assume_scheme="https")
    password = forms.CharField()


class Locked(probe_connectors.Probe):
    kind = "locked"
    settings_form = SecretForm

    def test(self):
        if self.context.secret("password") != "right":
            raise TransientError("The app does not answer.")
        return [Finding(ok=True, words="The app answers.")]


class LockedToo(Locked):
    kind = "locked_too"


@pytest.fixture
def locked(app, monkeypatch) -> Iterator[str]:
    monkeypatch.setitem(registry.OURS, "locked", f"{__name__}.Locked")
    monkeypatch.setitem(registry.OURS, "locked_too", f"{__name__}.LockedToo")
    registry.get.cache_clear()
    yield "locked"
    registry.get.cache_clear()


def choose(integration, kind: str, by=BY, **values: str) -> AppConnection:
    return connecting.change(integration, kind, values, by=by)


def test_settings_are_kept_and_secrets_sealed_apart(integration, locked):
    choose(integration, locked, url="https://app.example", password="right")

    kept = connecting.of(integration)
    assert kept.settings == {"url": "https://app.example"}
    assert kept.secrets["password"] == "right"
    assert kept.secrets_set["password"]["by"] == "Command line"
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM delivery_appconnection")
        assert "right" not in str(cursor.fetchall())


def test_a_secret_that_is_not_given_stays(integration, locked):
    choose(integration, locked, url="https://app.example", password="right")

    choose(integration, locked, url="https://other.example", password="")

    kept = connecting.of(integration)
    assert (kept.settings["url"], kept.secrets["password"]) == ("https://other.example", "right")


def test_secrets_of_another_kind_go(integration, locked):
    choose(integration, locked, url="https://app.example", password="right")

    choose(integration, "probe")

    assert dict(connecting.of(integration).secrets) == {}


def test_another_kind_asks_for_a_secret_of_the_same_name_anew(integration, locked):
    choose(integration, locked, url="https://app.example", password="right")

    with pytest.raises(Refused) as refused:
        choose(integration, "locked_too", url="https://app.example")
    assert refused.value.field == "password"
    assert (integration.connector, connecting.of(integration).secrets["password"]) == (locked, "right")

    choose(integration, "locked_too", url="https://app.example", password="other")
    assert dict(connecting.of(integration).secrets) == {"password": "other"}


@pytest.mark.parametrize("values", [{"url": "nonsense", "password": "x"}, {"url": "https://app.example"}])
def test_settings_that_are_wrong_are_refused_at_their_field(integration, locked, values):
    with pytest.raises(Refused) as refused:
        choose(integration, locked, **values)

    assert refused.value.field in {"url", "password"}
    assert connecting.of(integration).pk == integration.pk
    assert integration.connector == ""


def test_a_kind_that_is_not_here_is_refused(integration):
    with pytest.raises(Refused):
        choose(integration, "teleport")


def test_a_test_keeps_what_it_found(integration, locked):
    choose(integration, locked, url="https://app.example", password="wrong")
    assert connecting.test(integration, by=BY)[0].ok is False

    choose(integration, locked, url="https://app.example", password="right")
    connecting.test(integration, by=BY)

    kept = connecting.of(integration)
    assert kept.findings == [{"ok": True, "words": "The app answers.", "fix": ""}]
    assert kept.tested_at is not None


def test_nothing_recorded_while_observing_is_delivered_by_itself(app, integration):
    idp = console.provider(integration)
    idp.person("ada")
    choose(integration, "probe")

    drain(integration)

    assert not Delivery.objects.exists()


def test_going_live_starts_from_what_is_wanted_now(app, integration):
    idp = console.provider(integration)
    ada, ben = idp.person("ada"), idp.person("ben")
    idp.group("Editors", ada)
    idp.send("DELETE", f"/Users/{ben}")
    choose(integration, "probe")

    planned = connecting.go_live(integration, by=BY)
    assert planned is not None
    assert (planned.state, planned.made) == ("done", 1)
    drain(integration)

    assert app.accounts == {"ada@northwind.example": {"active": True, "roles": ["Editors"]}}


def test_going_live_takes_a_connector(integration):
    with pytest.raises(Refused):
        connecting.go_live(integration, by=BY)

    assert Integration.objects.get(pk=integration.pk).mode == Integration.Mode.OBSERVING


def test_switched_off_calls_off_what_waits(app, idp):
    idp.person("ada")

    connecting.observe(idp.integration, by=BY)
    idp.person("ben")
    drain(idp.integration)

    assert app.orders == []
    assert [one.status for one in Delivery.objects.filter(label__startswith="ada")] == ["cancelled"]
    assert not Delivery.objects.filter(label__startswith="ben").exists()


def test_new_settings_let_a_held_lane_go_on(idp):
    Lane.objects.update(held_for="Wrong credential.", held_at="2026-01-01T00:00:00Z")

    choose(idp.integration, "probe")

    assert Lane.objects.get().held_at is None


def test_the_plan_tells_and_sends_nothing(app, idp):
    person = idp.person("ada")

    steps = connecting.plan(idp.integration, UUID(person))

    assert [step.words for step in steps] == ["create"]
    assert app.orders == []


def test_roles_follow_the_rules(app, idp):
    person = idp.person("ada")
    for name in ("Editors", "Viewers", "Else"):
        idp.group(name, person)
    rules = [{"group": "editors", "value": "admin", "name": "Admin"}, {"group": "Viewers", "value": "read"}]
    connecting.set_meaning(idp.integration, {"roles": rules, "role_choice": "highest"}, by=BY)

    drain(idp.integration)

    assert app.accounts["ada@northwind.example"]["roles"] == ["admin"]


@pytest.mark.parametrize(
    ("choice", "account"),
    [
        ("deactivate", {"active": False, "roles": []}),
        ("remove_roles", {"active": True, "roles": []}),
        ("nothing", {"active": True, "roles": ["Editors"]}),
        ("delete", None),
    ],
)
def test_policies_say_what_leaving_means(app, idp, choice, account):
    person = idp.person("ada")
    idp.group("Editors", person)
    drain(idp.integration)
    connecting.set_meaning(idp.integration, {"on_deactivate": choice}, by=BY)

    idp.send("PUT", f"/Users/{person}", {"userName": "ada@northwind.example", "active": False})
    drain(idp.integration)

    found = app.accounts.get("ada@northwind.example")
    assert (found and {**found, "roles": found["roles"] if found["active"] else []}) == account


def test_a_member_may_set_nothing(workspace, integration):
    member = factories.make_member(workspace, Role.MEMBER)

    with pytest.raises(NotAllowed):
        choose(integration, "probe", by=member)
    with pytest.raises(NotAllowed):
        connecting.go_live(integration, by=member)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"attributes": {"mail": "emails.work", "": "title"}}, "attributes."),
        ({"attributes": {"mail": "not a path!!"}}, "attributes.mail"),
        ({"attributes": {"mail": ""}}, "attributes.mail"),
        ({"attributes": {"mail": "title", "Mail": "nickName"}}, "attributes.Mail"),
        ({"roles": [{"group": "A", "value": "x"}, {"group": "a", "value": "x"}]}, "roles.1"),
        ({"roles": [{"group": "A", "value": " "}]}, "roles.0"),
        ({"roles": [{"group": "A", "value": "x" * 201}]}, "roles.0"),
    ],
)
def test_a_rule_or_an_attribute_that_is_wrong_is_refused_with_its_place(live, values, field):
    before = connecting.of(live)

    with pytest.raises(Refused) as caught:
        connecting.set_meaning(live, values, by=BY)

    after = connecting.of(live)
    assert caught.value.field == field
    assert (after.roles, after.attributes) == (before.roles, before.attributes)


def test_one_that_was_kept_before_stays_and_stands_in_nobodys_way(live):
    AppConnection.objects.for_integration(live).update(attributes={"": "title"})

    connecting.set_meaning(live, {"attributes": {"": "title"}, "width": 2}, by=BY)

    assert connecting.of(live).width == 2
