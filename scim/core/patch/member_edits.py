"""PATCH operations on values that are kept by reference: read without ever looking at who is a member now."""

from __future__ import annotations

from dataclasses import dataclass

from scim.core import members
from scim.core.errors import InvalidPath, Mutability
from scim.core.filters.tree import And, Comparison, Node, Operator, Or
from scim.core.members import Member
from scim.core.patch.request import MISSING, Kind, Operation
from scim.core.quirks.notes import Notes
from scim.core.quirks.quirk import Code


@dataclass(frozen=True, slots=True)
class MemberOperation:
    """Set arithmetic for the store: `add` and `remove` these, or `replace` all by these."""

    kind: Kind
    values: tuple[Member, ...]


def read(operation: Operation, notes: Notes, *, sets_groups_aside: bool = False) -> list[MemberOperation]:
    """The set arithmetic of one operation, none where a list of nobody is added or removed; Mutability for a
    part of a member."""
    target = operation.target
    if len(target.steps) > 1:
        raise _immutable(operation)
    if target.filter is not None:
        return [_selected(operation, _picked(target.filter), notes)]
    given = _given(operation, notes, sets_groups_aside=sets_groups_aside)
    match operation.kind:
        case Kind.ADD:
            return [MemberOperation(Kind.ADD, given)] if given else []
        case Kind.REMOVE if operation.value not in (MISSING, None):
            # Entra ID, JumpCloud and authentik list whom to remove; to the letter, it would empty the group.
            # A list of nobody removes nobody.
            notes.quirk(Code.REMOVE_BY_VALUE, str(target))
            return [MemberOperation(Kind.REMOVE, given)] if given else []
        case _:
            # RFC 7644 3.5.2.2: a remove without a filter removes all values.
            return [MemberOperation(Kind.REPLACE, given)]


def _given(operation: Operation, notes: Notes, *, sets_groups_aside: bool) -> tuple[Member, ...]:
    if operation.value is MISSING:
        return ()
    return members.read(operation.value, notes, sets_groups_aside=sets_groups_aside)


def _selected(operation: Operation, picked: tuple[Member, ...], notes: Notes) -> MemberOperation:
    if operation.kind is Kind.REMOVE:
        return MemberOperation(Kind.REMOVE, picked)
    if operation.kind is Kind.REPLACE or operation.value is not MISSING:
        raise _immutable(operation)
    notes.quirk(Code.ADD_BY_FILTER, str(operation.target))
    return MemberOperation(Kind.ADD, picked)


def _picked(node: Node) -> tuple[Member, ...]:
    match node:
        case Comparison(path, Operator.EQ, str() as value) if path.attribute.name == "value":
            return members.read([{"value": value}], Notes())
        case Or(terms):
            return tuple(dict.fromkeys(member for term in terms for member in _picked(term)))
        case And(terms) if len(others := [term for term in terms if not _says_user(term)]) == 1:
            return _picked(others[0])
        case _:
            raise InvalidPath(
                "Members are picked by value eq, joined by or.", remedy='Write members[value eq "id"].'
            )


def _says_user(node: Node) -> bool:
    """`type eq "User"`, which every member is."""
    match node:
        case Comparison(path, Operator.EQ, str() as value):
            return path.attribute.name == "type" and value.casefold() == "user"
    return False


def _immutable(operation: Operation) -> Mutability:
    """RFC 7643 4.2: the parts of a member are immutable."""
    return Mutability(f"{operation.target} cannot be changed.", remedy="Remove the member and add another.")
