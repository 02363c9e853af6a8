"""Changes are kept with what they changed."""

from __future__ import annotations

import contextlib

import pytest
from django.db import transaction

from integrations.delivery.models import Change
from integrations.delivery.queue import outbox
from integrations.delivery.queue.change import ChangeDraft, ChangeEvent
from integrations.kit import ids
from tests import factories


def draft(integration) -> ChangeDraft:
    return ChangeDraft(
        integration=integration,
        event=ChangeEvent.USER_UPDATED,
        resource_type="User",
        resource_id=ids.new(),
        resource_label="person.one@example.test",
        version=2,
        actor="Okta",
        trace_id=ids.trace(),
        before={"title": "A"},
        after={"title": "B"},
        delta=[{"path": "title", "before": "A", "after": "B"}],
    )


def test_a_change_is_kept_whole(integration):
    with transaction.atomic():
        change = outbox.record(draft(integration))

    kept = Change.objects.for_integration(integration).get()
    assert kept.pk == change.pk
    assert (kept.before, kept.after, kept.delta[0]["path"], kept.members) == (
        {"title": "A"},
        {"title": "B"},
        "title",
        {},
    )


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_a_change_is_refused():
    integration = factories.make_integration(factories.make_workspace())

    with pytest.raises(RuntimeError):
        outbox.record(draft(integration))


@pytest.mark.django_db(transaction=True)
def test_a_change_goes_when_its_transaction_does():
    integration = factories.make_integration(factories.make_workspace())

    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        outbox.record(draft(integration))
        raise ZeroDivisionError

    assert not Change.objects.for_integration(integration).exists()
