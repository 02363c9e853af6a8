"""A task's page: what for, steps, who has it, proof, and what is told when it is too late."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from integrations.delivery.hands import evidence, tasks
from integrations.delivery.models import Delivery, Task
from integrations.kit import uploads
from integrations.models import Integration, Membership, Role
from integrations.traffic.models import RequestLog
from tests import factories, sessions
from tests.db import console

PNG = b"\x89PNG\r\n\x1a\nrest"


@pytest.fixture
def task(integration: Integration) -> Task:
    return factories.make_task(integration)


@pytest.fixture
def page(task: Task) -> str:
    return f"/w/{task.integration.workspace.slug}/tasks/{task.pk}/"


@pytest.fixture
def member(workspace) -> Membership:
    return factories.make_member(workspace, Role.MEMBER, "hands@northwind.example")


@pytest.fixture
def as_member(member: Membership) -> Client:
    return sessions.sign_in(Client(), member)


def words(answer: Any) -> str:
    return answer.content.decode()


def now(task: Task) -> Task:
    return Task.objects.select_related("assignee").get(pk=task.pk)


def picture(name: str = "list.png", content: bytes = PNG, kind: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=kind)


def test_who_sees_integrations_is_led_to_person_app_and_request(as_owner, provider, integration, workspace):
    person = provider.person("payroll")
    log = RequestLog.objects.for_integration(integration).latest("pk")
    task = factories.make_task(integration, line=person)
    Delivery.objects.filter(pk=task.delivery_id).update(trace_id=log.trace_id)

    shown = words(as_owner.get(f"/w/{workspace.slug}/tasks/{task.pk}/"))

    for name, more in {
        "people:user": {"user_id": person},
        "console:integration": {},
        "console:activity-request": {"request_id": log.pk},
    }.items():
        assert f'href="{console.path(name, integration, **more)}"' in shown


def test_whoever_sees_deliveries_is_led_to_the_one_of_the_task(as_owner, as_member, task, page):
    path = console.path("console:delivery-record", task.integration, delivery_id=task.delivery.id)

    assert f'href="{path}"' in words(as_owner.get(page))
    assert path not in words(as_member.get(page))


def test_a_member_is_told_in_words_and_led_nowhere_they_may_not_go(as_member, page):
    shown = words(as_member.get(page))

    assert "payroll@northwind.example" in shown
    assert "/integrations/" not in shown
    assert "Give it to" not in shown


@pytest.mark.parametrize("scripts", [True, False], ids=["htmx", "a form"])
def test_steps_are_saved_one_by_one_with_who_and_when(as_member, task, page, scripts):
    headers = {"hx-request": "true"} if scripts else {}

    answer = as_member.post(f"{page}steps/", {"step": ["1"]}, headers=headers)

    assert answer.status_code == (200 if scripts else 302)
    shown = words(answer if scripts else as_member.get(page))
    assert re.search(r"hands@northwind\.example, <time", shown)
    assert ("<html" in shown) is not scripts
    assert [bool(step["done_at"]) for step in now(task).steps] == [False, True]


def test_a_stale_form_takes_back_nobodys_tick(as_member, owner, task, page):
    tasks.tick(task, 0, done=True, by=owner)

    as_member.post(f"{page}steps/", {"step": ["1"]})
    as_member.post(f"{page}steps/", {"was": ["1"]})

    assert [step["done_by"] for step in now(task).steps] == [owner.user.email, ""]


def test_a_step_that_is_not_there_is_told(as_member, task, page):
    answer = as_member.post(f"{page}steps/", {"step": ["7", "x", "-1", "1" * 5000]}, follow=True)

    assert "There is no such step." in words(answer)


def test_a_step_of_a_task_that_was_closed_meanwhile_loads_the_page_anew(as_member, owner, task, page):
    tasks.finish(task, note="Gone.", by=owner)

    answer = as_member.post(f"{page}steps/", {"step": ["1"]}, headers={"hx-request": "true"})

    assert answer["HX-Redirect"] == page.removesuffix(f"{task.pk}/")
    assert f"{owner.user.email} finished this task" in words(as_member.get(answer["HX-Redirect"]))


def test_a_step_of_a_task_that_ended_loads_its_page_anew(as_owner, member, task, page):
    tasks.finish(task, note="Gone.", by=member)

    answer = as_owner.post(f"{page}steps/", {"step": ["1"]}, headers={"hx-request": "true"})

    assert answer["HX-Refresh"] == "true"
    assert words(as_owner.get(page)).count("hands@northwind.example finished this task on") == 2


def test_taking_and_giving_back(as_member, member, task, page):
    taken = as_member.post(f"{page}take/", follow=True)
    assert "You have taken this task." in words(taken)
    assert now(task).assignee == member

    back = as_member.post(f"{page}give-back/", follow=True)

    assert "Nobody has this task now" in words(back)
    assert now(task).assignee is None


def test_somebody_else_was_faster(as_owner, member, task, page):
    tasks.take(task, by=member)

    answer = as_owner.post(f"{page}take/", follow=True)

    assert "hands@northwind.example has taken this task." in words(answer)
    assert now(task).assignee == member


def test_a_task_is_given_and_the_person_told_by_mail(
    db, as_admin, admin, member, task, page, settings, mailoutbox
):
    settings.MAIL_CONFIGURED = True

    answer = as_admin.post(f"{page}give/", {"to": member.pk}, follow=True)
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join(10)

    assert "hands@northwind.example has this task now." in words(answer)
    assert now(task).assignee == member
    (mail,) = mailoutbox
    assert mail.to == ["hands@northwind.example"]
    assert f"{admin.user.email} gave you a task" in mail.body
    assert page in mail.body


def test_nobody_is_told_of_what_they_have_or_of_what_is_closed(
    db, as_owner, owner, member, task, page, settings, mailoutbox
):
    settings.MAIL_CONFIGURED = True
    tasks.give(task, member, by=owner)
    as_owner.post(f"{page}give/", {"to": member.pk})
    tasks.finish(task, note="Gone.", by=member)

    answer = as_owner.post(f"{page}give/", {"to": owner.pk}, follow=True)

    assert "hands@northwind.example finished this task" in words(answer)
    assert mailoutbox == []


def test_without_mail_a_task_is_given_all_the_same(as_owner, member, task, page, mailoutbox):
    as_owner.post(f"{page}give/", {"to": member.pk})

    assert now(task).assignee == member
    assert mailoutbox == []


@pytest.mark.parametrize("to", ["", "stranger"], ids=["nobody", "of another workspace"])
def test_a_task_is_given_to_members_alone(as_owner, task, page, to):
    stranger = factories.make_member(factories.make_workspace("Contoso"), Role.MEMBER)

    answer = as_owner.post(f"{page}give/", {"to": stranger.pk if to else ""})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in words(answer)
    assert now(task).assignee is None


def test_done_with_proof_ends_the_task_and_offers_the_files(as_member, member, task, page):
    answer = as_member.post(page, {"note": "Gone <b>now</b>.", "proof": [picture()]}, follow=True)
    assert "Done: Deactivate Payroll in Hootsuite." in words(answer)
    assert now(task).state == Task.State.DONE

    shown = words(as_member.get(page))

    assert "hands@northwind.example finished this task on" in shown
    assert "Gone &lt;b&gt;now&lt;/b&gt;." in shown
    assert f'href="{page}files/{task.files.get().pk}/">list.png</a>' in shown
    assert "12\xa0bytes" in shown


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        pytest.param({"note": " "}, "Say what you did, or attach a file that shows it.", id="nothing"),
        pytest.param(
            {"note": "Kept words.", "proof": [picture(f"{number}.png") for number in range(6)]},
            "Attach at most 5 files.",
            id="six files",
        ),
        pytest.param(
            {"note": "Kept words.", "proof": [picture("big.png", PNG + b"x" * evidence.LARGEST_FILE)]},
            "A file may have at most 5 MiB. This one is larger: big.png.",
            id="a large file",
        ),
        pytest.param(
            {"note": "Kept words.", "proof": [picture("page.html", b"<html>", "text/html")]},
            "Attach a picture, a PDF or a text file. This is none: page.html.",
            id="a page",
        ),
        pytest.param(
            {"note": "Kept words.", "proof": [picture("empty.png", b"")]},
            "The submitted file is empty.",
            id="an empty file",
        ),
    ],
)
def test_proof_that_is_none_is_told_at_its_field_with_the_note_kept(as_member, task, page, form, sentence):
    answer = as_member.post(page, form)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert form["note"].strip() in words(answer)
    assert 'aria-invalid="true"' in words(answer)
    assert now(task).state == Task.State.OPEN


def test_a_form_that_is_far_too_large_is_refused_before_it_is_kept(as_member, task, page, monkeypatch):
    monkeypatch.setattr("integrations.kit.uploads.LARGEST_BYTES", 1000)

    answer = as_member.post(page, {"note": "x", "proof": [picture(content=PNG + b"x" * 1000)]})

    assert answer.status_code == 413
    assert "A form takes at most" in words(answer)
    assert now(task).state == Task.State.OPEN


def test_a_form_with_all_that_a_task_takes_is_not_too_large():
    assert evidence.MOST_FILES * evidence.LARGEST_FILE + 1024**2 < uploads.LARGEST_BYTES


@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER])
def test_what_somebody_else_finished_meanwhile_is_told_and_the_note_kept(workspace, owner, task, page, role):
    late = sessions.sign_in(Client(), factories.make_member(workspace, role))
    tasks.finish(task, note="I was faster.", by=owner)

    answer = late.post(page, {"note": "My words."})

    shown = words(answer)
    assert answer.status_code == 422
    assert f"{owner.user.email} finished this task" in shown
    assert "Your note, which was not saved" in shown
    assert "My words." in shown
    assert now(task).note == "I was faster."


def test_what_a_newer_change_made_needless_is_told(as_member, task, page):
    Delivery.objects.filter(pk=task.delivery_id).update(
        status="superseded", place=None, problem="A newer one."
    )
    task.state, task.done_at = Task.State.CANCELLED, task.created_at
    task.save()

    shown = words(as_member.get(page))

    assert re.search(r"This task is not needed any more since .* A newer one\.", shown)
    assert "Take it" not in shown
    assert ">Done</button>" not in shown


def test_a_form_for_what_somebody_else_has_now_is_told_with_the_note_kept(as_member, owner, task, page):
    tasks.give(task, owner, by=owner)

    answer = as_member.post(page, {"note": "My words."})

    assert answer.status_code == 422
    assert f"{owner.user.email} has taken this task." in words(answer)
    assert "My words." in words(answer)
    assert as_member.get(page).status_code == 404
    assert now(task).state == Task.State.OPEN


def test_a_file_is_kept_on_disk_and_never_opened_here(as_member, task, page):
    script = picture("<script>.txt", b"<script>alert(1)</script>", "text/plain")
    as_member.post(page, {"note": "", "proof": [script]})

    answer = as_member.get(f"{page}files/{task.files.get().pk}/")

    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == 'attachment; filename="<script>.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"


def test_a_file_is_there_for_whoever_sees_its_task_and_under_it_alone(
    as_owner, as_member, owner, integration
):
    own = factories.make_task(integration, assignee=owner, files=["proof.txt"])
    another = factories.make_task(integration, files=["other.txt"])
    base = f"/w/{integration.workspace.slug}/tasks"

    assert as_owner.get(f"{base}/{own.pk}/files/{own.files.get().pk}/").content == b"gone"
    assert as_member.get(f"{base}/{own.pk}/files/{own.files.get().pk}/").status_code == 404
    assert as_owner.get(f"{base}/{own.pk}/files/{another.files.get().pk}/").status_code == 404


def test_the_page_costs_the_same_whatever_it_holds(as_owner, integration, queries):
    bare = factories.make_task(integration)
    full = factories.make_task(integration, files=[f"{number}.txt" for number in range(5)])
    tasks.finish(full, note="Done.", by=factories.make_member(integration.workspace))
    base = f"/w/{integration.workspace.slug}/tasks"

    assert max(queries(as_owner, f"{base}/{one.pk}/") for one in (bare, full)) <= 12
