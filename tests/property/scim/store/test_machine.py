"""People and groups over HTTP, in any order of requests, stay what a plain model in memory says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scim.core.bulk import REQUEST_SCHEMA
from tests import factories
from tests.db import console
from tests.db.scim import wire

pytestmark = pytest.mark.django_db

NAMES = st.sampled_from(["Ada", "ada", "ben", "cleo", "dan", "eve"])
TEAMS = st.sampled_from(["Editors", "EDITORS", "writers"])
TITLES = st.sampled_from(["T1", "T2", None])
CROWDS = st.sets(NAMES.map(str.lower), max_size=4)


@dataclass
class Person:
    id: str
    title: str | None = None
    is_here: bool = True


@dataclass
class Team:
    """`members` by name: those who are gone come back with their membership."""

    id: str
    members: set[str] = field(default_factory=set)


class Directory(RuleBasedStateMachine):
    """`people` by folded name, tombstones among them; `teams` by folded name, deleted ones not."""

    def __init__(self) -> None:
        super().__init__()
        self.provider = console.provider(factories.make_integration(factories.make_workspace()))
        self.people: dict[str, Person] = {}
        self.teams: dict[str, Team] = {}

    def here(self, names: set[str]) -> set[str]:
        return {name for name in names if name in self.people and self.people[name].is_here}

    def values(self, names: set[str]) -> list[dict[str, str]]:
        return [{"value": self.people[name].id} for name in sorted(names)]

    @rule(name=NAMES, title=TITLES)
    def a_person_is_created_or_comes_back(self, name, title):
        status, body = self.provider.send("POST", "/Users", {"userName": name, "title": title})
        known = self.people.get(name.lower())
        if known and known.is_here:
            assert (status, body["scimType"]) == (409, "uniqueness")
            return
        assert status == 201
        assert known is None or body["id"] == known.id
        self.people[name.lower()] = Person(body["id"], title)

    @precondition(lambda self: self.people)
    @rule(name=NAMES, title=TITLES, method=st.sampled_from(["PUT", "PATCH"]))
    def a_person_is_changed(self, name, title, method):
        person = self.people.get(name.lower())
        if person is None:
            return
        body: wire.Json = {"userName": name, "title": title}
        if method == "PATCH":
            body = {"Operations": [{"op": "replace", "path": "title", "value": title}]}
        status, _ = self.provider.send(method, f"/Users/{person.id}", body)
        assert status == (200 if person.is_here else 404)
        if person.is_here:
            person.title = title

    @rule(name=NAMES)
    def a_person_is_deleted(self, name):
        person = self.people.get(name.lower())
        if person is not None:
            status, _ = self.provider.send("DELETE", f"/Users/{person.id}")
            assert status == (204 if person.is_here else 404)
            person.is_here = False

    @rule(name=TEAMS, crowd=CROWDS)
    def a_group_is_created(self, name, crowd):
        crowd = self.here(crowd)
        status, body = self.provider.send(
            "POST", "/Groups", {"displayName": name, "members": self.values(crowd)}
        )
        if name.lower() in self.teams:
            assert (status, body["scimType"]) == (409, "uniqueness")
        else:
            assert status == 201
            self.teams[name.lower()] = Team(body["id"], crowd)

    @rule(name=TEAMS, crowd=CROWDS, op=st.sampled_from(["add", "remove", "replace", "put", "filter"]))
    def members_change(self, name, crowd, op):
        team = self.teams.get(name.lower())
        if team is None:
            return
        crowd = self.here(crowd)
        operation: dict[str, Any] = {"op": op, "path": "members", "value": self.values(crowd)}
        if op == "put":
            body = {"displayName": name, "members": self.values(crowd)}
            status, _ = self.provider.send("PUT", f"/Groups/{team.id}", body)
        elif op == "filter":
            operations: list[dict[str, Any]] = [
                {"op": "remove", "path": f'members[value eq "{one["value"]}"]'} for one in self.values(crowd)
            ]
            operations = operations or [{"op": "add", "path": "members", "value": []}]
            status, _ = wire.patch(self.provider, f"/Groups/{team.id}", *operations)
        else:
            status, _ = wire.patch(self.provider, f"/Groups/{team.id}", operation)
        assert status == 200
        kept = {"add": team.members | crowd, "remove": team.members - crowd, "filter": team.members - crowd}
        team.members = kept.get(op, crowd)

    @rule(name=TEAMS)
    def a_group_is_deleted(self, name):
        team = self.teams.pop(name.lower(), None)
        if team is not None:
            assert self.provider.send("DELETE", f"/Groups/{team.id}")[0] == 204

    @rule(name=NAMES, team=TEAMS)
    def a_bulk_makes_a_group_with_a_new_person(self, name, team):
        data = {"displayName": team, "members": [{"value": "bulkId:p"}]}
        operations = [
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": data},
            {"method": "POST", "path": "/Users", "bulkId": "p", "data": {"userName": name}},
        ]
        body = {"schemas": [REQUEST_SCHEMA], "Operations": operations}
        group, person = self.provider.send("POST", "/Bulk", body)[1]["Operations"]
        was_here = bool(self.here({name.lower()}))
        assert person["status"] == ("409" if was_here else "201")
        if not was_here:
            self.people[name.lower()] = Person(person["location"].rsplit("/", 1)[-1])
        is_taken = was_here or team.lower() in self.teams
        assert group["status"] == ("409" if is_taken else "201")
        if not is_taken:
            self.teams[team.lower()] = Team(group["location"].rsplit("/", 1)[-1], {name.lower()})

    @invariant()
    def the_gateway_says_what_the_model_says(self):
        people = wire.read(self.provider, "/Users")["Resources"]
        present = {one.id: one.title for one in self.people.values() if one.is_here}
        assert {one["id"]: one.get("title") for one in people} == present
        groups = wire.read(self.provider, "/Groups")["Resources"]
        held = {one["id"]: {member["value"] for member in one.get("members", [])} for one in groups}
        assert held == {
            team.id: {self.people[name].id for name in self.here(team.members)}
            for team in self.teams.values()
        }
        assert wire.counts(self.provider) == (len(present), len(self.teams))
        assert self.provider.integration.pending_count == 0


def test_any_order_of_requests_leaves_what_the_model_says(settings):
    settings.TOKEN_RATE_LIMIT = 0
    run_state_machine_as_test(Directory, settings=STEPS)


# Each step is a request or two; to shrink a run that fails would take minutes.
STEPS = settings(
    max_examples=6,
    stateful_step_count=25,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
