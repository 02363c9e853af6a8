"""Objects of a recipe as they are read: each value is checked, and what is wrong is noted with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connectors.rest_template import bodies, places, templates
from integrations.delivery.connectors.rest_template.bodies import Body
from integrations.delivery.connectors.rest_template.places import Document, Place, Problem
from integrations.delivery.connectors.rest_template.recipe import Pointer
from integrations.delivery.connectors.rest_template.templates import BadTemplate, Template

NOTHING = Template(())
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# They say who we are or where the body ends: authentication and the way out set them.
SET_BY_US = frozenset(
    {
        *("authorization", "cookie", "host", "content-length", "transfer-encoding", "connection"),
        *("keep-alive", "upgrade", "te", "trailer", "expect", "proxy-authorization", "proxy-connection"),
        *("accept-encoding", "user-agent"),
    }
)


def is_header(name: str) -> bool:
    return _HEADER.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Problems:
    document: Document
    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, words: str) -> None:
        self.found.append(Problem(self.document.line(place), places.shown(place), words))


@dataclass(frozen=True, slots=True)
class Part:
    """An object of the recipe; what it gives for something wrong is harmless, and never used."""

    value: Mapping[str, Any]
    place: Place
    problems: Problems
    is_there: bool = True

    def __contains__(self, name: str) -> bool:
        return name in self.value

    def complain(self, name: str, words: str) -> None:
        self.problems.add((*self.place, name) if name else self.place, words)

    def only(self, *names: str) -> None:
        for name in self.value:
            if name not in names:
                words = {"name": name[:60], "names": ", ".join(names)}
                self.complain(name, _("“%(name)s” is not known here. Known are: %(names)s.") % words)

    def need(self, name: str) -> bool:
        if name not in self.value:
            self.complain("", _("“%s” is missing.") % name)
        return name in self.value

    def text(self, name: str, default: str = "") -> str:
        value = self.value.get(name, default)
        if not isinstance(value, str) or _CONTROL.search(value):
            self.complain(name, _("A text on one line belongs here."))
            return default
        return value

    def flag(self, name: str) -> bool:
        value = self.value.get(name, False)
        if not isinstance(value, bool):
            self.complain(name, _("true or false belongs here."))
        return value is True

    def number(self, name: str, default: int, span: range) -> int:
        value = self.value.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or value not in span:
            words = {"low": span.start, "high": span.stop - 1}
            self.complain(name, _("A whole number from %(low)d to %(high)d belongs here.") % words)
            return default
        return value

    def choice(self, name: str, known: Mapping[str, Any], default: str) -> Any:
        value = self.value.get(name, default)
        if not isinstance(value, str) or value not in known:
            self.complain(name, _("One of these belongs here: %s.") % ", ".join(known))
            return known.get(default, next(iter(known.values())))
        return known[value]

    def statuses(self, name: str) -> frozenset[int]:
        value = self.value.get(name, [])
        numbers = value if isinstance(value, list) else [value]
        good = [one for one in numbers if isinstance(one, int) and 100 <= one <= 599]
        if len(good) < len(numbers):
            self.complain(name, _("A status such as 409, or a list of them, belongs here."))
        return frozenset(good)

    def values(self, name: str) -> tuple[Any, ...]:
        """A value, or a list of them."""
        value = self.value.get(name)
        found = value if isinstance(value, list) else [value]
        if any(isinstance(one, dict | list) for one in found):
            self.complain(name, _("A text, a number, true, false or null, or a list of them, belongs here."))
            return ()
        return tuple(found)

    def pointer(self, name: str, default: Pointer = ()) -> Pointer:
        """`/data/0/id` (JSON Pointer, RFC 6901) or `data.0.id`; a step `*` is each entry of a list."""
        if name not in self.value:
            return default
        text = self.text(name)
        if not text.startswith("/"):
            return tuple(text.split(".")) if text else ()
        return tuple(step.replace("~1", "/").replace("~0", "~") for step in text[1:].split("/"))

    def part(self, name: str) -> Part:
        """An empty one where it is missing."""
        value = self.value.get(name, {})
        if not isinstance(value, dict):
            self.complain(name, _("An object in braces belongs here."))
            value = {}
        return Part(value, (*self.place, name), self.problems, name in self.value)

    def parts(self, name: str) -> list[Part]:
        value = self.value.get(name, [])
        entries = value if isinstance(value, list) else [value]
        good = [number for number, one in enumerate(entries) if isinstance(one, dict)]
        if len(good) < len(entries):
            self.complain(name, _("A list of objects belongs here."))
        place = (*self.place, name)
        return [
            Part(entries[number], (*place, number) if isinstance(value, list) else place, self.problems)
            for number in good
        ]

    def inside(self) -> Iterator[tuple[str, Part]]:
        """Each of its objects by name."""
        for name in self.value:
            yield name, self.part(name)

    def texts(self) -> dict[str, str]:
        return {name: self.text(name) for name in self.value}

    def template(self, name: str, known: frozenset[str]) -> Template:
        text = self.value.get(name)
        if isinstance(text, int | float):
            text = str(text).lower() if isinstance(text, bool) else str(text)
        if not isinstance(text, str) or _CONTROL.search(text):
            self.complain(name, _("A text on one line belongs here."))
            return NOTHING
        try:
            return templates.parse(text, known)
        except BadTemplate as error:
            self.complain(name, str(error))
            return NOTHING

    def templates(self, known: frozenset[str]) -> dict[str, Template]:
        return {name: self.template(name, known) for name in self.value}

    def headers(self, known: frozenset[str]) -> dict[str, Template]:
        for name in self.value:
            self.check_header(name, name)
        return self.templates(known)

    def check_header(self, at: str, name: str) -> None:
        if not is_header(name):
            self.complain(at, _("This is no name of a header."))
        elif name.lower() in SET_BY_US:
            self.complain(at, _("The header %s cannot be set here.") % name)

    def body(self, known: frozenset[str], *, omits_empty: bool) -> Body | None:
        """What `body` or `form` says; None where there is neither."""
        reader = bodies.Reader(known, self.problems.add)
        if "form" in self.value:
            if "body" in self.value:
                self.complain("form", _("A request sends a form or a body, and not both."))
            return Body(reader.fields(self.value["form"], (*self.place, "form")), omits_empty, is_form=True)
        if "body" not in self.value:
            return None
        return Body(reader.tree(self.value["body"], (*self.place, "body")), omits_empty)
