"""Reads the app's accounts and keeps them, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery.connector import Account, Connector, PermanentError
from integrations.delivery.models import AppAccount
from integrations.delivery.syncing import shown, traits
from integrations.delivery.syncing.turn import CHUNK, Turn
from integrations.delivery.wishes import wanted
from integrations.kit.prepared import Insert, Update

MOST = 200_000
MOST_ROLES = 500
DATA = ("user_name", "email", "display_name", "is_active", "is_gone", "roles", "shows_roles", "shown")
KEYS = tuple(way.value for way in traits.Way)
Row = AppAccount
_insert = Insert(AppAccount)
_update = Update(AppAccount, *DATA, *KEYS)


def read(turn: Turn, connector: Connector) -> None:
    """Keeps every account; those of a former run that are no more are forgotten. Raises what the connector
    raises, and PermanentError for a list too long or without an end."""
    for accounts, at in _pages(connector):
        for some in _chunks(accounts, CHUNK):
            _keep(turn, some, at)
        if not accounts:
            with turn.writing():
                pass
    _forget(turn)


def _pages(connector: Connector) -> Iterator[tuple[Sequence[Account], datetime]]:
    """Each page, and when it was asked for."""
    cursor, number = "", 0
    while True:
        at = timezone.now()
        page = connector.accounts(cursor)
        connector.context.exchanges.clear()
        number += max(1, len(page.accounts))
        if number > MOST:
            raise PermanentError(_("The app has more than %(most)d accounts.") % {"most": MOST})
        if page.cursor and page.cursor == cursor:
            raise PermanentError(_("The app's list of accounts does not end."))
        yield page.accounts, at
        if not page.cursor:
            return
        cursor = page.cursor


def _chunks(accounts: Sequence[Account], size: int) -> Iterator[dict[str, Account]]:
    """Accounts by their ref; what has none cannot be told from others."""
    for start in range(0, len(accounts), size):
        some = accounts[start : start + size]
        named = {traits.clean(one.ref or one.user_name): one for one in some}
        yield {ref: one for ref, one in named.items() if ref}


def _keep(turn: Turn, accounts: dict[str, Account], at: datetime) -> None:
    now = timezone.now()
    turn.run.seen += len(accounts)
    with turn.writing():
        rows = list(turn.accounts().filter(ref__in=accounts).select_for_update().order_by("-pk"))
        people = wanted.source().people(turn.integration.pk, [row.line for row in rows if row.line])
        matched = {row.ref: row for row in rows if row.line in people}
        found = {row.ref: row for row in rows if row.line is None}
        # A delivery has taken them over since the last run.
        turn.found().filter(pk__in=[row.pk for ref, row in found.items() if ref in matched]).delete()
        known = {**found, **matched}
        new = [_new(turn, ref, one) for ref, one in accounts.items() if ref not in known]
        _insert.many(new)
        # What a delivery has written since the page was asked for is newer than the page.
        older = [(row, accounts[ref]) for ref, row in known.items() if not row.line or row.seen_at <= at]
        changed = [row for row, account in older if _take(row, account)]
        _update.many(changed)
        seen = turn.accounts().filter(pk__in=[row.pk for row, _account in older])
        seen.update(seen_at=now, suggestion=None, claims=0)


def _new(turn: Turn, ref: str, account: Account) -> Row:
    row = AppAccount(integration_id=turn.integration.pk, ref=ref, origin=AppAccount.Origin.FOUND)
    _take(row, account)
    return row


def _take(row: Row, account: Account) -> bool:
    """Writes into the row what the app shows; whether it was otherwise before."""
    before = _values(row)
    row.user_name, row.email = traits.clean(account.user_name), traits.clean(account.email)
    row.display_name = traits.shown_name(account)
    row.is_active, row.is_gone = bool(account.is_active), False
    row.shows_roles = account.entitlements is not None
    if account.entitlements is not None:
        row.roles = _roles(account.entitlements)
    row.shown = shown.keep(account)
    if row.line is None:
        traits.put_keys(row)
    return before != _values(row)


def _values(row: Row) -> list[Any]:
    return [getattr(row, name) for name in (*DATA, *KEYS)]


def _roles(entitlements: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(traits.clean(one) for one in entitlements if one))[:MOST_ROLES]


def _forget(turn: Turn) -> None:
    """What was found before and is in the app no more."""
    while True:
        with turn.writing():
            gone = list(turn.found().filter(seen_at__lt=turn.since).values_list("pk", flat=True)[:CHUNK])
            turn.found().filter(pk__in=gone).delete()
        if len(gone) < CHUNK:
            return
