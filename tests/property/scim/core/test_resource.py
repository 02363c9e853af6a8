"""Laws of reading resources and telling them apart."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scim.core import projection, resource
from scim.core.difference import difference
from scim.core.errors import ScimError
from scim.core.resource_types import GROUP, USER
from scim.core.schema import ResourceType
from tests.property.scim.core.strategies import JSON, PATHS, PEOPLE


@given(st.dictionaries(PATHS | st.text(max_size=8), JSON, max_size=6), st.sampled_from([USER, GROUP]))
def test_any_object_is_read_or_refused(body: dict[str, Any], kind: ResourceType):
    with contextlib.suppress(ScimError):
        reading = resource.read({"userName": "ann", "displayName": "G", **body}, kind)
        assert resource.read(reading.data, kind).data == reading.data


@given(PEOPLE)
def test_reading_is_stable(person: dict[str, Any]):
    assert resource.read(person, USER).data == person


@given(PEOPLE, PEOPLE)
def test_difference_is_empty_only_for_equals(one: dict[str, Any], other: dict[str, Any]):
    assert difference(one, one) == []
    assert bool(difference(one, other)) == (one != other and _unordered(one) != _unordered(other))


@given(PEOPLE, st.lists(PATHS | st.text(max_size=5), max_size=4))
def test_projections_split_the_resource(person: dict[str, Any], names: list[str]):
    shown = projection.project(person, USER, attributes=names or ["nosuch"])
    rest = projection.project(person, USER, excluded=names)

    assert shown.keys() | rest.keys() == person.keys()


def _unordered(person: dict[str, Any]) -> dict[str, Any]:
    return {**person, "emails": sorted(map(str, map(sorted, map(dict.items, person.get("emails", [])))))}
