"""Tasks: what the worker opens, and what people do to them."""

from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
from django.http import Http404

from integrations.audit.models import AuditEntry
from integrations.delivery.errands import connecting
from integrations.delivery.hands import evidence, tasks
from integrations.delivery.hands.evidence import Evidence
from integrations.delivery.models import AppAccount, Delivery, Task
from integrations.delivery.turns import controls
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership, Role
from tests import factories, probe_connectors
from tests.db import console
from tests.db.console import Provider
from tests.db.integrations.delivery.conftest import drain, going

DEACTIVATE = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
PICTURE = Evidence("list.png", "image/png", b"\x89PNG\r\n\x1a\nrest")


@pytest.fixture
def by_hand(integration: Integration) -> Integration:
    return going(integration, "manual")


@pytest.fixture
def sender(by_hand, clock) -> Provider:
    """Sends to an integration whose changes people carry, and that somebody has stayed with."""
    found = console.provider(by_hand)
    found.person("lasting")
    clock.shift(61)
    drain(by_hand)
    Task.objects.all().delete()
    return found


@pytest.fixture
def member(workspace) -> Membership:
    return factories.make_member(workspace, Role.MEMBER)


@pytest.fixture
def other(workspace) -> Membership:
    return factories.make_member(workspace, Role.MEMBER)


@pytest.fixture
def task(integration) -> Task:
    return factories.make_task(integration)


def the_task(integration: Integration, **more: object) -> Task:
    return Task.objects.for_integration(integration).select_related("delivery").get(**more)


def account(integration: Integration, person: str) -> AppAccount:
    return AppAccount.objects.for_integration(integration).get(line=UUID(person))


def test_a_person_done_by_hand_is_known_with_name_and_roles(sender, by_hand, owner):
    person = sender.person("ada")
    sender.group("Editors", person)
    drain(by_hand)
    task = the_task(by_hand, state="open")

    tasks.finish(task, note="Made.", by=owner)

    known = account(by_hand, person)
    assert (known.user_name, known.roles, known.is_active, known.is_gone) == (
        "ada@northwind.example",
        ["Editors"],
        True,
        False,
    )
    assert task.title == "Give Ada an account in Hootsuite"
    delivery = Delivery.objects.for_integration(by_hand).get(pk=task.delivery_id)
    assert (delivery.status, delivery.place) == (Delivery.Status.DELIVERED, None)
    assert delivery.proof["words"] == f"{owner.user.email} says that it is done."
    assert delivery.proof["seen"]["note"] == "Made."


@pytest.mark.parametrize(
    ("policy", "is_active", "is_gone"),
    [
        pytest.param("deactivate", False, False, id="deactivate"),
        pytest.param("delete", False, True, id="delete"),
        pytest.param("remove_roles", True, False, id="take the roles, keep the account"),
    ],
)
def test_what_done_means_is_what_the_policy_asked_for(sender, by_hand, owner, policy, is_active, is_gone):
    connecting.set_meaning(by_hand, {"on_deactivate": policy}, by=factories.OPERATOR)
    person = sender.person("ada")
    drain(by_hand)
    tasks.finish(the_task(by_hand), note="Made.", by=owner)
    sender.send("PATCH", f"/Users/{person}", DEACTIVATE)
    drain(by_hand)

    tasks.finish(the_task(by_hand, state="open"), note="Gone.", by=owner)

    known = account(by_hand, person)
    assert (known.is_active, known.is_gone) == (is_active, is_gone)


def test_a_newer_change_makes_a_task_needless(sender, by_hand, owner):
    person = sender.person("ada")
    drain(by_hand)
    first = the_task(by_hand)
    sender.send("PATCH", f"/Users/{person}", DEACTIVATE)
    drain(by_hand)

    with pytest.raises(Refused, match=r"not needed any more since .* A newer change made it needless"):
        tasks.finish(first, note="Made.", by=owner)

    assert the_task(by_hand, state="cancelled") == first
    assert the_task(by_hand, state="open").title == "Deactivate Ada in Hootsuite"


@pytest.mark.parametrize("way", ["skip", "retry", "edit", "observe"])
def test_a_task_closes_when_its_delivery_goes_another_way(task, integration, owner, way):
    delivery = Delivery.objects.for_integration(integration).get()
    acts = {
        "skip": lambda: controls.skip([delivery], reason="Not wanted.", by=owner),
        "retry": lambda: controls.retry([delivery], by=owner),
        "edit": lambda: controls.edit(delivery, {"x": 1}, by=owner),
        "observe": lambda: connecting.observe(integration, by=owner),
    }

    acts[way]()

    with pytest.raises(Refused, match="This task is not needed any more"):
        tasks.finish(task, note="Done.", by=owner)
    assert the_task(integration).state == Task.State.CANCELLED
    assert not AppAccount.objects.for_integration(integration).exists()


def test_a_task_opened_anew_keeps_its_ticks_and_its_time(sender, by_hand, owner):
    sender.person("ada")
    drain(by_hand)
    task = tasks.tick(the_task(by_hand), 0, done=True, by=owner)
    controls.retry([task.delivery], by=owner)
    drain(by_hand)

    again = the_task(by_hand)

    assert (again.pk, again.state, again.due_at) == (task.pk, Task.State.OPEN, task.due_at)
    assert [bool(step["done_at"]) for step in again.steps] == [True, False, False, False]


def test_what_is_handed_over_says_what_to_do_and_what_went_wrong(idp, live, app, owner):
    person = idp.person("ada")
    delivery = Delivery.objects.for_integration(live).get(line=UUID(person))
    Delivery.objects.for_integration(live).filter(pk=delivery.pk).update(
        status="dead", place=3, problem="The app said no."
    )

    controls.hand_over(delivery, by=owner)

    task = the_task(live)
    assert task.title == "Give Ada an account in Hootsuite"
    assert [step["words"] for step in task.steps][:2] == ["Look at what went wrong.", "Open Hootsuite."]
    assert task.steps[0]["detail"] == "The app said no."
    tasks.finish(task, note="Made.", by=owner)
    # The connector looks the account up by itself: nobody told what the app calls it.
    assert (account(live, person).ref, account(live, person).user_name) == ("", "ada@northwind.example")
    assert probe_connectors.app.orders == []


def test_a_member_takes_gives_back_and_finishes(task, member):
    tasks.take(task, by=member)
    tasks.give_back(task, by=member)
    assert Task.objects.get(pk=task.pk).assignee is None

    done = tasks.finish(task, note="Gone.", by=member)

    assert (done.state, done.assignee, done.done_by) == (Task.State.DONE, member, member.user.email)
    actions = AuditEntry.objects.filter(actor_label=member.user.email).order_by("pk")
    assert [entry.action for entry in actions] == ["task.assigned", "task.assigned", "task.done"]


def test_what_somebody_else_has_taken_is_no_members_any_more(task, member, other):
    tasks.take(task, by=other)

    for act in (
        lambda: tasks.take(task, by=member),
        lambda: tasks.tick(task, 0, done=True, by=member),
        lambda: tasks.give_back(task, by=member),
        lambda: tasks.finish(task, note="Gone.", by=member),
    ):
        with pytest.raises(Refused, match=f"{other.user.email} has taken this task"):
            act()
    assert Task.objects.get(pk=task.pk).state == Task.State.OPEN


def test_only_who_manages_deliveries_gives_tasks(task, member, other, admin):
    with pytest.raises(NotAllowed, match="It takes: Owner, Super Admin, Admin"):
        tasks.give(task, other, by=member)

    tasks.give(task, other, by=admin)
    tasks.give(task, member, by=admin)
    tasks.give_back(task, by=admin)

    assert Task.objects.get(pk=task.pk).assignee is None


def test_a_task_is_given_within_its_workspace_alone(task, owner):
    stranger = factories.make_member(factories.make_workspace("Contoso"), Role.MEMBER)

    with pytest.raises(Http404):
        tasks.give(task, stranger, by=owner)
    with pytest.raises(Http404):
        tasks.take(task, by=stranger)


def test_a_tick_stays_with_who_made_it(task, owner, member):
    tasks.tick(task, 1, done=True, by=owner)

    again = tasks.tick(task, 1, done=True, by=member)
    taken_back = tasks.tick(task, 1, done=False, by=member)

    assert again.steps[1]["done_by"] == owner.user.email
    assert taken_back.steps[1]["done_by"] == ""


def test_a_step_that_is_not_there_is_refused(task, owner):
    for number in (-1, 2):
        with pytest.raises(Refused, match="There is no such step"):
            tasks.tick(task, number, done=True, by=owner)


def test_a_task_that_is_done_is_told_with_who_and_when(task, owner, member):
    tasks.finish(task, note="Gone.", by=member)

    with pytest.raises(Refused, match=rf"{member.user.email} finished this task on \d") as refused:
        tasks.finish(task, note="Gone too.", by=owner)

    assert refused.value.code == "closed"
    assert Task.objects.get(pk=task.pk).note == "Gone."


def test_files_are_kept_with_their_digest(task, owner):
    tasks.finish(task, note="", files=[PICTURE], by=owner)

    (file,) = task.files.all()
    digest = hashlib.sha256(PICTURE.content).hexdigest()
    assert (file.name, bytes(file.content), file.digest, file.size_bytes) == (
        "list.png",
        PICTURE.content,
        digest,
        12,
    )
    delivery = Delivery.objects.for_integration(task.integration_id).get()
    assert delivery.proof["seen"]["files"] == [{"name": "list.png", "digest": digest}]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        pytest.param([], "Say what you did", id="nothing"),
        pytest.param([PICTURE] * 6, "at most 5 files", id="six files"),
        pytest.param([Evidence("a.exe", "application/x-msdownload", b"MZ")], "a.exe", id="a program"),
        pytest.param([Evidence("a.png", "image/png", b"<html>")], "a.png", id="no picture"),
        pytest.param([Evidence("a.txt", "text/plain", b"\xff\xfe\0")], "a.txt", id="no text"),
        pytest.param([Evidence("a.svg", "image/svg+xml", b"<svg>")], "a.svg", id="a drawing with scripts"),
        pytest.param(
            [Evidence("a.txt", "text/plain", b"x" * (evidence.LARGEST_FILE + 1))], "at most 5 MiB", id="large"
        ),
    ],
)
def test_proof_that_is_none_is_refused(task, owner, files, sentence):
    with pytest.raises(Refused, match=sentence):
        tasks.finish(task, note=" ", files=files, by=owner)

    assert Task.objects.get(pk=task.pk).state == Task.State.OPEN
    assert not task.files.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\ann\\list.png", "list.png"),
        ("../../etc/passwd", "passwd.png"),
        ("two\r\nlines.PNG", "twolines.PNG"),
        ("\u202e", "File.png"),
        ("x" * 300, "x" * 196 + ".png"),
        ("e\u202egnp.html", "egnp.html.png"),
        ("a.png.html", "a.png.html.png"),
        ("a.html. ", "a.html..png"),
    ],
)
def test_the_name_of_a_file_is_a_name(task, owner, given, kept):
    tasks.finish(task, note="", files=[Evidence(given, "image/png", PICTURE.content)], by=owner)

    assert task.files.get().name == kept
