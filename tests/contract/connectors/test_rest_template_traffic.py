"""What Okta and Entra ID send goes in at the gateway, and the sample app is read: the same people, roles and
states."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from cerby_gateway.demo.sample_app import SampleApp
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.turns import worker
from integrations.models import Integration
from tests import factories
from tests.contract.connectors.sample import TOKEN, settings_for
from tests.contract.test_traffic import prepare
from tests.contract.traffic import FOLDER, Answer, Player
from tests.db import console

pytestmark = pytest.mark.django_db

FILES = [FOLDER / f"{name}.json" for name in ("okta-oin", "okta-aiw", "entra", "entra-flag")]
FLOWS = [
    (file, flow)
    for file in FILES
    for flow in json.loads(file.read_text())["flows"]
    if any(step["method"] != "GET" for step in flow["steps"])
]
# Every group that is spoken of can be held in the app.
NAMED = {name for file in FILES for name in re.findall(r'"(App [^"]+)"', file.read_text())}


@dataclass
class InProcess(Player):
    """Sends without a server in between."""

    def send(self, method: str, path: str, step: dict[str, Any]) -> Answer:
        query = self.filled(step.get("raw_query", ""))
        target = urlsplit(self.base + self.filled(path)).path
        headers = {**self.headers, **step.get("headers", {})}
        kind = headers.pop("Content-Type", "application/scim+json")
        answer = Client().generic(
            method,
            f"{target}?{query}" if query else target,
            json.dumps(self.filled(step["body"])) if "body" in step else "",
            content_type=kind,
            headers={name: self.filled(value) for name, value in headers.items()},
        )
        found = {name.lower(): value for name, value in answer.items()}
        return Answer(answer.status_code, found, json.loads(answer.content) if answer.content else None)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


@pytest.fixture
def app(settings) -> Iterator[SampleApp]:
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""
    with SampleApp(TOKEN, roles={name: name for name in NAMED}) as running:
        yield running


@pytest.fixture
def live(app, integration) -> Integration:
    connecting.change(
        integration, "rest_template", settings_for(app), secrets={"secret": TOKEN}, by=factories.OPERATOR
    )
    connecting.go_live(integration, by=factories.OPERATOR)
    return integration


@pytest.mark.parametrize(("file", "flow"), FLOWS, ids=[f"{file.stem}-{flow['id']}" for file, flow in FLOWS])
def test_what_the_provider_sends_is_what_the_app_has(app, live, clock, file, flow):
    recording = json.loads(file.read_text())
    token = factories.make_token(live).text
    player = InProcess(f"/scim/v2/{live.pk}", token, live, recording["common_headers"])
    prepare(player, recording, flow)
    settle(live, clock)
    assert in_app(app) == wanted(player)

    for step in flow["steps"]:
        player.play(step)
    settle(live, clock)

    assert in_app(app) == wanted(player)
    open_ones = Delivery.objects.for_integration(live).filter(place__isnull=False)
    assert not open_ones.filter(due_at__lte=timezone.now()).exists()
    lane = Lane.objects.for_integration(live).get()
    assert (lane.trouble, lane.held_for) == ("", "")


def test_who_is_deleted_by_the_provider_is_suspended_and_deleted_after_thirty_days(app, live, clock):
    idp = console.provider(live)
    idp.person("lasting")
    settle(live, clock)
    person = idp.person("ada")
    settle(live, clock)

    idp.send("DELETE", f"/Users/{person}")
    settle(live, clock)
    assert [account.status for account in app.accounts] == ["active", "suspended"]

    clock.shift(30 * 86_400)
    settle(live, clock)
    assert [account.status for account in app.accounts] == ["active", "deleted"]


def test_who_is_hired_again_as_a_new_person_keeps_the_account_that_was_to_be_deleted(app, live, clock):
    values = {**settings_for(app), "takes_over": "on"}
    connecting.change(live, "rest_template", values, by=factories.OPERATOR)
    idp = console.provider(live)
    idp.person("lasting")
    before = idp.person("ada", externalId="1")
    settle(live, clock)
    idp.send("DELETE", f"/Users/{before}")
    settle(live, clock)

    idp.person("ada", externalId="2")
    settle(live, clock)
    clock.shift(30 * 86_400)
    settle(live, clock)

    ada = next(account for account in app.accounts if account.external_id == "2")
    assert ada.status == "active"
    old = Delivery.objects.get(line=before, status=Delivery.Status.CANCELLED)
    assert (old.intent, old.problem) == ("delete", "This account is ada@northwind.example's by now.")


def settle(integration: Integration, clock) -> None:
    """Everything due is carried, and whatever waited for its settle window as well."""
    worker.drain(integration.pk)
    clock.shift(61)
    worker.drain(integration.pk)


def in_app(app: SampleApp) -> dict[str, dict[str, Any]]:
    return {
        account.login: {
            "email": account.email,
            "name": account.name,
            "external_id": account.external_id or "",
            "roles": sorted(account.roles),
        }
        for account in app.accounts
        if account.status == "active"
    }


def wanted(player: Player) -> dict[str, dict[str, Any]]:
    """The active people, as the gateway shows them to the provider."""
    people = player.read("/Users")["Resources"]
    groups = player.read("/Groups")["Resources"]
    return {
        person["userName"]: {
            "email": mail_of(person),
            "name": person.get("displayName"),
            "external_id": person.get("externalId", ""),
            "roles": sorted(group["displayName"] for group in groups if person["id"] in members_of(group)),
        }
        for person in people
        if person["active"]
    }


def mail_of(person: dict[str, Any]) -> str | None:
    mails = sorted(person.get("emails", []), key=lambda one: not one.get("primary"))
    return mails[0]["value"].lower() if mails else None


def members_of(group: dict[str, Any]) -> set[str]:
    return {member["value"] for member in group.get("members", [])}
