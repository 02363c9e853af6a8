"""What changed between two states of a resource, as rows a person can read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]


def difference(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[Row]:
    """Rows `{"path", "before", "after"}` in a stable order; None stands for no value, and for no resource.

    Paths are dotted, below an extension's URN with a colon. The values of a list are compared as a set keyed
    by type and value, with a row for each that came, went or changed; one that went and one that came of the
    same type share a row.
    """
    return list(_objects("", before or {}, after or {}))


def _objects(prefix: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Row]:
    for name in {**before, **after}:
        # RFC 7644 3.10: a colon stands behind an extension's URN, the only name that holds colons itself.
        separator = ":" if ":" in name else "."
        yield from _values(prefix + name, before.get(name), after.get(name), separator=separator)


def _values(at: str, before: Any, after: Any, *, separator: str) -> Iterator[Row]:
    if before == after and type(before) is type(after):
        return
    kinds = {type(value) for value in (before, after) if value is not None}
    if kinds == {dict}:
        yield from _objects(at + separator, before or {}, after or {})
    elif kinds == {list}:
        yield from _lists(at, before or [], after or [])
    else:
        yield _row(at, before, after)


def _lists(at: str, before: list[Any], after: list[Any]) -> Iterator[Row]:
    held, wanted = _keyed(before), _keyed(after)
    came = {key: entry for key, entry in wanted.items() if key not in held}
    for key, entry in held.items():
        if key in wanted:
            if entry != wanted[key]:
                yield _row(at, entry, wanted[key])
        else:
            yield _row(at, entry, came.pop(_successor(key, came), None))
    for entry in came.values():
        yield _row(at, None, entry)


Key = tuple[str, str]


def _keyed(entries: list[Any]) -> dict[Key, Any]:
    return {_key(entry): entry for entry in entries}


def _key(entry: Any) -> Key:
    if not isinstance(entry, dict):
        return "", _text(entry)
    value = entry.get("value")
    return entry.get("type") or "", _text(entry if value is None else value)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _successor(key: Key, came: dict[Key, Any]) -> Key:
    """The first value that came with the same type; the key itself, which did not come, if none did."""
    return next((other for other in came if key[0] and other[0] == key[0]), key)


def _row(at: str, before: Any, after: Any) -> Row:
    return {"path": at, "before": before, "after": after}
