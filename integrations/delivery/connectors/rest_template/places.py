"""JSON as an admin writes it: read strictly, with the line on which each value stands."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

MOST_DEPTH = 40
_SPACE = re.compile(r"[ \t\n\r]*")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(r"[^\s,\]}]+")
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a recipe, and where; `place` is such as `requests.create.path`."""

    line: int
    place: str
    words: str

    def __str__(self) -> str:
        if not self.place:
            return _("Line %(line)d: %(words)s") % {"line": self.line, "words": self.words}
        return _("Line %(line)d, %(place)s: %(words)s") % {
            "line": self.line,
            "place": self.place,
            "words": self.words,
        }


class NotJson(ValueError):
    """`problem` says where it is wrong."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Unwanted(ValueError):
    """JSON allows it, or Python does; we do not."""


@dataclass(frozen=True, slots=True)
class Document:
    """JSON with the line of each value in it, counted from 1."""

    content: Any
    lines: dict[Place, int] = field(repr=False)

    def line(self, place: Place) -> int:
        """Of the value there, or of what it would stand in."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read(text: str) -> Document:
    """Raises NotJson, also for a name that stands twice in one object, and for NaN."""
    try:
        content = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        words = _("This is not JSON: %(what)s, at character %(column)d of the line.")
        problem = Problem(error.lineno, "", words % {"what": error.msg, "column": error.colno})
        raise NotJson(problem) from error
    except RecursionError:
        raise NotJson(Problem(1, "", _too_deep())) from None
    except _Unwanted as error:
        raise NotJson(Problem(1, "", str(error))) from error
    except ValueError as error:
        raise NotJson(Problem(1, "", _("A number in it is too long."))) from error
    return Document(content, _Lines(text).all())


def shown(place: Place) -> str:
    return ".".join(str(step) for step in place)


def _too_deep() -> str:
    return _("It is nested more than %d levels deep.") % MOST_DEPTH


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Unwanted(_("The name “%s” stands twice in one object.") % twice[:60])
    return found


def _no_constant(word: str) -> Any:
    raise _Unwanted(_("%s is no value of JSON.") % word)


class _Lines:
    """Walks through a text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[Place, int] = {}
        self._line, self._counted = 1, 0

    def all(self) -> dict[Place, int]:
        self._value(0, ())
        return self._lines

    def _value(self, start: int, place: Place) -> int:
        start = self._blank(start)
        self._lines[place] = self._line_at(start)
        if len(place) > MOST_DEPTH:
            raise NotJson(Problem(self._line_at(start), "", _too_deep()))
        match self._text[start]:
            case "{":
                return self._entries(start + 1, place, "}")
            case "[":
                return self._entries(start + 1, place, "]")
        found = (_TEXT if self._text[start] == '"' else _SCALAR).match(self._text, start)
        return found.end() if found else start + 1

    def _entries(self, start: int, place: Place, end: str) -> int:
        """Behind the closing bracket of an object or a list."""
        start, number = self._blank(start), 0
        while self._text[start] != end:
            step: str | int = number
            if end == "}":
                step, start = self._name(start)
            start = self._blank(self._value(start, (*place, step)))
            start = self._blank(start + 1) if self._text[start] == "," else start
            number += 1
        return start + 1

    def _name(self, start: int) -> tuple[str, int]:
        """A name, and what is behind its colon."""
        found = _TEXT.match(self._text, start)
        end = found.end() if found else start + 1
        return str(json.loads(self._text[start:end])), self._blank(end) + 1

    def _blank(self, start: int) -> int:
        found = _SPACE.match(self._text, start)
        return found.end() if found else start

    def _line_at(self, position: int) -> int:
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line
