"""A person picked by the beginning of a user name, for a look that sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import KnownPerson, Named
from integrations.models import Integration

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Picked:
    """`person` is the one that is meant; else `others` are those whose names begin so."""

    person: KnownPerson | None = None
    others: Sequence[Named] = ()


def by_name(integration: Integration, beginning: str) -> Picked:
    """Whose user name that is, or who alone has one that begins so. Three queries at most."""
    found = wanted.source().named(integration.pk, beginning, SHOWN)
    exact = [one for one in found if one.name.casefold() == beginning.casefold()]
    meant = exact or (found if len(found) == 1 else [])
    if meant:
        return Picked(wanted.known(integration.pk, meant[0].id))
    return Picked(others=found)


def anybody(integration: Integration) -> Picked:
    """Whoever arrived first."""
    first = wanted.source().page(integration.pk, None, 1)
    return Picked(wanted.known(integration.pk, first[0]) if first else None)
