"""Whoever can mend what stops a lane is told by mail, once."""

from __future__ import annotations

import functools

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from integrations.delivery import finding
from integrations.delivery.connector import Failed, Kind
from integrations.delivery.errands import connecting
from integrations.delivery.models import Lane
from integrations.delivery.queue import alarms, brake
from integrations.delivery.turns import controls, worker
from integrations.models import Role
from tests import factories
from tests.db import races
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

REFUSED = Failed(Kind.AUTH, "The key was refused.", "Enter a new key.")


@pytest.fixture
def mails(db, settings, mailoutbox, monkeypatch) -> list[EmailMessage]:
    settings.MAIL_CONFIGURED, settings.PUBLIC_URL = True, "https://gateway.example.com"
    monkeypatch.setattr(alarms, "_last_run", [])
    return mailoutbox


@pytest.fixture
def broken_mail(mails, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def refuse(app, idp, *names: str) -> None:
    app.answer = lambda _order: REFUSED
    for name in names:
        idp.person(name)
    drain(idp.integration)


def held(integration) -> None:
    Lane.objects.for_integration(integration).update(held_at=timezone.now(), held_for="The key was refused.")


def test_a_held_lane_is_told_once_to_those_who_can_mend_it(mails, app, idp, owner, super_admin, admin):
    factories.make_member(owner.workspace, Role.MEMBER)
    refuse(app, idp, "ada", "ben")
    drain(idp.integration)
    worker.sweep()

    (mail,) = mails
    assert (mail.subject, mail.to) == ("Delivery into Hootsuite is held", [])
    assert sorted(mail.bcc) == sorted(one.user.email for one in (owner, super_admin, admin))
    slug, pk = owner.workspace.slug, idp.integration.pk
    for words in ("Why: The key was refused.", "What mends it: Enter a new key."):
        assert words in mail.body
    assert f"https://gateway.example.com/w/{slug}/integrations/{pk}/settings/delivery/" in mail.body


def test_an_admin_who_does_not_see_the_integration_is_not_told(mails, live, owner, admin):
    given = factories.make_member(owner.workspace)
    factories.give(live, given)
    owner.workspace.admins_limited = True
    owner.workspace.save()
    held(live)

    alarms.tell(live.pk)

    assert sorted(mails[0].bcc) == sorted([owner.user.email, given.user.email])


def test_a_hold_after_a_resume_is_another_one(mails, app, idp):
    refuse(app, idp, "ada")

    controls.resume(idp.integration, by=factories.OPERATOR)
    drain(idp.integration)

    assert len(mails) == 2


def test_a_mail_server_that_fails_breaks_nothing_and_is_asked_again(broken_mail, mails, app, idp, settings):
    refuse(app, idp, "ada")
    assert Lane.objects.for_integration(idp.integration).get().held_at is not None

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    worker.sweep()

    assert len(mails) == 1


def test_without_mail_nothing_is_sent_and_nothing_noted(app, idp, mailoutbox):
    refuse(app, idp, "ada")
    worker.sweep()

    assert mailoutbox == []
    assert Lane.objects.for_integration(idp.integration).get().alarmed_at is None


def test_of_an_integration_that_is_switched_off_nobody_is_told(mails, idp):
    held(idp.integration)
    connecting.observe(idp.integration, by=factories.OPERATOR)

    alarms.run_in_turn()

    assert mails == []


def test_a_batch_that_the_brake_holds_is_told_once_to_those_who_decide(
    mails, app, idp, owner, super_admin, admin
):
    people = [idp.person(f"p{number}") for number in range(11)]
    drain(idp.integration)
    for some in (people[:8], people[8:]):
        for person in some:
            wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
        drain(idp.integration)

    (mail,) = mails
    assert sorted(mail.bcc) == sorted([owner.user.email, super_admin.user.email])
    assert "- People who would leave: 8. May leave within an hour: 5." in mail.body
    assert "/deliveries/held/" in mail.body
    assert brake.held(idp.integration).count() == 11


def test_a_batch_of_which_everybody_came_back_is_over_and_the_next_is_told(mails, app, idp, owner, clock):
    def set_active(people: list[str], *, to: bool) -> None:
        for person in people:
            wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": to})
        drain(idp.integration)

    people = [idp.person(f"p{number}") for number in range(11)]
    drain(idp.integration)
    set_active(people, to=False)
    connecting.set_meaning(idp.integration, {"brake_people": 7}, by=factories.OPERATOR)
    set_active(people, to=True)
    assert brake.open_batch(idp.integration) is None
    assert not finding.delivering([idp.integration])[idp.integration.pk].is_braked
    clock.shift(86_400)

    set_active(people, to=False)

    assert len(mails) == 2
    assert "May leave within an hour: 7." in mails[1].body
    batch = brake.open_batch(idp.integration)
    assert batch is not None
    assert batch.tripped_at == timezone.now()


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_once(mails, idp):
    held(idp.integration)

    races.at_once(*[functools.partial(alarms.tell, idp.integration.pk)] * 2)

    assert len(mails) == 1
