"""From one page of a list to the next, and never in a circle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from integrations.delivery.connectors.rest_template import answers
from integrations.delivery.connectors.rest_template.answers import NotUnderstood
from integrations.delivery.connectors.rest_template.calling import Answered
from integrations.delivery.connectors.rest_template.recipe import Paging, PagingKind


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page: how many came before, and for a cursor or a link the app's own word."""

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


def parameters(paging: Paging, turn: Turn) -> Mapping[str, str]:
    """What a page's request has in its query besides its own."""
    found = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
    match paging.kind:
        case PagingKind.PAGE:
            found[paging.parameter] = str(paging.first + turn.number)
        case PagingKind.OFFSET:
            found[paging.parameter] = str(paging.first + turn.number * paging.size)
        case PagingKind.CURSOR if turn.word:
            found[paging.parameter] = turn.word
    return found


def after(paging: Paging, turn: Turn, answered: Answered, *, count: int) -> Turn | None:
    """The next page; None after the last. `count`: entries on this one. Raises NotUnderstood."""
    more = _more(paging, answered, count)
    if more is None:
        return None
    if more and more == turn.word:
        raise NotUnderstood(_("The app gives the same page again."))
    if turn.number + 1 >= paging.most_pages:
        raise NotUnderstood(_("The app's list has more than %d pages.") % paging.most_pages)
    return Turn(turn.number + 1, more)


def _more(paging: Paging, answered: Answered, count: int) -> str | None:
    """The app's word for the next page, "" where it needs none; None after the last."""
    match paging.kind:
        case PagingKind.PAGE | PagingKind.OFFSET:
            # Without a size to ask for, a page is full whatever it holds.
            full = paging.size if paging.size_parameter else 1
            return "" if count >= full else None
        case PagingKind.CURSOR:
            return answers.text_at(answered.reply.document, paging.next) or None
        case PagingKind.LINK:
            return _link(answered)
    return None


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
