"""Recognises a person who comes back, and one who never left."""

from __future__ import annotations

from typing import Any

from integrations.models import Integration
from scim.core.errors import Uniqueness
from scim.models import ScimUser
from scim.store import statements

Json = dict[str, Any]


def find(integration: Integration, data: Json) -> ScimUser | None:
    """The row of the same person, to be brought back; None for somebody new. Uniqueness for someone who still
    exists.

    The same person has an equal externalId, or an equal userName where one side has no externalId.
    """
    known = _candidates(integration, data)
    here = [row for row in known if row.deleted_at is None]
    reactivates = integration.rehire == Integration.Rehire.REACTIVATE
    for row in here:
        if row.active or not reactivates or not _is_same(row, data):
            raise _still_here(row, data, integration)
    if here:
        return here[0]
    gone = [row for row in known if row.deleted_at is not None and _is_same(row, data)]
    return gone[0] if gone and reactivates else None


def _candidates(integration: Integration, data: Json) -> list[ScimUser]:
    key, external_id = data["userName"].casefold(), data.get("externalId", "")
    given = {"integration": integration.pk, "key": key}
    if external_id:
        found = statements.known_by_both.all(**given, external_id=external_id)
    else:
        found = statements.known_by_name.all(**given)
    # An equal externalId says more than an equal name.
    return sorted(found, key=lambda row: row.external_id != external_id)


def _is_same(row: ScimUser, data: Json) -> bool:
    external_id: str = data.get("externalId", "")
    if row.external_id and external_id:
        return row.external_id == external_id
    user_name: str = data["userName"]
    return row.user_name_key == user_name.casefold()


def _still_here(row: ScimUser, data: Json, integration: Integration) -> Uniqueness:
    by = "userName" if row.user_name_key == data["userName"].casefold() else "externalId"
    if row.active:
        return Uniqueness(
            f'A User with this {by} is here already: "{row.user_name}", id {row.pk}.',
            remedy="Match the person instead of creating them.",
        )
    if _is_same(row, data):
        policy = Integration.Rehire(integration.rehire).label
        return Uniqueness(
            f'"{row.user_name}" is here and inactive, and the rehire policy here is: {policy}.',
            remedy="Set active to true on the existing User, or change the policy.",
        )
    return Uniqueness(
        f'The userName "{row.user_name}" belongs to an inactive User with another externalId.',
        remedy="Rename or delete the inactive User first.",
    )
