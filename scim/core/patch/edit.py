"""One PATCH operation on plain data (RFC 7644 3.5.2); what is given is never changed, only replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scim.core import fitting, values
from scim.core.errors import Mutability, NoTarget
from scim.core.filters import evaluate, tree
from scim.core.filters.tree import Node
from scim.core.patch import listed, target
from scim.core.patch.budget import Budget
from scim.core.patch.request import MISSING, Kind, Operation
from scim.core.quirks.notes import Notes
from scim.core.quirks.quirk import Code
from scim.core.schema import Attribute
from scim.core.schema import Mutability as Mutable
from scim.core.values import Place

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """What to do: with an attribute, with those of its values that meet `filter`, or with their `part`."""

    kind: Kind
    value: Any
    place: Place
    budget: Budget
    filter: Node | None = None
    part: Attribute | None = None

    @property
    def clears(self) -> bool:
        """RFC 7643 2.5: null unassigns, as remove does. OneLogin sends nulls."""
        return self.kind is Kind.REMOVE or self.value is None


def apply(data: Json, operation: Operation, notes: Notes, *, budget: Budget) -> Json:
    """The data after the operation; the same object where nothing changed."""
    aim = operation.target
    edit = Edit(operation.kind, operation.value, Place(str(aim), notes), budget, aim.filter, aim.part)
    return _change(data, aim.path.steps, edit)


def _change(parent: Json, steps: Sequence[Attribute], edit: Edit) -> Json:
    head, *rest = steps
    held = fitting.held(head, parent.get(head.name))
    if rest:
        return replaced(parent, head, _change(held or {}, rest, edit))
    if edit.filter is not None or edit.part is not None:
        return replaced(parent, head, _entries(head, held or [], edit))
    return replaced(parent, head, _whole(head, held, edit))


def replaced(parent: Json, head: Attribute, value: Any) -> Json:
    """The parent with that value, without the attribute if it is empty; itself if nothing changes."""
    held = parent.get(head.name)
    if value in (None, [], {}):
        value = None
    if value == held and type(value) is type(held):
        return parent
    if head.mutability is Mutable.IMMUTABLE and held is not None:
        raise Mutability(f"{head.name} cannot be changed once it is set.")
    if value is None:
        return {name: item for name, item in parent.items() if name != head.name}
    return {**parent, head.name: value}


def _whole(head: Attribute, held: Any, edit: Edit) -> Any:
    if edit.clears:
        is_list_given = edit.kind is Kind.REMOVE and head.multi_valued and edit.value is not MISSING
        if not is_list_given:
            return None
        return listed.without(head, held or [], edit.value, place=edit.place, budget=edit.budget)
    if head.multi_valued:
        given = values.read_list(head, edit.value, edit.place) or []
        others = held or [] if edit.kind is Kind.ADD else []
        edit.budget.spend(len(others))
        return _settled(head, [*others, *given], said=given)
    if head.is_complex:
        return _parts(head, held or {}, edit)
    return values.read(head, edit.value, edit.place)


def _parts(head: Attribute, held: Json, edit: Edit) -> Json:
    """RFC 7644 3.5.2.3: parts that are not named are left unchanged. A part that is null is cleared."""
    for name, item in values.only_object(head, edit.value, edit.place).items():
        part = head.find(name)
        place = edit.place.part(head, part.name if part else name)
        if part is None:
            place.notes.set_aside(place.name)
        elif part.is_kept:
            held = _change(held, (part,), Edit(edit.kind, item, place, edit.budget))
    return held


def _entries(head: Attribute, held: list[Json], edit: Edit) -> list[Json]:
    """The list after a change to those of its values that meet the filter, or to a part of them."""
    edit.budget.spend(len(held) * (tree.terms(edit.filter) if edit.filter else 1))
    hits = [edit.filter is None or evaluate.matches(edit.filter, entry) for entry in held]
    if not edit.clears and not any(hits):
        made = _created(head, edit)
        return _settled(head, [*held, made], said=[made])
    # A remove that finds nothing has reached its end already, so that sending it twice does no harm.
    change = _cleared if edit.clears else _changed
    after = [change(head, entry, edit) if hit else entry for entry, hit in zip(held, hits, strict=True)]
    return _settled(head, after, said=[entry for entry, hit in zip(after, hits, strict=True) if hit])


def _cleared(_head: Attribute, entry: Json, edit: Edit) -> Json | None:
    return None if edit.part is None else replaced(entry, edit.part, None)


def _changed(head: Attribute, entry: Json, edit: Edit) -> Json:
    if edit.part is not None:
        return replaced(entry, edit.part, values.read(edit.part, edit.value, edit.place))
    # RFC 7644 3.5.2.3: parts that are not named are left unchanged; {"primary": true} only marks the value.
    return _parts(head, entry, edit)


def _created(head: Attribute, edit: Edit) -> Json:
    """Entra ID sets emails[type eq "work"].value on people who have no such address."""
    if edit.filter is None:
        return _changed(head, {}, edit)
    implied = target.implied(edit.filter)
    if implied is None:
        raise NoTarget(f"Nothing meets the filter of {edit.place.name}.", remedy="Add the value first.")
    edit.place.notes.quirk(Code.CREATE_ON_MISS, edit.place.name)
    # The client's own words, so they are read as if they stood in a value.
    said = values.read_parts(head, implied, Place(head.name, edit.place.notes))
    return _changed(head, said or {}, edit)


def _settled(head: Attribute, entries: Sequence[Any], *, said: Sequence[Any]) -> list[Any]:
    """Without empty and repeated values; what is hollow may still become whole (tidy.py). Of those that the
    request speaks of, `said`, one that is primary unmarks all others (RFC 7644 3.5.2)."""
    kept = values.unique(head, (entry for entry in entries if entry not in (None, {})))
    values.check_number(kept, head.name)
    marked = [entry for entry in said if _is_primary(entry) and not values.is_hollow(head, entry)]
    if not marked:
        return kept
    values.check_one_primary(marked, head.name)
    chosen = values.identity(head, marked[0])
    return [_marked(entry, is_chosen=values.identity(head, entry) == chosen) for entry in kept]


def _marked(entry: Json, *, is_chosen: bool) -> Json:
    return {**entry, "primary": is_chosen} if is_chosen or _is_primary(entry) else entry


def _is_primary(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("primary") is True
