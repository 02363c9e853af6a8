"""Whatever comes in, whatever the app answers, whatever admins do: at the end the app is as it should be."""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from integrations.delivery import registry
from integrations.delivery.connector import LEAVING, Failed, Intent, Kind, Order, Outcome, Retry
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery
from integrations.delivery.queue import brake
from integrations.delivery.turns import controls, worker
from scim.models import GroupMember, ScimUser
from tests import factories, probe_connectors
from tests.db import console
from tests.db.scim import wire
from tests.probe_connectors import App

pytestmark = pytest.mark.django_db

NAMES = ("ada", "ben", "cleo")
TEAMS = ("Editors", "Viewers")
ANSWERS: dict[str, Outcome | None] = {
    "invalid": Failed(Kind.INVALID, "No."),
    "missing": Failed(Kind.NOT_FOUND, "Not there."),
    "later": Retry("Not now.", of_app=False),
    "down": Retry("Down."),
    "": None,
}
Status = Delivery.Status


class Delivering:
    """An integration that is live for good; `faults` are what the app answers next, one by one."""

    kind = "probe"
    acts = ("comes", "changes", "changes", "leaves", "group", "group_goes", "membership", "membership")

    def __init__(self, seed: int, clock: Any) -> None:
        self.chance, self.clock = random.Random(seed), clock
        probe_connectors.app = self.app = App(answer=self.answer)
        self.faults: list[str] = []
        self.people: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.by = factories.OPERATOR
        self.integration = factories.make_integration(factories.make_workspace())
        connecting.change(self.integration, self.kind, {}, by=self.by)
        connecting.go_live(self.integration, by=self.by)
        self.provider = console.provider(self.integration)
        self.provider.person("lasting")
        self.pass_time(61)

    def answer(self, _order: Order) -> Outcome | None:
        return ANSWERS[self.faults.pop(0)] if self.faults else None

    def walk(self, steps: int) -> None:
        for _step in range(steps):
            getattr(self, self.chance.choice(self.acts))()
            if self.chance.random() < 0.4:
                self.faults = self.chance.choices([*ANSWERS], k=3)
            if self.chance.random() < 0.2:
                self.an_admin_acts(self.chance.choice(["retry", "pause", "resume", "resume"]))
            self.pass_time(self.chance.choice([1, 1, 61, 7_200]))
            if self.chance.random() < 0.7:
                worker.drain(self.integration.pk)

    def pass_time(self, seconds: float) -> None:
        self.clock.shift(timedelta(seconds=seconds))

    def comes(self) -> None:
        name = self.chance.choice(NAMES)
        status, body = self.provider.send("POST", "/Users", {"userName": f"{name}@x.example", "active": True})
        if status == 201:
            self.people[name] = body["id"]

    def changes(self) -> None:
        if person := self.people.get(self.chance.choice(NAMES)):
            value = {"title": self.chance.choice("AB"), "active": self.chance.random() < 0.7}
            wire.patch(self.provider, f"/Users/{person}", {"op": "replace", "value": value})

    def leaves(self) -> None:
        if person := self.people.get(self.chance.choice(NAMES)):
            self.provider.send("DELETE", f"/Users/{person}")

    def group(self) -> None:
        team = self.chance.choice(TEAMS)
        if team not in self.groups:
            self.groups[team] = self.provider.group(team)

    def group_goes(self) -> None:
        if (team := self.chance.choice(TEAMS)) in self.groups and self.chance.random() < 0.4:
            self.provider.send("DELETE", f"/Groups/{self.groups.pop(team)}")

    def membership(self) -> None:
        group = self.groups.get(self.chance.choice(TEAMS))
        person = self.people.get(self.chance.choice(NAMES))
        if group and person:
            add = {"op": "add", "path": "members", "value": [{"value": person}]}
            remove = {"op": "remove", "path": f'members[value eq "{person}"]'}
            wire.patch(self.provider, f"/Groups/{group}", self.chance.choice([add, add, remove]))

    def an_admin_acts(self, what: str) -> None:
        if what == "retry":
            controls.retry(self.in_trouble(), by=self.by)
        else:
            getattr(controls, what)(self.integration, by=self.by)

    def in_trouble(self) -> list[Delivery]:
        rows = Delivery.objects.for_integration(self.integration).filter(place__isnull=False)
        return list(rows.select_related("integration"))

    def end(self) -> None:
        """The app works again, and somebody retries what failed, and lets go whom the brake holds."""
        self.faults = []
        for _turn in range(6):
            controls.resume(self.integration, by=self.by)
            if batch := brake.open_batch(self.integration):
                brake.release(batch, by=self.by)
            controls.retry([one for one in self.in_trouble() if one.status == Status.DEAD], by=self.by)
            self.pass_time(7_200)
            worker.drain(self.integration.pk)

    def judge(self) -> None:
        put_off = {"intent": Intent.DELETE, "version": 0}
        left = (
            Delivery.objects.for_integration(self.integration).filter(place__isnull=False).exclude(**put_off)
        )
        assert not left.exists(), list(left.values_list("number", "intent", "status", "place", "due_at"))
        for person in ScimUser.objects.for_integration(self.integration):
            self.judge_person(person)

    def judge_person(self, person: ScimUser) -> None:
        account = self.app.accounts.get(person.user_name)
        present = person.active and person.deleted_at is None
        if not present:
            assert account is None or not account["active"], (person, account)
            return
        held = GroupMember.objects.filter(user=person, group__deleted_at=None)
        roles = sorted(held.values_list("group__display_name", flat=True))
        assert account == {"active": True, "roles": roles}, person


class Telling(Delivering):
    """The same with a connector that is told each change."""

    kind = "probe_events"

    def judge_person(self, person: ScimUser) -> None:
        """In order for each person, but that who leaves may pass; each order that was accepted, once."""
        told: dict[str, list[Order]] = defaultdict(list)
        for order in self.app.orders:
            assert order.event is not None
            told[order.event.id].append(order)
        last: dict[str, int] = {}
        for order in told[str(person.pk)]:
            if order.intent not in LEAVING:
                assert order.sequence >= last.get("any", 0), told
                last["any"] = order.sequence


@pytest.fixture(autouse=True)
def kinds(monkeypatch) -> None:
    for kind, path in probe_connectors.KINDS.items():
        monkeypatch.setitem(registry.OURS, kind, path)


@pytest.mark.parametrize("kind", [Delivering, Telling])
@pytest.mark.parametrize("number", range(10))
def test_at_the_end_the_app_is_as_it_should_be(kind, number, time_machine, db):
    seed = random.randrange(2**31)
    sys.stdout.write(f"seed {seed}\n")
    time_machine.move_to(timezone.now(), tick=False)
    walk = kind(seed, time_machine)

    walk.walk(40)

    walk.end()
    walk.judge()
