"""Whatever comes in, whatever the app answers, whatever admins do: at the end the app is as it should be."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from integrations.delivery import connecting, controls, registry, worker
from integrations.delivery.connector import LEAVING, Failed, Intent, Kind, Order, Retry
from integrations.delivery.models import Delivery
from scim.models import GroupMember, ScimUser
from tests import factories, probe_connectors
from tests.db import console
from tests.db.scim import wire
from tests.probe_connectors import App

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from(["ada", "ben", "cleo"])
TEAMS = st.sampled_from(["Editors", "Viewers"])
ANSWERS = {
    "invalid": Failed(Kind.INVALID, "No."),
    "missing": Failed(Kind.NOT_FOUND, "Not there."),
    "later": Retry("Not now.", of_app=False),
    "down": Retry("Down."),
    "": None,
}
Status = Delivery.Status


class Delivering(RuleBasedStateMachine):
    """An integration that is live for good; `faults` are what the app answers next, one by one."""

    kind = "probe"

    def __init__(self) -> None:
        super().__init__()
        self.traveller = time_machine.travel(timezone.now(), tick=False)
        self.clock = self.traveller.start()
        probe_connectors.app = self.app = App(answer=self.answer)
        self.faults: list[str] = []
        self.people: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.by = factories.OPERATOR
        self.integration = factories.make_integration(factories.make_workspace())
        connecting.change(self.integration, self.kind, {}, by=self.by)
        connecting.go_live(self.integration, by=self.by)
        self.provider = console.provider(self.integration)

    def answer(self, _order: Order):
        return ANSWERS[self.faults.pop(0)] if self.faults else None

    @initialize()
    def somebody_stays(self) -> None:
        self.provider.person("lasting")
        self.pass_time(61)
        worker.drain(self.integration.pk)

    def pass_time(self, seconds: float) -> None:
        self.clock.shift(timedelta(seconds=seconds))

    @rule(name=NAMES)
    def a_person_comes(self, name: str) -> None:
        status, body = self.provider.send("POST", "/Users", {"userName": f"{name}@x.example", "active": True})
        if status == 201:
            self.people[name] = body["id"]

    @rule(name=NAMES, active=st.booleans(), title=st.sampled_from(["A", "B"]))
    def a_person_changes(self, name: str, active: bool, title: str) -> None:
        if name in self.people:
            value = {"title": title, "active": active}
            wire.patch(self.provider, f"/Users/{self.people[name]}", {"op": "replace", "value": value})

    @rule(name=NAMES)
    def a_person_is_deleted(self, name: str) -> None:
        if name in self.people:
            self.provider.send("DELETE", f"/Users/{self.people[name]}")

    @rule(team=TEAMS)
    def a_group_comes(self, team: str) -> None:
        if team not in self.groups:
            self.groups[team] = self.provider.group(team)

    @rule(team=TEAMS)
    def a_group_is_deleted(self, team: str) -> None:
        if team in self.groups:
            self.provider.send("DELETE", f"/Groups/{self.groups.pop(team)}")

    @rule(team=TEAMS, name=NAMES, op=st.sampled_from(["add", "remove"]))
    def a_group_changes(self, team: str, name: str, op: str) -> None:
        if team in self.groups and name in self.people:
            one = self.people[name]
            change = (
                {"op": "add", "path": "members", "value": [{"value": one}]}
                if op == "add"
                else {"op": "remove", "path": f'members[value eq "{one}"]'}
            )
            wire.patch(self.provider, f"/Groups/{self.groups[team]}", change)

    @rule(faults=st.lists(st.sampled_from([*ANSWERS]), max_size=4))
    def the_app_will_answer(self, faults: list[str]) -> None:
        self.faults = faults

    @rule(seconds=st.sampled_from([1, 61, 7_200]))
    def a_worker_comes_later(self, seconds: int) -> None:
        self.pass_time(seconds)
        worker.drain(self.integration.pk)

    @rule(what=st.sampled_from(["retry", "pause", "resume"]))
    def an_admin_acts(self, what: str) -> None:
        if what == "retry":
            controls.retry(self.in_trouble(), by=self.by)
        else:
            getattr(controls, what)(self.integration, by=self.by)

    def in_trouble(self) -> list[Delivery]:
        rows = Delivery.objects.for_integration(self.integration).filter(place__isnull=False)
        return list(rows.select_related("integration"))

    def teardown(self) -> None:
        try:
            self.faults = []
            for _turn in range(6):
                controls.resume(self.integration, by=self.by)
                controls.retry([one for one in self.in_trouble() if one.status == Status.DEAD], by=self.by)
                self.pass_time(7_200)
                worker.drain(self.integration.pk)
            self.judge()
        finally:
            self.traveller.stop()

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


@pytest.mark.parametrize("machine", [Delivering, Telling])
def test_at_the_end_the_app_is_as_it_should_be(machine, db):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
        ),
    )
