"""Requests that meet: none is lost, none is answered with a fault of the server."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests import factories
from tests.db import console
from tests.db.console import Provider
from tests.db.scim import wire

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def issued() -> Any:
    return factories.make_token(factories.make_integration(factories.make_workspace()))


@pytest.fixture
def sender(issued, settings) -> Provider:
    settings.TOKEN_RATE_LIMIT = 0
    return console.provider(issued.token.integration, issued)


def call(sender: Provider, method: str, resource: str, body: Any = None) -> Any:
    """A request on a connection of its own, to be run in a thread."""

    def run() -> tuple[int, wire.Json]:
        return console.provider(sender.integration, sender.issued).send(method, resource, body)

    return run


def change(sender: Provider, resource: str, *operations: wire.Json) -> Any:
    return call(sender, "PATCH", resource, {"Operations": list(operations)})


def statuses(answers: list[Any]) -> Counter[int]:
    return Counter(status for status, _ in answers)


def add(*people: str) -> wire.Json:
    return {"op": "add", "path": "members", "value": [{"value": person} for person in people]}


def remove(person: str) -> wire.Json:
    return {"op": "remove", "path": f'members[value eq "{person}"]'}


def test_of_equal_posts_at_once_one_is_created_and_the_rest_conflict(sender):
    bodies = [{"userName": "Ada" if number % 2 else "ADA"} for number in range(8)]

    answers = wire.at_once(*(call(sender, "POST", "/Users", body) for body in bodies))

    assert statuses(answers) == {201: 1, 409: 7}
    assert {body.get("scimType") for status, body in answers if status == 409} == {"uniqueness"}
    assert wire.read(sender, "/Users")["totalResults"] == 1
    assert wire.counts(sender) == (1, 0)
    assert wire.events(sender) == ["user.created"]


def test_of_equal_groups_at_once_one_is_created_and_the_rest_conflict(sender):
    answers = wire.at_once(*(call(sender, "POST", "/Groups", {"displayName": "Editors"}) for _ in range(6)))

    assert statuses(answers) == {201: 1, 409: 5}
    assert wire.counts(sender) == (0, 1)


def test_one_who_was_deleted_is_brought_back_once_by_equal_posts(sender):
    old = sender.person("ada")
    sender.send("DELETE", f"/Users/{old}")

    body = {"userName": "ada@northwind.example"}
    answers = wire.at_once(*(call(sender, "POST", "/Users", body) for _ in range(6)))

    assert statuses(answers) == {201: 1, 409: 5}
    assert [one["id"] for one in wire.read(sender, "/Users")["Resources"]] == [old]
    assert wire.counts(sender) == (1, 0)


def test_many_different_people_at_once_are_all_counted(sender):
    answers = wire.at_once(*(call(sender, "POST", "/Users", {"userName": f"p{n}"}) for n in range(12)))

    assert statuses(answers) == {201: 12}
    assert wire.counts(sender) == (12, 0)


def test_twenty_patches_of_one_person_at_once_lose_nothing(sender):
    person = sender.person("ada")
    parts = [
        {"op": "add", "path": "phoneNumbers", "value": [{"value": f"+{number}", "type": "work"}]}
        for number in range(20)
    ]

    answers = wire.at_once(*(change(sender, f"/Users/{person}", part) for part in parts))

    after = wire.read(sender, f"/Users/{person}")
    assert statuses(answers) == {200: 20}
    assert {phone["value"] for phone in after["phoneNumbers"]} == {f"+{number}" for number in range(20)}
    assert after["meta"]["version"] == 'W/"21"'
    assert sorted(change.version for change in wire.changes(sender)) == list(range(1, 22))


def test_twenty_members_who_come_to_one_group_at_once_are_all_in_it(sender):
    people = [sender.person(f"p{number}") for number in range(20)]
    group = sender.group("Editors")

    answers = wire.at_once(*(change(sender, f"/Groups/{group}", add(person)) for person in people))

    assert statuses(answers) == {200: 20}
    assert wire.members(sender, group) == set(people)
    kept = [one for one in wire.changes(sender) if one.event == "group.members_changed"]
    assert sorted(one.members["added"][0] for one in kept) == sorted(people)


def test_members_who_come_and_go_at_once_end_as_each_was_told(sender):
    people = [sender.person(f"p{number}") for number in range(12)]
    group = sender.group("Editors", *people[:6])
    work = [remove(person) for person in people[:6]] + [add(person) for person in people[6:]]

    answers = wire.at_once(*(change(sender, f"/Groups/{group}", one) for one in work))

    assert statuses(answers) == {200: 12}
    assert wire.members(sender, group) == set(people[6:])


def test_the_same_member_added_by_many_at_once_is_in_the_group_once(sender):
    person, group = sender.person("ada"), sender.group("Editors")

    answers = wire.at_once(*(change(sender, f"/Groups/{group}", add(person)) for _ in range(8)))

    assert statuses(answers) == {200: 8}
    assert [member["value"] for member in wire.read(sender, f"/Groups/{group}")["members"]] == [person]
    assert wire.events(sender).count("group.members_changed") == 1


def test_a_deletion_and_changes_that_meet_leave_one_clear_end(sender):
    person = sender.person("ada")
    titles = [{"op": "replace", "path": "title", "value": f"T{number}"} for number in range(5)]

    answers = wire.at_once(
        call(sender, "DELETE", f"/Users/{person}"),
        *(change(sender, f"/Users/{person}", one) for one in titles),
    )

    assert answers[0][0] == 204
    assert set(statuses(answers[1:])) <= {200, 404}
    assert sender.send("GET", f"/Users/{person}")[0] == 404
    assert wire.events(sender)[-1] == "user.deleted"
    assert wire.events(sender).count("user.updated") == statuses(answers)[200]
    assert wire.counts(sender) == (0, 0)


def test_equal_deletions_at_once_delete_once(sender):
    person, group = sender.person("ada"), sender.group("Editors")

    people = wire.at_once(*(call(sender, "DELETE", f"/Users/{person}") for _ in range(5)))
    groups = wire.at_once(*(call(sender, "DELETE", f"/Groups/{group}") for _ in range(5)))

    assert statuses(people) == statuses(groups) == {204: 1, 404: 4}
    assert wire.counts(sender) == (0, 0)


def test_of_two_changes_of_one_version_one_wins(sender):
    person = sender.person("ada")

    def renamed(name: str) -> Any:
        provider = console.provider(sender.integration, sender.issued)
        body = {"Operations": [{"op": "replace", "path": "title", "value": name}]}
        return lambda: wire.raw(provider, "PATCH", f"/Users/{person}", body, If_Match='W/"1"').status_code

    answers = wire.at_once(*(renamed(f"T{number}") for number in range(6)))

    assert sorted(answers) == [200, 412, 412, 412, 412, 412]
    assert wire.read(sender, f"/Users/{person}")["meta"]["version"] == 'W/"2"'


def test_one_who_arrives_for_two_groups_that_are_being_changed_blocks_nobody(sender):
    first, second = sender.group("First", "00u1", "00u2"), sender.group("Second", "00u2", "00u1")
    others = [sender.person(f"p{number}") for number in range(6)]
    work = [
        call(sender, "POST", "/Users", {"userName": f"late{number}", "externalId": f"00u{number}"})
        for number in (1, 2)
    ]
    work += [
        change(sender, f"/Groups/{(first, second)[number % 2]}", add(person), remove(person), add(person))
        for number, person in enumerate(others)
    ]

    answers = wire.at_once(*work)

    late = {answers[0][1]["id"], answers[1][1]["id"]}
    assert set(statuses(answers)) <= {200, 201, 204}
    assert wire.members(sender, first) == late | set(others[::2])
    assert wire.members(sender, second) == late | set(others[1::2])


def test_people_who_change_and_groups_that_name_them_meet_without_a_deadlock(sender):
    people = [sender.person(f"p{number}") for number in range(4)]
    groups = [sender.group("First", *people), sender.group("Second", *reversed(people))]
    work = []
    for number in range(4):
        work.append(
            change(sender, f"/Groups/{groups[number % 2]}", remove(people[number]), add(people[-number]))
        )
        work.append(call(sender, "DELETE", f"/Users/{people[number]}"))
        work.append(
            change(sender, f"/Users/{people[number]}", {"op": "add", "path": "externalId", "value": "x"})
        )

    answers = wire.at_once(*work)

    assert set(statuses(answers)) <= {200, 204, 404}
    assert wire.counts(sender) == (0, 2)
    assert [wire.members(sender, group) for group in groups] == [set(), set()]
