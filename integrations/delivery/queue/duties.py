"""Which deliveries a change makes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from integrations.delivery.connector import Capability, Connector, Intent, Mode
from integrations.delivery.models import Change, Delivery
from integrations.delivery.queue.change import ChangeDraft, ChangeEvent

# A loss and a gain within it are one change of role (DESIGN: settle window).
SETTLE_WINDOW = timedelta(seconds=60)
_OF_PEOPLE = {
    ChangeEvent.USER_CREATED: Intent.CREATE,
    ChangeEvent.USER_UPDATED: Intent.UPDATE,
    ChangeEvent.USER_DEACTIVATED: Intent.DEACTIVATE,
    ChangeEvent.USER_REACTIVATED: Intent.ACTIVATE,
    ChangeEvent.USER_DELETED: Intent.DELETE,
    ChangeEvent.USER_RESTORED: Intent.ACTIVATE,
}
_OF_GROUPS = {
    ChangeEvent.GROUP_CREATED: Intent.GROUP_CREATE,
    ChangeEvent.GROUP_UPDATED: Intent.GROUP_UPDATE,
    ChangeEvent.GROUP_DELETED: Intent.GROUP_DELETE,
}
# Creates that may come from a connection test wait until the test would have removed them.
_ARRIVING = frozenset({Intent.CREATE, Intent.ACTIVATE})


def of(draft: ChangeDraft, change: Change, connector: type[Connector]) -> list[Delivery]:
    """The deliveries of one change, in the order in which a person would do them."""
    if draft.resource_type == "User":
        return [] if draft.is_test else [_of_person(draft, change)]
    return [*_of_group(draft, change, connector), *_of_members(draft, change, connector)]


def _of_person(draft: ChangeDraft, change: Change) -> Delivery:
    intent = _OF_PEOPLE[draft.event]
    if intent is Intent.UPDATE and any(entry["path"].lower() == "username" for entry in draft.delta):
        intent = Intent.RENAME
    waits = draft.may_be_test and intent in _ARRIVING
    return _delivery(change, intent, line=draft.resource_id, label=draft.resource_label, waits=waits)


def _of_group(draft: ChangeDraft, change: Change, connector: type[Connector]) -> Iterator[Delivery]:
    """Of the group itself. A connector that keeps no groups is told of a new name and of the end alone: both
    change what people hold."""
    intent = _OF_GROUPS.get(draft.event)
    keeps = connector.mode is Mode.EVENT or Capability.GROUPS in connector.capabilities
    if intent is not None and (keeps or _changes_holders(draft, intent)):
        yield _delivery(change, intent, line=draft.resource_id, label=draft.resource_label)


def _changes_holders(draft: ChangeDraft, intent: Intent) -> bool:
    if intent is Intent.GROUP_UPDATE:
        return any(entry["path"].lower() == "displayname" for entry in draft.delta)
    return intent is Intent.GROUP_DELETE


def _of_members(draft: ChangeDraft, change: Change, connector: type[Connector]) -> Iterator[Delivery]:
    """Of each person who came into the group or went; their name is filled in when it is carried."""
    for intent, ids in ((Intent.GRANT, draft.added), (Intent.REVOKE, draft.removed)):
        waits = connector.mode is Mode.STATE and intent is Intent.REVOKE
        for pk in ids:
            delivery = _delivery(change, intent, line=UUID(pk), label="", waits=waits)
            delivery.group_id, delivery.group_name = draft.resource_id, draft.resource_label[:512]
            yield delivery


def _delivery(change: Change, intent: Intent, *, line: UUID, label: str, waits: bool = False) -> Delivery:
    return Delivery(
        integration_id=change.integration_id,
        change=change,
        trace_id=change.trace_id,
        line=line,
        label=label[:512],
        intent=intent,
        version=change.version,
        due_at=change.at + SETTLE_WINDOW if waits else change.at,
        created_at=change.at,
    )
