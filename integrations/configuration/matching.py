"""Which integration here each one of a file is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _

from integrations.configuration import document
from integrations.configuration.document import Item
from integrations.kit import one_line
from integrations.kit.errors import Refused
from integrations.models import Integration


def pairs(items: Sequence[Item], every: Sequence[Integration]) -> list[tuple[Item, Integration | None]]:
    """In the order of the file: by its id, else by its name among those that no id of the file claims. None
    for a new one. Refused where a name says too little."""
    by_id = {str(one.pk): one for one in every}
    claimed = {item.id for item in items if item.id in by_id}
    document.refuse_twice("name", (_name(item) for item in items if item.id not in claimed))
    named = defaultdict(list)
    for one in every:
        if str(one.pk) not in claimed:
            named[one_line.of(one.name)].append(one)
    return [(item, by_id.get(item.id) or _by_name(_name(item), named)) for item in items]


def _by_name(name: str, named: dict[str, list[Integration]]) -> Integration | None:
    found = named.get(name, [])
    if len(found) > 1:
        words = _("%(n)d integrations here are called “%(name)s”, and the file's id is none of theirs.")
        raise Refused("ambiguous", words % {"n": len(found), "name": name})
    return found[0] if found else None


def _name(item: Item) -> str:
    """As it would be kept."""
    return one_line.of(str(item.values["name"]))
