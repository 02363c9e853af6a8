"""Made-up filters over what really is in a database: ids, moments and groups stand in them as {names}."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from scim.core.filters.printer import to_text
from tests.property.scim.core.strategies import FILTERS, PEOPLE, TEXT

IDS = st.sampled_from(["{p0}", "{p1}", "{g0}", "{g1}", "{P0}", "x", ""])
EQUALITY = st.sampled_from(["eq", "ne"])
TEXT_OPERATORS = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"])
ORDER = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
MOMENTS = st.sampled_from(["{t0}", "{t1}", "1970-01-01T00:00:00Z", "2999-01-01T00:00:00+01:00"])


def _term(names: list[str], operators: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> Any:
    return st.builds('{} {} "{}"'.format, st.sampled_from(names), operators, values)


_OF_BOTH = (
    _term(["id"], TEXT_OPERATORS, IDS)
    | _term(["externalId"], TEXT_OPERATORS, st.sampled_from(["", "a", "A", "%", "_"]))
    | _term(["meta.created", "meta.lastModified"], ORDER, MOMENTS)
    | _term(["meta.resourceType"], TEXT_OPERATORS, st.sampled_from(["User", "Group", "user", ""]))
    | st.sampled_from(
        ["externalId pr", "externalId eq null", "id pr", "meta.created pr", "meta pr", 'meta.version eq "W/"']
    )
)
_OF_PEOPLE = (
    FILTERS.map(to_text).map(lambda text: text.replace("{", "{{").replace("}", "}}"))
    | _OF_BOTH
    | _term(["groups", "groups.value"], TEXT_OPERATORS, IDS)
    | _term(["groups.display"], TEXT_OPERATORS, st.sampled_from(["a", "B"]))
    | _term(["userName"], TEXT_OPERATORS, st.sampled_from(["", "a", "A", "ß", "SS", "%", "_"]))
    | _term(
        ["emails", "emails.value", "emails.type"], TEXT_OPERATORS, st.sampled_from(["", "a", "A", "work"])
    )
    | st.sampled_from(
        [
            "active eq true",
            "active ne true",
            "active pr",
            "groups pr",
            "emails pr",
            "displayName pr",
            'emails[type eq "work"]',
            'emails[type eq ""]',
            'emails[value eq ""]',
            'emails[type eq "work" and value eq "a"]',
            'emails[type eq "home" and value eq ""]',
            'emails[type eq "work" and type eq "WORK"]',
            'emails[type eq "work" and type eq "home"]',
            'emails[not (type eq "work")]',
            'emails[type eq "work"].value ne "a"',
            'groups[value eq "{g0}" and display co "a"]',
        ]
    )
)
_OF_GROUPS = (
    _OF_BOTH
    | _term(["members", "members.value"], TEXT_OPERATORS, IDS)
    | _term(["displayName"], TEXT_OPERATORS, st.sampled_from(["", "a", "B", "%"]))
    | st.sampled_from(
        [
            "members pr",
            "displayName pr",
            'members[value eq "{p0}"]',
            'members[value eq "{p0}" and display co "a"]',
            'not (members[value eq "{p0}"])',
            'not (members[type eq "User"])',
        ]
    )
)


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    both = st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "or"]), inner)
    return both | inner.map("not ({})".format)


PEOPLE_FILTERS = st.recursive(_OF_PEOPLE, _combined, max_leaves=4)
GROUP_FILTERS = st.recursive(_OF_GROUPS, _combined, max_leaves=4)
ORDERS = st.sampled_from(["", "ascending", "descending"])
PEOPLE_SORTS = st.sampled_from(
    [
        "",
        "id",
        "userName",
        "externalId",
        "active",
        "title",
        "emails",
        "name.givenName",
        "meta.created",
        "groups",
        "manager",
    ]
)
GROUP_SORTS = st.sampled_from(["", "id", "displayName", "externalId", "members", "meta.lastModified"])
CROWDS = st.lists(PEOPLE, min_size=1, max_size=5, unique_by=lambda one: str(one["userName"]).casefold())
NAMES = TEXT.filter(str.strip)
