"""People, and groups that name them, at the same moment: no membership is lost, every count is exact."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from integrations.kit import transactions
from integrations.models import Integration
from scim.models import GroupMember, PendingMember, ScimGroup, ScimUser
from tests import factories
from tests.db import console
from tests.db.console import Provider
from tests.db.scim import wire

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

ROUNDS = 20


@pytest.fixture
def issued() -> Any:
    return factories.make_token(factories.make_integration(factories.make_workspace()))


@pytest.fixture
def sender(issued, settings) -> Provider:
    settings.TOKEN_RATE_LIMIT = 0
    return console.provider(issued.token.integration, issued)


def call(sender: Provider, method: str, resource: str, body: Any = None) -> Any:
    """A request on a connection of its own, to be run in a thread."""
    return lambda: console.provider(sender.integration, sender.issued).send(method, resource, body)


def change(sender: Provider, resource: str, *operations: wire.Json) -> Any:
    return call(sender, "PATCH", resource, {"Operations": list(operations)})


def add(*people: str) -> wire.Json:
    return {"op": "add", "path": "members", "value": [{"value": person} for person in people]}


def remove(person: str) -> wire.Json:
    return {"op": "remove", "path": f'members[value eq "{person}"]'}


def check_counts(sender: Provider) -> None:
    """What the integration's row says is what there is."""
    kept = Integration.objects.get(pk=sender.integration.pk)
    people = ScimUser.objects.for_integration(kept).present()
    assert kept.people_count == people.filter(test_only=False).count()
    assert kept.test_people_count == people.filter(test_only=True).count()
    assert kept.group_count == ScimGroup.objects.for_integration(kept).present().count()
    assert kept.pending_count == PendingMember.objects.for_integration(kept).count()


def test_a_person_and_a_group_that_names_them_arrive_at_once(sender):
    for number in range(ROUNDS):
        name = f"ext-{number}"
        answers = wire.at_once(
            call(sender, "POST", "/Users", {"userName": name, "externalId": name}),
            call(sender, "POST", "/Groups", {"displayName": name, "members": [{"value": name}]}),
        )

        assert [status for status, _ in answers] == [201, 201]
        person, group = (body["id"] for _, body in answers)
        assert wire.members(sender, group) == {person}, number

    assert not PendingMember.objects.for_integration(sender.integration).exists()
    check_counts(sender)
    assert wire.counts(sender) == (ROUNDS, ROUNDS)


def test_a_person_and_two_groups_that_add_them_meet(sender):
    groups = [sender.group("First"), sender.group("Second")]
    made = []
    for number in range(ROUNDS):
        name = f"ext-{number}"
        answers = wire.at_once(
            call(sender, "POST", "/Users", {"userName": name, "externalId": name}),
            *(change(sender, f"/Groups/{group}", add(name)) for group in groups),
        )

        assert {status for status, _ in answers} <= {200, 201, 204}
        made.append(answers[0][1]["id"])

    assert [wire.members(sender, group) for group in groups] == [set(made), set(made)]
    check_counts(sender)


def test_many_arrive_while_one_group_is_filled_with_them(sender):
    group = sender.group("Everybody")
    names = [f"ext-{number}" for number in range(12)]
    work = [call(sender, "POST", "/Users", {"userName": name, "externalId": name}) for name in names]
    work += [change(sender, f"/Groups/{group}", add(*names[start::3])) for start in range(3)]

    answers = wire.at_once(*work)

    assert {status for status, _ in answers} <= {200, 201, 204}
    assert wire.members(sender, group) == {body["id"] for _, body in answers[:12]}
    check_counts(sender)


def test_one_who_gets_the_awaited_external_id_joins_whoever_asks_first(sender):
    person, group = sender.person("ada"), sender.group("Editors")
    for number in range(ROUNDS):
        name = f"ext-{number}"
        answers = wire.at_once(
            change(sender, f"/Users/{person}", {"op": "add", "path": "externalId", "value": name}),
            change(sender, f"/Groups/{group}", add(name)),
        )

        assert {status for status, _ in answers} <= {200, 204}
        # An id of the IdP names its person only when they arrive after it: here or awaited, never neither.
        waits = PendingMember.objects.for_integration(sender.integration).filter(value=name).exists()
        assert waits or wire.members(sender, group) == {person}
    check_counts(sender)


def test_a_group_with_two_writers_is_what_both_made_of_it(sender):
    people = [sender.person(f"p{number}") for number in range(12)]
    group = sender.group("Editors", *people[:6])

    def first() -> list[int]:
        return [change(sender, f"/Groups/{group}", remove(person))()[0] for person in people[:6]]

    def second() -> list[int]:
        return [change(sender, f"/Groups/{group}", add(person, "late"))()[0] for person in people[6:]]

    answers = wire.at_once(first, second)

    assert {status for statuses in answers for status in statuses} <= {200, 204}
    assert wire.members(sender, group) == set(people[6:])
    versions = [one.version for one in wire.changes(sender) if one.resource_id == ScimGroup.objects.get().pk]
    assert versions == sorted(set(versions))
    check_counts(sender)


def test_deletes_and_restores_keep_memberships_and_counts(sender):
    people = [sender.person(f"p{number}", externalId=f"e{number}") for number in range(6)]
    group = sender.group("Editors", *people)

    def leaves_and_returns(number: int) -> Any:
        def run() -> list[int]:
            gone = call(sender, "DELETE", f"/Users/{people[number]}")()[0]
            body = {"userName": f"p{number}@northwind.example", "externalId": f"e{number}"}
            return [gone, call(sender, "POST", "/Users", body)()[0]]

        return run

    def renames() -> list[int]:
        one = {"op": "replace", "path": "displayName"}
        return [
            change(sender, f"/Groups/{group}", {**one, "value": f"N{number}"})()[0] for number in range(6)
        ]

    answers = wire.at_once(*(leaves_and_returns(number) for number in range(6)), renames)

    assert answers == [[204, 201]] * 6 + [[200] * 6]
    assert wire.members(sender, group) == set(people)
    assert GroupMember.objects.filter(group_id=group).count() == 6
    check_counts(sender)
    assert wire.counts(sender) == (6, 1)


def test_a_group_that_goes_while_its_members_arrive_leaves_nobody_waiting(sender):
    for number in range(ROUNDS // 2):
        name = f"ext-{number}"
        group = sender.group(name, name, f"never-{number}")

        answers = wire.at_once(
            call(sender, "POST", "/Users", {"userName": name, "externalId": name}),
            call(sender, "DELETE", f"/Groups/{group}"),
        )

        assert [status for status, _ in answers] == [201, 204]
        assert "groups" not in wire.read(sender, f"/Users/{answers[0][1]['id']}")
        check_counts(sender)
    assert not PendingMember.objects.for_integration(sender.integration).exists()


def test_one_who_arrives_while_their_group_is_written_for_long_may_come_again(sender, monkeypatch):
    group = sender.group("Editors", "00u1")
    monkeypatch.setattr(transactions, "PATIENCE_S", 0)
    body = {"userName": "ada", "externalId": "00u1"}

    with transaction.atomic():
        ScimGroup.objects.select_for_update().get(pk=group)
        (refused,) = wire.at_once(call(sender, "POST", "/Users", body))
    status, made = sender.send("POST", "/Users", body)

    assert refused[0] == 503
    assert refused[1]["detail"].endswith("Nothing was changed. Send it again later.")
    assert (status, wire.members(sender, group)) == (201, {made["id"]})
    check_counts(sender)
