"""Attribute paths as text, resolved against a resource type (RFC 7644 3.10)."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from scim.core.errors import InvalidPath
from scim.core.schema import Attribute, ResourceType
from scim.core.wording import quote

# The longest that is known is that of an own attribute: a URN of 200 characters, a colon and 64 more.
LONGEST_NAME = 300
_REMEDY = "Use the name of an attribute that /Schemas lists."


@dataclass(frozen=True, slots=True)
class AttributePath:
    """The attributes from the resource down to the one that is meant.

    `emails.value` has two steps; `urn:…:enterprise:2.0:User:manager.value` has three, the extension first.
    `is_lifted`: an attribute of an extension was named without the extension's URN.
    """

    steps: tuple[Attribute, ...]
    is_lifted: bool = field(default=False, compare=False)

    @property
    def top(self) -> Attribute:
        return self.steps[0]

    @property
    def attribute(self) -> Attribute:
        """The attribute that is meant."""
        return self.steps[-1]

    def __str__(self) -> str:
        """The canonical text, which resolves to this path again."""
        head, *rest = self.steps
        names = ".".join(step.name for step in rest)
        return head.name + (":" if head.is_extension else ".") + names if names else head.name

    def down(self, sub_attribute: Attribute) -> AttributePath:
        return AttributePath((*self.steps, sub_attribute), self.is_lifted)


def resolve(text: str, resource_type: ResourceType) -> AttributePath:
    """The path that `text` names, in any case, dotted or URN-qualified; InvalidPath if there is none."""
    if len(text) > LONGEST_NAME:
        raise _unknown(text, f"an attribute of {resource_type.name}")
    return _known(text, resource_type)


def within(text: str, attribute: Attribute) -> AttributePath:
    """The path of a sub-attribute as seen from a value of `attribute`; InvalidPath if there is none."""
    sub_attribute = attribute.find(text)
    if sub_attribute is None:
        raise _unknown(text, f"a part of {attribute.name}")
    return AttributePath((sub_attribute,))


# Only what resolves is cached: strange names raise and cost no memory.
@functools.lru_cache(maxsize=4096)
def _known(text: str, resource_type: ResourceType) -> AttributePath:
    path = _resolve(text, resource_type)
    if path is None:
        raise _unknown(text, f"an attribute of {resource_type.name}")
    return path


def _unknown(text: str, expected: str) -> InvalidPath:
    return InvalidPath(
        f"{quote(text)} is not {expected}.", remedy=_REMEDY, expected=expected, received=quote(text)
    )


def _resolve(text: str, resource_type: ResourceType) -> AttributePath | None:
    if ":" not in text:
        return _walk(resource_type.root, text) or _lift(text, resource_type)
    if holder := _extension(text, resource_type):
        return AttributePath((holder,))
    # RFC 7644 3.10: the schema's URN, a colon, then the name; the URN itself holds colons and dots.
    urn, _, rest = text.rpartition(":")
    if holder := _extension(urn, resource_type):
        inner = _walk(holder, rest)
        return inner and AttributePath((holder, *inner.steps))
    return _walk(resource_type.root, rest) if resource_type.schema_id(urn) else None


def _extension(urn: str, resource_type: ResourceType) -> Attribute | None:
    schema_id = resource_type.schema_id(urn)
    holder = resource_type.find(schema_id) if schema_id else None
    return holder if holder and holder.is_extension else None


def _lift(text: str, resource_type: ResourceType) -> AttributePath | None:
    # Entra ID asks for `manager` and sets it without the URN of the enterprise extension.
    for holder in resource_type.holders:
        if inner := _walk(holder, text):
            return AttributePath((holder, *inner.steps), is_lifted=True)
    return None


def _walk(start: Attribute, text: str) -> AttributePath | None:
    steps: list[Attribute] = []
    here = start
    for name in text.split("."):
        found = here.find(name)
        if found is None:
            return None
        steps.append(found)
        here = found
    return AttributePath(tuple(steps))
