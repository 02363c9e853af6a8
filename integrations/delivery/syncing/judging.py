"""Holds what was read against what is wanted, and suggests whose the rest may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from integrations.delivery.connector import Connector, Intent
from integrations.delivery.models import AppAccount, Delivery
from integrations.delivery.syncing import comparing, matching, traits
from integrations.delivery.syncing.comparing import Measure
from integrations.delivery.syncing.matching import People
from integrations.delivery.syncing.turn import CHUNK, Turn
from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import KnownPerson
from integrations.kit.prepared import Insert, Update

JUDGED = ("differences", "accepted", "is_out_of_step")
STATE = ("ref", "is_active", "is_gone", "roles")
_insert = Insert(AppAccount)
_update_judged = Update(AppAccount, *JUDGED)
_update_missed = Update(AppAccount, *JUDGED, *STATE)


def judge(turn: Turn, reader: Connector) -> None:
    """`reader` has read the accounts."""
    measure = comparing.measure(turn.integration, turn.connection, turn.connector, reader=reader)
    _compare(turn, measure)
    for people in matching.without_account(turn):
        _miss(turn, people, measure)
        _suggest(turn, people)
    with turn.writing():
        _clear(turn)


def moving(integration_id: UUID) -> QuerySet[Delivery]:
    """Deliveries on their way: whoever has one is not called out of step. A deletion put off is none."""
    put_off = Q(intent=Intent.DELETE, version=0, due_at__gt=timezone.now())
    return Delivery.objects.for_integration(integration_id).filter(~put_off, place__isnull=False)


def _moved(turn: Turn, lines: Iterable[UUID]) -> set[UUID]:
    """Those of them with a delivery on its way, or one that has ended since the run began."""
    mine = list(lines)
    ended = Delivery.objects.for_integration(turn.integration).filter(ended_at__gte=turn.since, line__in=mine)
    open_ones = moving(turn.integration.pk).filter(line__in=mine)
    return {*ended.values_list("line", flat=True), *open_ones.values_list("line", flat=True)}


def _compare(turn: Turn, measure: Measure) -> None:
    """Each account that somebody has. Eight queries a chunk, and what it takes to write what has changed."""
    rows = turn.accounts().filter(line__isnull=False, seen_at__gte=turn.since).exclude(ref="")
    last: UUID | None = None
    while True:
        with turn.writing():
            behind = rows.filter(line__gt=last) if last else rows
            some = list(behind.select_for_update().order_by("line")[:CHUNK])
            people = wanted.source().people(turn.integration.pk, [row.line for row in some if row.line])
            turn.run.matched += len(people)
            moved = _moved(turn, people)
            changed = [row for row in some if row.line not in moved and _differs(row, people, measure)]
            _update_judged.many(changed)
        if len(some) < CHUNK:
            return
        last = some[-1].line


def _differs(row: AppAccount, people: People, measure: Measure) -> bool:
    """Judges it; whether that is another judgement than before."""
    before = [getattr(row, name) for name in JUDGED]
    found = people.get(row.line) if row.line else None
    if found is not None:
        comparing.settle(row, comparing.differences(row, found, measure))
    return before != [getattr(row, name) for name in JUDGED]


def _miss(turn: Turn, people: People, measure: Measure) -> None:
    """Those who should be in the app and are not."""
    with turn.writing():
        rows = turn.accounts().filter(line__in=people)
        known = {row.line: row for row in rows.select_for_update()}
        moved = _moved(turn, people)
        # Whoever was carried meanwhile is there: what was read is older.
        still = {pk: one for pk, one in people.items() if pk not in moved}
        lacking = {pk for pk, one in still.items() if comparing.stays(one)}
        missed = [known[pk] for pk in lacking if pk in known]
        left = [known[pk] for pk in still if pk in known and pk not in lacking]
        new = [_row(turn, one, measure) for pk, one in still.items() if pk in lacking and pk not in known]
        for row in new:
            _missing(row)
        _insert.many(new)
        _update_missed.many([*filter(_missing, missed), *filter(_left, left)])
        rows.filter(line__in=lacking).update(seen_at=timezone.now())


def _row(turn: Turn, found: KnownPerson, measure: Measure) -> AppAccount:
    person = wanted.person(found, measure.connection, measure.connector)
    name = traits.clean(person.attributes.get("user_name") or found.user_name)
    shown = traits.clean(person.label)
    return AppAccount(integration_id=turn.integration.pk, line=found.id, user_name=name, display_name=shown)


def _missing(row: AppAccount) -> bool:
    """The ref goes, so that the next delivery makes an account, or finds the one that is there. Whether that
    is another judgement than before."""
    before = _state(row)
    row.ref, row.roles, row.is_active, row.is_gone = "", [], False, True
    comparing.settle(row, [comparing.missing()])
    return before != _state(row)


def _left(row: AppAccount) -> bool:
    """Somebody who is to have no account, and has none that the app shows; whether that is new."""
    before = _state(row)
    row.is_active = False
    comparing.settle(row, [])
    return before != _state(row)


def _state(row: AppAccount) -> list[Any]:
    return [getattr(row, name) for name in (*JUDGED, *STATE)]


def _suggest(turn: Turn, people: People) -> None:
    """To each account one person at most, the first that looks like it; who had a better claim stays."""
    keys = matching.keys_of(turn, people)
    for way in traits.ALIKE:
        with turn.writing():
            touched: dict[int, AppAccount] = {}
            for person, rows in matching.fitting(turn, keys, way).items():
                for row in rows:
                    if row.suggestion is None:
                        row.suggestion = person
                        touched[row.pk] = row
            matching.update_claims.many(list(touched.values()))


def _clear(turn: Turn) -> None:
    """What was out of step of people who have left since, and of whom the app shows nothing any more."""
    stale = turn.accounts().filter(is_out_of_step=True, seen_at__lt=turn.since)
    stale = stale.filter(~Exists(moving(turn.integration.pk).filter(line=OuterRef("line"))))
    stale.update(is_out_of_step=False, differences=[], accepted=[])
