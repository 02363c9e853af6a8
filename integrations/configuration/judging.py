"""What a file says of an integration, as it would be kept: read by whoever judges it in the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from integrations import catalog
from integrations.catalog import Facts
from integrations.configuration import connectors
from integrations.configuration.connectors import Read
from integrations.configuration.form import FACTS, Json
from integrations.kit.errors import Refused

# Judges schema definitions; raises Refused.
Judge = Callable[[list[Any]], None]
_judges: list[Judge] = []


@dataclass(frozen=True, slots=True)
class Wanted:
    """`values` as they would be kept; `secrets` are the names of those that are needed for them, or were set
    where the file comes from."""

    values: Json
    secrets: Sequence[str]


def register(judge: Judge) -> None:
    """Called once, when the room that knows schemas starts."""
    _judges[:] = [judge]


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Whoever is Refused within learns of which integration, and where in it."""
    try:
        yield
    except Refused as refused:
        place = f"{name}, {refused.field}" if refused.field else name
        raise Refused(refused.code, f"{place}: {refused.message}") from refused


def wanted(values: Json, here: Json | None) -> Wanted:
    """Refused for what would not be taken. What is just as it is `here` is not judged again."""
    current = here or {}
    if values["extra_attributes"] != current.get("extra_attributes", []):
        _judge()(values["extra_attributes"])
    connector = values["connector"]
    found = _connector(connector, current.get("connector", {"kind": "", "settings": {}}))
    kept = {"kind": connector["kind"], "settings": found.settings}
    secrets = [name for name in found.known if name in {*found.needed, *connector["secrets"]}]
    return Wanted({**values, **_facts(values, current), "connector": kept}, secrets)


def as_it_is(here: Json) -> Json:
    """What is here, read alike: what only reads differently is no difference."""
    kind, settings = here["connector"]["kind"], here["connector"]["settings"]
    kept = connectors.as_it_is(kind, settings).settings if kind else settings
    return {**here, "connector": {"kind": kind, "settings": kept}}


def _judge() -> Judge:
    if not _judges:
        raise LookupError("No judge of schema definitions is registered.")
    return _judges[0]


def _facts(values: Json, current: Json) -> Json:
    facts = {name: values[name] for name in FACTS}
    if all(name in current and current[name] == value for name, value in facts.items()):
        return facts
    return asdict(catalog.checked(Facts(**facts)))


def _connector(said: Json, current: Json) -> Read:
    kind, settings = said["kind"], said["settings"]
    if kind and kind == current["kind"] and settings == current["settings"]:
        return connectors.as_it_is(kind, settings)
    if kind:
        return connectors.read(kind, settings)
    if current["kind"]:
        words = _("The file takes its connector away; that is done in the console.")
        raise Refused("connector", words, "connector.kind")
    if settings and settings != current["settings"]:
        raise Refused("connector", _("Settings belong to a connector."), "connector.settings")
    return Read(settings)
