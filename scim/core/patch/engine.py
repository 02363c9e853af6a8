"""Applies a PATCH to a resource's data: all operations or none, and nothing that was given is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scim.core import members
from scim.core.errors import Mutability
from scim.core.patch import edit, member_edits, tidy
from scim.core.patch.member_edits import MemberOperation
from scim.core.patch.request import Operation, PatchRequest
from scim.core.quirks.notes import Notes
from scim.core.quirks.quirk import Quirk
from scim.core.schema import Attribute, ResourceType
from scim.core.schema import Mutability as Mutable


@dataclass(frozen=True, slots=True)
class Patched:
    """`data` equals the data given where nothing changed; `member_operations` are for the store, in order."""

    data: dict[str, Any]
    member_operations: tuple[MemberOperation, ...]
    quirks: tuple[Quirk, ...]
    set_aside: tuple[str, ...]


def apply(
    data: dict[str, Any], request: PatchRequest, resource_type: ResourceType, *, own_id: str | None = None
) -> Patched:
    """`data` is what a reading or an earlier PATCH gave, `own_id` the id of the resource (RFC 7644 3.5.2).

    Raises the ScimError of the first operation that cannot be carried out.
    """
    notes = Notes(request.quirks, request.set_aside)
    after = data
    member_operations: list[MemberOperation] = []
    touched: dict[str, Attribute] = {}
    for operation in request.operations:
        if not _is_effective(operation, own_id):
            continue
        if operation.target.path.top.by_reference:
            aside = resource_type.sets_groups_aside
            member_operations.extend(member_edits.read(operation, notes, sets_groups_aside=aside))
        else:
            after = edit.apply(after, operation, notes, budget=request.budget)
            touched[operation.target.path.top.name] = operation.target.path.top
    for attribute in touched.values():
        after = edit.replaced(after, attribute, tidy.tidied(attribute, after.get(attribute.name)))
    members.check_number(sum(len(operation.values) for operation in member_operations))
    _check_required(data, after, resource_type)
    return Patched(after, tuple(member_operations), notes.quirks, notes.names_set_aside)


def _is_effective(operation: Operation, own_id: str | None) -> bool:
    """False for what is accepted without effect; Mutability for a change to what the server alone sets."""
    steps = operation.target.steps
    if any(step.mutability is Mutable.WRITE_ONLY for step in steps):
        return False  # a password: accepted and discarded, unseen
    locked = next((step for step in steps if step.mutability is Mutable.READ_ONLY), None)
    if locked is None:
        return True
    if operation.in_object and _is_harmless(locked, operation.value, own_id):
        return False
    raise Mutability(f"{operation.target} is read-only and cannot be changed.")


def _is_harmless(locked: Attribute, value: Any, own_id: str | None) -> bool:
    """Clients that send a resource back repeat what the server set. Okta and authentik repeat the id."""
    if locked.name == "id":
        return value is None or value == own_id
    return locked.name in ("schemas", "meta") or value in (None, [], {})


def _check_required(before: dict[str, Any], after: dict[str, Any], resource_type: ResourceType) -> None:
    for attribute in resource_type.required:
        if attribute.name in before and attribute.name not in after:
            # RFC 7644 3.5.2.2: a required attribute cannot be removed.
            raise Mutability(f"{attribute.name} is required and cannot be removed.")
