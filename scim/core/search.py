"""What a search asks for, by the query of a GET or the body of a POST to /.search (RFC 7644 3.4.2, 3.4.3)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim.core import paths
from scim.core.errors import BadRequest, InvalidCount, InvalidSyntax
from scim.core.wording import kind_of, quote

SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
DEFAULT_PAGE = 100
LARGEST_PAGE = 1_000
MOST_NAMES = 100
# 18 digits are more than there will ever be rows, and fit every database.
_MOST_DIGITS = 18
_KINDS: dict[str, type | tuple[type, ...]] = {
    "filter": str,
    "sortBy": str,
    "sortOrder": str,
    "cursor": str,
    "startIndex": int,
    "count": int,
    "attributes": (str, list),
    "excludedAttributes": (str, list),
}


@dataclass(frozen=True, slots=True)
class Search:
    """`start` counts from 1, `count` is at most 1,000.

    `cursor` is None for paging by index, "" for the first page by cursor (RFC 9865 2).
    """

    filter: str = ""
    sort_by: str = ""
    sort_order: str = ""
    start: int = 1
    count: int = DEFAULT_PAGE
    cursor: str | None = None
    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @property
    def scope(self) -> str:
        """What a cursor of this search is bound to, besides where the search is done."""
        return "\n".join([self.filter, self.sort_by, self.sort_order])


EVERYTHING = Search()


def from_query(query: Mapping[str, Any]) -> Search:
    """BadRequest or InvalidCount, with a sentence, for numbers that are none. Words are known in any case: a
    filter that was not seen would find everybody."""
    return _search({_BY_LOWER[name.lower()]: query[name] for name in query if name.lower() in _BY_LOWER})


def from_body(body: dict[str, Any]) -> Search:
    """As `from_query`; InvalidSyntax for a body that is no SearchRequest."""
    schemas = next((value for name, value in body.items() if name.lower() == "schemas"), None)
    if not isinstance(schemas, list) or SEARCH_SCHEMA not in schemas:
        raise InvalidSyntax("The body is no search.", remedy=f'Send "schemas": ["{SEARCH_SCHEMA}"].')
    given = _given(body)
    for name, value in given.items():
        kind = _KINDS[name]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise InvalidSyntax(f"{name} of the search cannot be {kind_of(value)}.")
    return _search(given)


def _given(body: dict[str, Any]) -> dict[str, Any]:
    """The words of the search, in any case (RFC 7643 2.1). One that is not quite right is refused: without
    it, a search would find everybody."""
    given: dict[str, Any] = {}
    for sent, value in body.items():
        name = _BY_SQUEEZED.get(_squeeze(sent))
        if name is None or value is None:
            continue
        if sent.lower() != name.lower():
            raise InvalidSyntax(f"{quote(sent)} is no word of a search.", remedy=f"Write {name}.")
        if name in given:
            raise InvalidSyntax(f"{name} is given twice.")
        given[name] = value
    return given


def _squeeze(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").rstrip("s")


_BY_SQUEEZED = {_squeeze(name): name for name in _KINDS}
_BY_LOWER = {name.lower(): name for name in _KINDS}


def _search(given: Mapping[str, Any]) -> Search:
    """RFC 7644 3.4.2.4: a start below 1 is 1, a count below 0 is 0, a large one is capped."""
    cursor = given.get("cursor")
    wrong_count = BadRequest if cursor is None else InvalidCount
    count = _number(given, "count", DEFAULT_PAGE, error=wrong_count)
    return Search(
        filter=given.get("filter", ""),
        sort_by=given.get("sortBy", "").strip(),
        sort_order=given.get("sortOrder", ""),
        start=max(_number(given, "startIndex", 1), 1),
        count=min(max(count, 0), LARGEST_PAGE),
        cursor=cursor,
        attributes=_names(given.get("attributes", "")),
        excluded=_names(given.get("excludedAttributes", "")),
    )


def _number(
    given: Mapping[str, Any], name: str, default: int, *, error: type[BadRequest] = BadRequest
) -> int:
    text = str(given.get(name, "")).strip()
    if not text:
        return default
    digits = text.removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()):
        raise error(f"{name} is a whole number.", remedy=f"Leave it out for {default}.")
    number = int(digits[:_MOST_DIGITS])
    return -number if text.startswith("-") else number


def _names(given: str | list[Any]) -> tuple[str, ...]:
    """Names of attributes, in a list or with commas between them (RFC 7644 3.9)."""
    parts = given.split(",") if isinstance(given, str) else [part for part in given if isinstance(part, str)]
    names = filter(None, (part.strip() for part in parts))
    # One that is too long stays one that is not known: without it, all would be shown.
    return tuple(name[: paths.LONGEST_NAME + 1] for name in itertools.islice(names, MOST_NAMES))
