"""Bodies of requests: a tree whose texts are templates, sent as JSON or as the fields of a form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from integrations.delivery.connectors.rest_template import templates
from integrations.delivery.connectors.rest_template.places import Place
from integrations.delivery.connectors.rest_template.templates import BadTemplate, Template, Values

# {"$each": "roles", "$item": …}: a list with one entry for each role.
EACH, ITEM = "$each", "$item"
Complain = Callable[[Place, str], None]


@dataclass(frozen=True, slots=True)
class Each:
    item: Any


@dataclass(frozen=True, slots=True)
class Body:
    """`tree` is JSON with Template and Each in it. `omits_empty`: entries of objects without a value are left
    out, else they are null, or empty in a form."""

    tree: Any
    omits_empty: bool = False
    is_form: bool = False

    @property
    def media_type(self) -> str:
        return "application/x-www-form-urlencoded" if self.is_form else "application/json"

    @property
    def names(self) -> frozenset[str]:
        return frozenset(_names(self.tree))

    def content(self, values: Values) -> Any:
        """JSON to be sent; `values["roles.each"]` are the values of role.* for each role."""
        return self._made(self.tree, values)

    def encoded(self, values: Values) -> bytes:
        """As it is sent. In a form a list is a field that comes several times."""
        content = self.content(values)
        if not self.is_form:
            return json.dumps(content).encode()
        fields = {name: value if isinstance(value, list) else [value] for name, value in content.items()}
        texts = [(name, templates.as_text(one)) for name, several in fields.items() for one in several]
        return urlencode(texts, errors="replace").encode()

    def _made(self, node: Any, values: Values) -> Any:
        match node:
            case Template():
                return node.value(values)
            case Each():
                return [self._made(node.item, {**values, **role}) for role in values.get("roles.each", ())]
            case dict():
                made = {name: self._made(inside, values) for name, inside in node.items()}
                return {name: value for name, value in made.items() if not self._omits(node[name], value)}
            case list():
                return [self._made(inside, values) for inside in node]
        return node

    def _omits(self, node: Any, value: Any) -> bool:
        return self.omits_empty and isinstance(node, Template) and value is None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the tree of a body; what is wrong is told to `complain` with its place."""

    known: frozenset[str]
    complain: Complain

    def tree(self, content: Any, place: Place) -> Any:
        match content:
            case str():
                return self._template(content, place)
            case dict() if EACH in content:
                return self._each(content, place)
            case dict():
                return {name: self._entry(name, inside, place) for name, inside in content.items()}
            case list():
                return [self.tree(inside, (*place, number)) for number, inside in enumerate(content)]
        return content

    def fields(self, content: Any, place: Place) -> Any:
        """As `tree`, of a form: names, and for each a text, a list of texts, or one for each role."""
        if not isinstance(content, dict) or EACH in content:
            self.complain(place, _("A form is an object: the names of its fields, and their values."))
            return {}
        for name, inside in content.items():
            item = inside.get(ITEM) if isinstance(inside, dict) and EACH in inside else inside
            if any(isinstance(one, dict | list) for one in (item if isinstance(item, list) else [item])):
                self.complain((*place, name), _("A field of a form holds texts, and no objects."))
        return self.tree(content, place)

    def _template(self, text: str, place: Place) -> Template | None:
        try:
            return templates.parse(text, self.known)
        except BadTemplate as error:
            self.complain(place, str(error))
            return None

    def _entry(self, name: str, content: Any, place: Place) -> Any:
        if "{{" in name:
            self.complain((*place, name), _("A name cannot hold a placeholder."))
        return self.tree(content, (*place, name))

    def _each(self, content: dict[str, Any], place: Place) -> Each | None:
        if set(content) != {EACH, ITEM} or content[EACH] != "roles":
            self.complain(place, _('A repeated entry is {"$each": "roles", "$item": …}.'))
            return None
        inside = Reader(self.known | templates.OF_ROLE, self.complain)
        return Each(inside.tree(content[ITEM], (*place, ITEM)))


def _names(node: Any) -> Iterator[str]:
    match node:
        case Template():
            yield from node.names
        case Each():
            yield "roles"
            yield from _names(node.item)
        case dict():
            for inside in node.values():
                yield from _names(inside)
        case list():
            for inside in node:
                yield from _names(inside)
