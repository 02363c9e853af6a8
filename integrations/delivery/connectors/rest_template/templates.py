"""Placeholders such as `{{ person.email | lower }}`: a name out of a closed list, and a few filters.

Nothing is looked up but flat names in what a template is given, so that no template reaches beyond it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

Values = Mapping[str, Any]

MOST_TEXT = 4096
ATTRIBUTE = re.compile(r"person\.attributes\.[A-Za-z0-9_-]+")
OF_PERSON = frozenset(
    {"person.id", "person.user_name", "person.email", "person.external_id", "person.active", "roles"}
)
OF_ACCOUNT = frozenset({"account.ref"})
OF_ROLE = frozenset({"role.value", "role.name"})
EVERY_NAME = OF_PERSON | OF_ACCOUNT | OF_ROLE
# Two ways to say the same.
SAME = {f"person.attributes.{name}": f"person.{name}" for name in ("user_name", "email", "external_id")}
_PLACEHOLDER = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r'\s*(?:(?P<word>[A-Za-z_][A-Za-z0-9_.-]*)|"(?P<text>[^"]*)"|(?P<pipe>\|))')


class BadTemplate(ValueError):
    """The template is not understood; the message is for whoever wrote it."""


class MissingValue(LookupError):
    """A place that needs a value has none; `args[0]` is the name."""


def _lower(value: Any, *_words: str) -> Any:
    return _each(value, str.lower)


def _upper(value: Any, *_words: str) -> Any:
    return _each(value, str.upper)


def _first(value: Any, *_words: str) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else value


def _default(value: Any, *words: str) -> Any:
    return words[0] if is_empty(value) else value


def _choose(value: Any, *words: str) -> Any:
    return words[0] if value else words[1]


# By name: what it does, and how many texts follow it.
FILTERS: Mapping[str, tuple[Callable[..., Any], int]] = {
    "lower": (_lower, 0),
    "upper": (_upper, 0),
    "first": (_first, 0),
    "default": (_default, 1),
    "choose": (_choose, 2),
}


@dataclass(frozen=True, slots=True)
class Placeholder:
    name: str
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def value(self, values: Values) -> Any:
        found = values.get(self.name)
        for name, words in self.filters:
            found = FILTERS[name][0](found, *words)
        return found


@dataclass(frozen=True, slots=True)
class Template:
    """A text with placeholders in it."""

    parts: tuple[str | Placeholder, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(part.name for part in self.parts if isinstance(part, Placeholder))

    def value(self, values: Values) -> Any:
        """For JSON: a placeholder alone gives its value as it is, None for none; among text it is text."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Placeholder):
            return self.parts[0].value(values)
        return "".join(part if isinstance(part, str) else as_text(part.value(values)) for part in self.parts)

    def text(self, values: Values, *, encode: Callable[[str], str] = str) -> str:
        """For paths, queries and headers: every placeholder needs a value. Raises MissingValue."""
        made = []
        for part in self.parts:
            if isinstance(part, str):
                made.append(part)
                continue
            found = part.value(values)
            if is_empty(found):
                raise MissingValue(part.name)
            made.append(encode(as_text(found)))
        return "".join(made)


def parse(text: str, known: frozenset[str]) -> Template:
    """Raises BadTemplate, also for a name that is not among the known ones, nor an attribute of a person
    where the person is known."""
    if len(text) > MOST_TEXT:
        raise BadTemplate(_("The text is longer than %d characters.") % MOST_TEXT)
    parts: list[str | Placeholder] = []
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        parts += [_plain(text[end : found.start()]), _placeholder(found[1], known)]
        end = found.end()
    parts.append(_plain(text[end:]))
    return Template(tuple(part for part in parts if part != ""))


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _plain(text: str) -> str:
    if "{{" in text or "}}" in text:
        raise BadTemplate(_("A placeholder begins with {{ and ends with }}."))
    return text


def _placeholder(text: str, known: frozenset[str]) -> Placeholder:
    tokens = _tokens(text)
    if not tokens or tokens[0][0] != "word":
        raise BadTemplate(_("A placeholder names a value, such as {{ person.email }}."))
    name = _known(tokens[0][1], known)
    return Placeholder(name, tuple(_filter(part) for part in _split(tokens[1:])))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, end = [], 0
    text = text.rstrip()
    while end < len(text):
        found = _TOKEN.match(text, end)
        if found is None:
            raise BadTemplate(_("“%s” is not understood in a placeholder.") % text[end:].strip()[:40])
        kind = str(found.lastgroup)
        tokens.append((kind, found[kind]))
        end = found.end()
    return tokens


def _known(name: str, known: frozenset[str]) -> str:
    name = SAME.get(name, name)
    if name in known or (ATTRIBUTE.fullmatch(name) and known >= OF_PERSON):
        return name
    names = sorted(known) + (["person.attributes.…"] if known >= OF_PERSON else [])
    if not names:
        raise BadTemplate(_("The name %s is not known here: this request takes no placeholders.") % name)
    raise BadTemplate(
        _("The name %(name)s is not known here. Known are: %(names)s.")
        % {"name": name, "names": ", ".join(names)}
    )


def _split(tokens: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    parts: list[list[tuple[str, str]]] = []
    for token in tokens:
        if token[0] == "pipe":
            parts.append([])
        elif parts:
            parts[-1].append(token)
        else:
            raise BadTemplate(_("After the name comes a filter, set off by |."))
    return parts


def _filter(tokens: Sequence[tuple[str, str]]) -> tuple[str, tuple[str, ...]]:
    name = tokens[0][1] if tokens and tokens[0][0] == "word" else ""
    if name not in FILTERS:
        words = {"name": name or "|", "names": ", ".join(FILTERS)}
        raise BadTemplate(_("The filter %(name)s is not known. Known are: %(names)s.") % words)
    count = FILTERS[name][1]
    if len(tokens) != count + 1 or any(kind != "text" for kind, _word in tokens[1:]):
        words = {"name": name, "count": str(count)}
        raise BadTemplate(_("The filter %(name)s takes %(count)s texts in double quotes.") % words)
    return name, tuple(word for _kind, word in tokens[1:])


def _each(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_each(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def as_text(value: Any) -> str:
    """As it stands among text: no value is no text, several are joined by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(as_text(one) for one in value)
    return json.dumps(value) if isinstance(value, dict) else str(value)
