"""What a file would change in a workspace, before anything is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrations.configuration import document, exporting
from integrations.configuration.document import Item, Json
from integrations.kit.errors import Refused
from integrations.models import Integration, Workspace

LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Step:
    """One integration of the file: the one that is here, None for a new one; and by field what is here and
    what the file says. `moved_on`: it was changed here since the file was written."""

    item: Item
    here: Integration | None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    moved_on: bool = False

    @property
    def does_something(self) -> bool:
        return self.here is None or bool(self.changes)


@dataclass(frozen=True, slots=True)
class Difference:
    """`untouched` are integrations that the file does not name."""

    steps: Sequence[Step]
    untouched: Sequence[Integration]

    def lines(self) -> list[str]:
        """As sentences; none where nothing differs."""
        told = [line for step in self.steps for line in _told(step)]
        names = ", ".join(one.name for one in self.untouched)
        return [*told, *([_("left alone: %(names)s") % {"names": names}] if names else [])]


def of(workspace: Workspace, items: Sequence[Item]) -> Difference:
    """Reads alone. Refused for a name that several here have."""
    every = list(Integration.objects.for_workspace(workspace).order_by("name", "id"))
    steps = [_step(item, _found(item, every)) for item in items]
    known = {step.here.pk for step in steps if step.here is not None}
    if len(known) != sum(step.here is not None for step in steps):
        raise Refused(
            "twice", _("Two integrations of the file are one and the same here, by id and by name.")
        )
    return Difference(steps, [one for one in every if one.pk not in known])


def _found(item: Item, every: Sequence[Integration]) -> Integration | None:
    """By its id, else by its name."""
    by_id = [one for one in every if str(one.pk) == item.id]
    named = [one for one in every if one.name == item.values["name"]]
    if not by_id and len(named) > 1:
        words = _("%(n)d integrations here are called “%(name)s”, and the file's id is none of theirs.")
        raise Refused("ambiguous", words % {"n": len(named), "name": item.values["name"]})
    return next(iter(by_id or named), None)


def _step(item: Item, here: Integration | None) -> Step:
    if here is None:
        return Step(item, None)
    current = exporting.values(here)
    changes = {name: (current[name], new) for name, new in item.values.items() if current[name] != new}
    changes |= _without_secrets(changes.pop("connector", None))
    moved_on = bool(item.digest and changes and document.digest(current) != item.digest)
    return Step(item, here, changes, moved_on)


def _without_secrets(change: tuple[Json, Json] | None) -> dict[str, tuple[Any, Any]]:
    """A connector's kind and settings; the names of its secrets are told, and never set."""
    if change is None:
        return {}
    before, after = ({name: side[name] for name in ("kind", "settings")} for side in change)
    return {"connector": (before, after)} if before != after else {}


def _told(step: Step) -> list[str]:
    name = step.item.values["name"]
    if step.here is None:
        return [_("new: %(name)s") % {"name": name}]
    lines = []
    if step.moved_on:
        lines.append(_("changed here since the file was written: %(name)s") % {"name": step.here.name})
    for place, before, after in _places(step.changes):
        words = {"name": step.here.name, "place": place, "before": _shown(before), "after": _shown(after)}
        lines.append(_("changed: %(name)s, %(place)s: %(before)s → %(after)s") % words)
        if place == "connector.kind" and before:
            lines.append(_("gone with the connector of %(name)s: its secrets") % words)
    return lines


def _places(changes: dict[str, tuple[Any, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Each difference with its place; a connector's settings one by one."""
    for name, (before, after) in changes.items():
        if name != "connector":
            yield name, before, after
            continue
        if before["kind"] != after["kind"]:
            yield "connector.kind", before["kind"], after["kind"]
        old, new = before["settings"], after["settings"]
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield f"connector.settings.{key}", old.get(key), new.get(key)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
