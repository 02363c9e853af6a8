"""Made-up filters, people and PATCH requests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from scim.core import paths
from scim.core.filters.tree import And, Comparison, Node, Not, Operator, Or, Present, ValuePath
from scim.core.paths import AttributePath
from scim.core.resource_types import USER
from scim.core.schema import Attribute

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

# A small alphabet, so that made-up filters and made-up people meet.
TEXT = st.text('aAbßé"\\%_ ', max_size=3)
TYPES = st.sampled_from(["work", "home", "Work"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["value", "type", "primary", "x"]), inner)
    ),
    max_leaves=6,
)

_ENTRIES = st.fixed_dictionaries({"value": TEXT}, optional={"type": TYPES, "display": TEXT})


def _with_one_primary(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**entry, "primary": number == 0} for number, entry in enumerate(entries)]


PEOPLE = st.fixed_dictionaries(
    {"userName": TEXT.filter(str.strip)},
    optional={
        "externalId": TEXT,
        "title": TEXT,
        "active": st.booleans(),
        "name": st.fixed_dictionaries({"givenName": TEXT}, optional={"familyName": TEXT}),
        "emails": st.lists(
            _ENTRIES,
            min_size=1,
            max_size=3,
            unique_by=lambda entry: (entry.get("type"), entry["value"].casefold()),
        ).map(_with_one_primary),
        ENTERPRISE: st.fixed_dictionaries(
            {"department": TEXT}, optional={"manager": st.just({"value": "1"})}
        ),
    },
)

_TEXT_PATHS = [
    paths.resolve(name, USER)
    for name in (
        "userName",
        "externalId",
        "title",
        "name.givenName",
        "emails.value",
        "department",
        "manager.value",
    )
]
_TEXT_OPERATORS = st.sampled_from(list(Operator))


def _comparisons(path: AttributePath) -> st.SearchStrategy[Node]:
    return st.builds(Comparison, st.just(path), _TEXT_OPERATORS, TEXT)


def _within(attribute: Attribute, name: str) -> AttributePath:
    return paths.within(name, attribute)


_EMAILS = paths.resolve("emails", USER)
_ACTIVE = paths.resolve("active", USER)
_IN_EMAILS: st.SearchStrategy[Node] = (
    _comparisons(_within(_EMAILS.attribute, "value"))
    | st.builds(Comparison, st.just(_within(_EMAILS.attribute, "type")), _TEXT_OPERATORS, TYPES)
    | st.just(Present(_within(_EMAILS.attribute, "primary")))
)


def _combined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, inner)


_LEAVES: st.SearchStrategy[Node] = (
    st.sampled_from(_TEXT_PATHS).flatmap(_comparisons)
    | st.builds(Present, st.sampled_from([*_TEXT_PATHS, _EMAILS, _ACTIVE]))
    | st.builds(Comparison, st.just(_ACTIVE), st.sampled_from([Operator.EQ, Operator.NE]), st.booleans())
    | st.builds(ValuePath, st.just(_EMAILS), st.recursive(_IN_EMAILS, _combined, max_leaves=3))
)
FILTERS: st.SearchStrategy[Node] = st.recursive(_LEAVES, _combined, max_leaves=12)

PATHS = st.sampled_from(
    [
        "userName",
        "externalId",
        "title",
        "active",
        "name",
        "name.givenName",
        "emails",
        "emails.value",
        "emails.primary",
        'emails[type eq "work"]',
        'emails[type eq "work"].value',
        'emails[type eq "home" and primary eq true].display',
        'emails[value co "a"].primary',
        "manager",
        ENTERPRISE,
        f"{ENTERPRISE}:manager.value",
        "password",
        "id",
        "groups",
    ]
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Replace", "remove"])}, optional={"path": PATHS, "value": JSON}
) | st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace"]), "value": st.dictionaries(PATHS, JSON, max_size=3)}
)

_FITTING = {
    "userName": TEXT.filter(str.strip),
    "title": TEXT | st.none(),
    "active": st.booleans() | st.sampled_from(["True", "false"]),
    "name": st.fixed_dictionaries({}, optional={"givenName": TEXT | st.none(), "familyName": TEXT}),
    "name.givenName": TEXT | st.none(),
    "emails": st.lists(_ENTRIES, max_size=3).map(_with_one_primary) | _ENTRIES,
    'emails[type eq "work"]': _ENTRIES,
    'emails[type eq "work"].value': TEXT,
    'emails[type eq "home"].primary': st.booleans(),
    'emails[type eq "home" and primary eq true].display': TEXT,
    "emails.display": TEXT,
    "manager": TEXT | st.fixed_dictionaries({"value": TEXT}),
    ENTERPRISE: st.fixed_dictionaries({"department": TEXT}),
    f"{ENTERPRISE}:manager.value": TEXT,
}
# Keys that do not overlap: one key of an object may undo what another did.
_APART = ("userName", "title", "active", "name", "emails", ENTERPRISE)
_OBJECTS = st.fixed_dictionaries({}, optional={name: _FITTING[name] for name in _APART})


def _at(path: str) -> st.SearchStrategy[dict[str, Any]]:
    op = st.sampled_from(["add", "replace"])
    change = st.fixed_dictionaries({"op": op, "path": st.just(path), "value": _FITTING[path]})
    removal = st.just({"op": "remove", "path": path})
    return change if path == "userName" else change | removal


# Operations whose values fit their paths, so that most of them can be applied.
FITTING_OPERATIONS = st.sampled_from(sorted(_FITTING)).flatmap(_at) | st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace"]), "value": _OBJECTS}
)
