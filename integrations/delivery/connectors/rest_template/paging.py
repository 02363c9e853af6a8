"""From one page of a list to the next, and never in a circle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from integrations.delivery.connectors.rest_template import answers
from integrations.delivery.connectors.rest_template.answers import NotUnderstood
from integrations.delivery.connectors.rest_template.calling import Answered
from integrations.delivery.connectors.rest_template.recipe import Paging, PagingKind

BY_NUMBER = frozenset({PagingKind.PAGE, PagingKind.OFFSET})


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page: how many came before; and a word, for a cursor or a link the app's own, else what was
    read."""

    number: int = 0
    word: str = ""

    @property
    def cursor(self) -> str:
        return f"{self.number}:{self.word}"

    @classmethod
    def of(cls, cursor: str) -> Turn:
        """Of a cursor that we gave; the first for ""."""
        number, _colon, word = cursor.partition(":")
        return cls(int(number), word) if number.isdecimal() else cls()


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a list by number: entries of the first page and of all, and what the last page was."""

    first: int = 0
    all: int = 0
    mark: str = ""

    @property
    def word(self) -> str:
        return f"{self.first}.{self.all}.{self.mark}"

    @classmethod
    def of(cls, turn: Turn) -> _Read:
        first, _dot, rest = turn.word.partition(".")
        number, _dot, mark = rest.partition(".")
        return cls(int(first), int(number), mark) if first.isdecimal() and number.isdecimal() else cls()


def parameters(paging: Paging, turn: Turn) -> Mapping[str, str]:
    """What a page's request has in its query besides its own."""
    found = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
    match paging.kind:
        case PagingKind.PAGE:
            found[paging.parameter] = str(paging.first + turn.number)
        case PagingKind.OFFSET:
            found[paging.parameter] = str(paging.first + _Read.of(turn).all)
        case PagingKind.CURSOR if turn.word:
            found[paging.parameter] = turn.word
    return found


def after(paging: Paging, turn: Turn, answered: Answered, *, entries: Sequence[Any]) -> Turn | None:
    """The next page; None after the last. `entries`: those of this one. Raises NotUnderstood."""
    more = _more(paging, turn, answered, entries=entries)
    if more is None:
        return None
    if more and more == turn.word:
        raise NotUnderstood(_("The app gives the same page again."))
    if turn.number + 1 >= paging.most_pages:
        raise NotUnderstood(_("The app's list has more than %d pages.") % paging.most_pages)
    return Turn(turn.number + 1, more)


def may_be_past(paging: Paging, turn: Turn) -> bool:
    """Whether the page may be one after the last: nobody says how many there are."""
    return paging.kind in BY_NUMBER and turn.number > 0


def is_guess(paging: Paging, turn: Turn) -> bool:
    """Whether it is likely to be: the first was shorter than what was asked for."""
    is_short = bool(paging.size_parameter) and _Read.of(turn).first < paging.size
    return may_be_past(paging, turn) and is_short


def _more(paging: Paging, turn: Turn, answered: Answered, *, entries: Sequence[Any]) -> str | None:
    """The word for the next page; None after the last."""
    match paging.kind:
        case PagingKind.PAGE | PagingKind.OFFSET:
            return _counted(paging, turn, entries)
        case PagingKind.CURSOR:
            return answers.text_at(answered.reply.document, paging.next) or None
        case PagingKind.LINK:
            return _link(answered)
    return None


def _counted(paging: Paging, turn: Turn, entries: Sequence[Any]) -> str | None:
    """An app may give fewer on a page than it is asked for: the last page is shorter than the first."""
    read, mark = _Read.of(turn), _mark(entries)
    if not entries or len(entries) < read.first:
        return None
    if mark == read.mark:
        # Some apps give their last page for every number beyond it.
        if paging.size_parameter and len(entries) < paging.size:
            return None
        raise NotUnderstood(_("The app gives the same page again."))
    return _Read(read.first or len(entries), read.all + len(entries), mark).word


def _mark(entries: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(entries).encode()).hexdigest()[:16]


def _link(answered: Answered) -> str | None:
    """RFC 8288: the target of rel="next". It must lead to where we were sent, or our credential would go
    astray."""
    for entry in answered.reply.headers.get("link", "").split(","):
        target, *rest = entry.split(";")
        if not any(one.strip().replace('"', "").lower() == "rel=next" for one in rest):
            continue
        try:
            url = urljoin(answered.url, target.strip().strip("<>"))
            same = urlsplit(url)[:2] == urlsplit(answered.url)[:2]
        except ValueError:
            same = False
        if not same:
            raise NotUnderstood(_("The app's link to the next page leads to another address."))
        return url
    return None
