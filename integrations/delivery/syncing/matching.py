"""Finds whose the accounts are: by user name, then by e-mail, then of those who have left.

People claim accounts, all of them by one way before the next: an account that one person alone claims is
theirs. Where several do, it is only suggested. The same holds for a person who fits several accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from uuid import UUID

from integrations.delivery.models import AppAccount
from integrations.delivery.syncing import attaching, traits
from integrations.delivery.syncing.traits import Keys, Way
from integrations.delivery.syncing.turn import CHUNK, Turn
from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import KnownPerson
from integrations.kit.prepared import Update

People = dict[UUID, KnownPerson]
update_claims = Update(AppAccount, "claims", "suggestion")


def match(turn: Turn) -> None:
    for way in traits.EXACT:
        for people, settled in _claimants(turn, way):
            _claim(turn, people, way, settled=settled)
        _grant(turn)
    _match_departed(turn)


def without_account(turn: Turn) -> Iterator[People]:
    """People who are present and whose account was not seen in this run, in chunks. Four queries a chunk."""
    for ids, settled in _everybody(turn):
        yield wanted.source().people(turn.integration.pk, [pk for pk in ids if pk not in settled])


def _claimants(turn: Turn, way: Way) -> Iterator[tuple[People, Set[UUID]]]:
    """As `without_account`; by an address those too who have an account, for it may be theirs as well."""
    if way is Way.NAME:
        for people in without_account(turn):
            yield people, frozenset()
    elif turn.found().filter(is_kept_apart=False, seen_at__gte=turn.since).exclude(email_key="").exists():
        for ids, settled in _everybody(turn):
            yield wanted.source().people(turn.integration.pk, ids), settled


def _everybody(turn: Turn) -> Iterator[tuple[list[UUID], Set[UUID]]]:
    """The ids of the people who are present, in chunks; and of those whose account was seen in this run."""
    after = None
    while ids := wanted.source().page(turn.integration.pk, after, CHUNK):
        after = ids[-1]
        seen = turn.accounts().filter(line__in=ids, seen_at__gte=turn.since).exclude(ref="")
        yield ids, {line for line in seen.values_list("line", flat=True) if line}


def keys_of(turn: Turn, people: People) -> dict[UUID, Keys]:
    return {
        pk: traits.of_person(wanted.person(found, turn.connection, turn.connector))
        for pk, found in people.items()
    }


def fitting(turn: Turn, keys: dict[UUID, Keys], way: Way) -> dict[UUID, list[AppAccount]]:
    """The accounts that fit each person by this way, locked. One query."""
    sought = {key for one in keys.values() for key in one[way]}
    by_key: dict[str, list[AppAccount]] = defaultdict(list)
    rows = turn.claimable().filter(seen_at__gte=turn.since, **{f"{way.value}__in": sought})
    for row in rows.order_by("pk") if sought else ():
        by_key[getattr(row, way.value)].append(row)
    return {pk: [row for key in sorted(one[way]) for row in by_key.get(key, ())] for pk, one in keys.items()}


def _claim(turn: Turn, people: People, way: Way, *, settled: Set[UUID]) -> None:
    """Whoever is settled gets no other account, but what fits them as well is nobody's alone."""
    keys = keys_of(turn, people)
    with turn.writing():
        touched: dict[int, AppAccount] = {}
        for person, rows in fitting(turn, keys, way).items():
            for row in rows:
                alone = len(rows) == 1 and not row.claims and person not in settled
                row.claims = 1 if alone else 2
                # Several may have been suggested by a stronger way: who claims alone goes before them.
                if alone or (row.suggestion is None and person not in settled):
                    row.suggestion = person
                touched[row.pk] = row
        update_claims.many(list(touched.values()))


def _grant(turn: Turn) -> None:
    """Gives what one person alone has claimed; what several have stays suggested to the first."""
    last = 0
    while True:
        with turn.writing():
            rows = turn.claimable().filter(claims=1, pk__gt=last).order_by("pk")[:CHUNK]
            pairs = [(row, row.suggestion) for row in rows if row.suggestion]
            attaching.attach(turn.integration.pk, pairs, since=turn.since)
        if len(pairs) < CHUNK:
            break
        last = pairs[-1][0].pk
    with turn.writing():
        turn.found().filter(claims__gt=1).update(claims=0)


def _match_departed(turn: Turn) -> None:
    """Accounts of those whom the identity provider deleted: by user name, of several people the latest. What
    is suggested for somebody who is there, or has their user name, is not among them."""
    last = 0
    while True:
        with turn.writing():
            rows = list(turn.claimable().filter(pk__gt=last).order_by("pk")[:CHUNK])
            free = [row for row in reversed(rows) if row.suggestion is None and row.user_name_key]
            names = {row.user_name_key: row for row in free}
            there = wanted.source().present(turn.integration.pk, names)
            gone = wanted.source().departed(turn.integration.pk, [*names.keys() - there.keys()])
            pairs = [(names[name], person) for name, person in gone.items()]
            attaching.attach(turn.integration.pk, pairs, since=turn.since)
        if len(rows) < CHUNK:
            return
        last = rows[-1].pk
