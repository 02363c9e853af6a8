"""Mails about tasks: before they are due, and when they are late; each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations import catalog
from integrations.delivery.hands import reminders, tasks
from integrations.delivery.turns import worker
from integrations.models import Integration, Membership, Role
from tests import factories

SOON, LATE = timedelta(minutes=30), -timedelta(minutes=5)


@pytest.fixture
def mails(db, settings, mailoutbox) -> list[EmailMessage]:
    settings.MAIL_CONFIGURED, settings.PUBLIC_URL = True, "https://gateway.example.com"
    return mailoutbox


@pytest.fixture
def member(workspace) -> Membership:
    return factories.make_member(workspace, Role.MEMBER, "hands@northwind.example")


def told(mails: list[EmailMessage]) -> list[tuple[str, list[str]]]:
    return [(str(mail.subject), sorted(mail.recipients())) for mail in mails]


def test_who_has_a_task_is_reminded_once_before_it_is_due(mails, integration, member):
    task = factories.make_task(integration, assignee=member, due_in=SOON)

    reminders.run()
    reminders.run()

    assert told(mails) == [(f"Due within the hour: {task.title}", ["hands@northwind.example"])]
    path = f"https://gateway.example.com/w/{integration.workspace.slug}/tasks/{task.pk}/"
    assert path in mails[0].body
    task.refresh_from_db()
    assert task.reminded_at is not None


def test_of_what_nobody_has_taken_those_in_charge_are_told(mails, integration, owner, super_admin, admin):
    factories.make_task(integration, due_in=SOON)

    reminders.run()

    assert told(mails)[0][1] == sorted([owner.user.email, super_admin.user.email])
    assert "nobody has taken it" in mails[0].body
    # Nobody is shown the others' addresses.
    assert mails[0].to == []


def test_of_what_is_late_owners_and_super_admins_are_told_once(
    mails, integration, owner, super_admin, member
):
    task = factories.make_task(integration, assignee=member, due_in=LATE)

    reminders.run()
    reminders.run()

    assert told(mails) == [(f"Late: {task.title}", sorted([owner.user.email, super_admin.user.email]))]
    assert "hands@northwind.example has it" in mails[0].body


def test_what_is_not_due_soon_done_or_retired_is_told_to_nobody(mails, integration, workspace, member, owner):
    factories.make_task(integration, assignee=member, due_in=timedelta(hours=2))
    tasks.finish(factories.make_task(integration, due_in=LATE), note="Done.", by=owner)
    retired = factories.make_integration(workspace, "Canva")
    factories.make_task(retired, due_in=LATE)
    catalog.archive(retired, by=owner)

    reminders.run()

    assert mails == []


def test_without_mail_nothing_is_sent_and_nothing_noted(integration, member, mailoutbox):
    task = factories.make_task(integration, assignee=member, due_in=SOON)

    reminders.run()
    task.refresh_from_db()

    assert (mailoutbox, task.reminded_at) == ([], None)


def test_a_mail_server_that_fails_is_asked_again_the_next_time(mails, integration, member, settings, caplog):
    tasks_made = [factories.make_task(integration, assignee=member, due_in=SOON) for _each in range(2)]
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    reminders.run()
    settings.EMAIL_BACKEND = working
    reminders.run()

    assert caplog.text.count("mail.failed") == 1
    assert len(mails) == len(tasks_made)


def test_whose_account_is_off_is_not_reminded(mails, integration, member, owner):
    member.user.is_active = False
    member.user.save()
    factories.make_task(integration, assignee=member, due_in=SOON)

    reminders.run()

    assert told(mails)[0][1] == [owner.user.email]


def test_the_sweep_reminds_at_most_once_a_minute(mails, integration: Integration, member, monkeypatch):
    monkeypatch.setattr(reminders, "_last_run", [])
    factories.make_task(integration, assignee=member, due_in=SOON)
    worker.sweep()
    factories.make_task(integration, assignee=member, due_in=SOON)

    worker.sweep()

    assert len(mails) == 1


def test_whoever_is_given_a_task_is_told_by_whom(mails, integration, member, owner):
    task = factories.make_task(integration)

    mail = reminders.assigned(task, member, by=owner)

    assert mail is not None
    assert mail.to == ["hands@northwind.example"]
    assert f"{owner.user.email} gave you a task" in mail.body
    assert reminders.assigned(task, owner, by=owner) is None


def test_a_name_of_two_lines_makes_no_second_header(mails, integration, member):
    factories.make_task(integration, "Remove Ann\nBcc: eve@evil.example", assignee=member, due_in=SOON)

    reminders.run()

    assert mails[0].subject == "Due within the hour: Remove Ann Bcc: eve@evil.example"
    assert mails[0].recipients() == ["hands@northwind.example"]


def test_the_run_reads_open_tasks_alone_by_the_time_they_are_due(mails, integration, member, owner):
    """However many were done before."""
    tasks.finish(factories.make_task(integration, due_in=LATE), note="Done.", by=owner)
    with CaptureQueriesContext(connection) as captured:
        reminders.run()
    looks = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{looks[0]}")
        plan = str(cursor.fetchall())

    assert len(looks) == 2
    assert "task_due" in plan or connection.vendor != "sqlite"
