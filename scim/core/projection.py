"""Which attributes an answer shows: `attributes`, `excludedAttributes` and each attribute's `returned`."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scim.core import paths
from scim.core.errors import InvalidPath
from scim.core.schema import Attribute, ResourceType, Returned

# Names asked for, as a tree: {} below a name means all of it.
Names = dict[str, "Names"]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked for below one attribute; `only` is None where nothing was listed, so that all is."""

    only: Names | None
    excluded: Names

    def includes(self, attribute: Attribute) -> bool:
        match attribute.returned:
            case Returned.ALWAYS:
                return True
            case Returned.NEVER:
                return False
        if self.only is not None:
            return attribute.name in self.only
        # Excluding a part leaves the rest of its attribute.
        is_excluded = attribute.name in self.excluded and not self.excluded[attribute.name]
        return attribute.returned is Returned.DEFAULT and not is_excluded

    @property
    def is_everything(self) -> bool:
        return self.only is None and not self.excluded

    def below(self, name: str) -> _Wish:
        return _Wish((self.only or {}).get(name) or None, self.excluded.get(name) or {})


_EVERYTHING = _Wish(None, {})


def project(
    resource: dict[str, Any],
    resource_type: ResourceType,
    *,
    attributes: Sequence[str] | None = None,
    excluded: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The resource as RFC 7644 3.9 wants it shown. Names that are not known are ignored.

    Where both lists are given, which the standard forbids, `attributes` decides.
    """
    wish = _wish(resource_type, tuple(attributes or ()), tuple(excluded or ()))
    if wish is _EVERYTHING and resource.keys() <= _shown_whole(resource_type):
        return resource  # most answers: nothing in them is hidden
    return _shown(resource_type.root, resource, wish)


def wants(
    resource_type: ResourceType,
    name: str,
    *,
    attributes: Sequence[str] | None = None,
    excluded: Sequence[str] | None = None,
) -> bool:
    """Whether an answer shows the top-level attribute, so that a store need not read what is not shown."""
    attribute = resource_type.find(name)
    wish = _wish(resource_type, tuple(attributes or ()), tuple(excluded or ()))
    return attribute is not None and wish.includes(attribute)


# Identity providers wish for the same few things; anybody may wish for 200 names that are not known.
@functools.lru_cache(maxsize=64)
def _wish(resource_type: ResourceType, attributes: tuple[str, ...], excluded: tuple[str, ...]) -> _Wish:
    if attributes:
        return _Wish(_names(resource_type, attributes), {})
    return _Wish(None, _names(resource_type, excluded)) if excluded else _EVERYTHING


@functools.lru_cache(maxsize=256)
def _shown_whole(resource_type: ResourceType) -> frozenset[str]:
    """The attributes that are shown with all their parts where nothing is asked for."""
    every = resource_type.root.sub_attributes
    return frozenset(one.name for one in every if _EVERYTHING.includes(one) and one.shows_all_parts)


def _names(resource_type: ResourceType, texts: tuple[str, ...]) -> Names:
    tree: Names = {}
    whole: list[Names] = []
    for text in texts:
        try:
            steps = paths.resolve(text.strip(), resource_type).steps
        except InvalidPath:
            continue
        here = tree
        for step in steps:
            here = here.setdefault(step.name, {})
        whole.append(here)
    for node in whole:
        node.clear()  # "emails,emails.value" asks for all of emails
    return tree


def _shown(holder: Attribute, value: dict[str, Any], wish: _Wish) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, item in value.items():
        attribute = holder.find(name)
        if attribute is not None and wish.includes(attribute):
            part = _inside(attribute, item, wish.below(name))
            if part not in ({}, []):
                shown[name] = part
    return shown


def _inside(attribute: Attribute, item: Any, wish: _Wish) -> Any:
    if not attribute.is_complex or (wish.is_everything and attribute.shows_all_parts):
        return item
    if isinstance(item, list):
        return [part for entry in item if (part := _shown(attribute, entry, wish))]
    return _shown(attribute, item, wish)
