"""The audit keeps what people did and lets nobody change it."""

from __future__ import annotations

import pytest

from integrations.audit import trail
from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.kit import context
from tests import factories


def test_an_entry_names_the_person_the_target_and_the_request(workspace, owner, issued):
    token = context.current.set(context.Context(trace_id="t" * 32, ip="192.0.2.1"))
    try:
        entry = trail.record(
            Event.TOKEN_REVOKED, issued.token, by=owner, workspace=workspace, detail={"a": 1}
        )
    finally:
        context.current.reset(token)

    assert (entry.actor_kind, entry.actor_label) == ("person", owner.user.email)
    assert (entry.target_kind, entry.target_label) == ("gatewaytoken", issued.token.shown_name)
    assert (entry.trace_id, entry.ip, entry.integration) == ("t" * 32, "192.0.2.1", issued.token.integration)


def test_support_staff_are_named_as_such(workspace):
    staff = factories.make_user(staff=True)

    entry = trail.record(Event.SUPPORT_VIEWED, workspace, by=trail.Support(staff), workspace=workspace)

    assert (entry.actor_kind, entry.actor_label) == ("support", staff.email)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(actor_label="x"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
    ],
    ids=["save", "delete", "update many", "delete many"],
)
def test_an_entry_is_never_changed(workspace, owner, tamper):
    entry = trail.record(Event.WORKSPACE_CHANGED, workspace, by=owner, workspace=workspace)

    with pytest.raises(TypeError):
        tamper(entry)
