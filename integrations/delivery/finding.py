"""Finds deliveries and says how a lane stands, at a cost that does not grow with what was ever delivered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Func, OuterRef, QuerySet, Subquery
from django.http import Http404

from integrations.delivery.models import Attempt, Delivery, HeldBatch, Lane
from integrations.delivery.wishes import wanted
from integrations.kit import paging
from integrations.kit.paging import Page
from integrations.models import Integration
from integrations.traffic.standing import Delivering

Status = Delivery.Status
# What a person looks for among what is open, the most pressing first.
OPEN = (
    *(Status.DEAD, Status.HELD, Status.WITH_PERSON, Status.RETRYING, Status.CONFIRMING),
    *(Status.RUNNING, Status.WAITING),
)
# What does not arrive before somebody does something.
STUCK = (Status.DEAD, Status.HELD, Status.WITH_PERSON)
# Of these what waits for somebody, without having failed.
FOR_PEOPLE = (Status.HELD, Status.WITH_PERSON)
# What goes on by itself.
GOING = (Status.WAITING, Status.RUNNING, Status.RETRYING, Status.CONFIRMING)
# So many of a state are counted: "1000+".
COUNTED = 1_000
# So many people and groups whose names begin alike are looked at.
MOST_NAMED = 200
TRACE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Asked:
    """`query`: a trace id, or the beginning of the name of a person or a group."""

    query: str = ""
    status: str = ""
    cursor: str = ""


def find(integration: Integration, asked: Asked) -> Page:
    """One page of deliveries, the newest first."""
    rows: QuerySet[Delivery] = Delivery.objects.for_integration(integration)
    if asked.status in Status.values:
        rows = rows.filter(status=asked.status)
    if asked.query:
        rows = _about(rows, integration, asked.query)
    return paging.by_number(rows, asked.cursor)


def stuck(integration: Integration, people: QuerySet[Any], cursor: str, *, size: int) -> Page:
    """One page of what does not arrive by itself: of each of these people the newest, the newest first.

    Each state is one range of the index delivery_listed, read in its order; people are looked up by their
    key. So it costs what is stuck at most, however many people there are and whatever was delivered.
    """
    rows = Delivery.objects.for_integration(integration)
    newer = rows.filter(line=OuterRef("line"), number__gt=OuterRef("number"), place__isnull=False)
    rows = rows.filter(Exists(people.filter(pk=OuterRef("line"))))
    rows = rows.exclude(Exists(newer.filter(status__in=STUCK)))
    parts = [
        paging.by_number(rows.filter(status__gte=each, status__lte=each), cursor, size=size, within="status")
        for each in STUCK
    ]
    return paging.merged(parts, cursor, size=size)


def is_stuck() -> Exists:
    """Of a person: whether something of theirs does not arrive by itself. One look into delivery_open."""
    # all-tenants: of the person in hand
    rows = Delivery.objects.filter(line=OuterRef("pk"), place__isnull=False, status__in=STUCK)
    return Exists(rows)


def one(integration: Integration, delivery_id: UUID) -> Delivery:
    """Http404 for an id that is not of this integration."""
    rows = Delivery.objects.for_integration(integration).select_related("integration__workspace", "change")
    found = rows.filter(id=delivery_id).first()
    if found is None:
        raise Http404
    return found


def names(integration: Integration, deliveries: Sequence[Delivery]) -> dict[UUID, str]:
    """The names of people who were not named yet when their delivery was made, by their line."""
    unnamed = [delivery.line for delivery in deliveries if not delivery.label]
    if not unnamed:
        return {}
    known = wanted.source().people(integration.pk, unnamed)
    return {line: person.user_name for line, person in known.items()}


def tries(deliveries: Sequence[Delivery], latest: int) -> dict[int, list[Attempt]]:
    """The latest tries of each, in their order, by the delivery's number. One query."""
    found: dict[int, list[Attempt]] = defaultdict(list)
    # all-tenants: of the deliveries given
    rows = Attempt.objects.filter(delivery__in=deliveries, number__gt=F("delivery__attempts") - latest)
    for attempt in rows.order_by("delivery", "number"):
        found[attempt.delivery_id].append(attempt)
    return found


def counts(integration: Integration) -> dict[str, int]:
    """How many are open by state, each counted up to 1,001. One query."""
    own = Integration.objects.filter(pk=integration.pk)  # all-tenants: the integration given
    numbers = own.order_by().values_list(*(_counted([state], integration.pk) for state in OPEN)).get()
    return {state.value: number or 0 for state, number in zip(OPEN, numbers, strict=True)}


def delivering(integrations: Iterable[Integration]) -> dict[UUID, Delivering]:
    """How delivery goes for those that deliver: three queries however many there are, none for those that
    observe."""
    live = [one.pk for one in integrations if one.mode == Integration.Mode.LIVE]
    if not live:
        return {}
    lanes = Lane.objects.in_bulk(live)  # all-tenants: of the integrations given
    here = Integration.objects.filter(pk__in=live)  # all-tenants: of the integrations given
    ever = Delivery.objects.filter(integration=OuterRef("pk"))  # all-tenants: of the integrations given
    states = ([Status.DEAD], GOING, FOR_PEOPLE)
    rows = here.order_by().values_list(
        "pk", Exists(ever), *(_counted(each, OuterRef("pk")) for each in states)
    )
    tripped = HeldBatch.objects.open().filter(integration__in=live)  # all-tenants: as above
    braked = set(tripped.values_list("integration", flat=True))
    return {
        pk: replace(
            _of_lane(lanes.get(pk)),
            failed=failed or 0,
            waiting=waiting or 0,
            with_people=with_people or 0,
            has_any=has_any,
            is_braked=pk in braked,
        )
        for pk, has_any, failed, waiting, with_people in rows
    }


def _of_lane(lane: Lane | None) -> Delivering:
    if lane is None:
        return Delivering(most=COUNTED)
    return Delivering(
        most=COUNTED,
        is_paused=lane.paused_at is not None,
        is_held=lane.held_at is not None,
        held_for=lane.held_for,
        trouble=lane.trouble,
    )


def _counted(states: Iterable[str], integration: UUID | OuterRef) -> Subquery:
    """The number of deliveries in these states, as far as it is counted."""
    inner = integration if isinstance(integration, UUID) else OuterRef(integration)
    rows = Delivery.objects.filter(integration=inner, status__in=list(states))  # all-tenants: as given
    capped = Delivery.objects.filter(pk__in=rows.order_by().values("pk")[: COUNTED + 1])  # all-tenants: same
    return Subquery(capped.order_by().annotate(n=Func(F("pk"), function="COUNT")).values("n"))


def _about(rows: QuerySet[Delivery], integration: Integration, query: str) -> QuerySet[Delivery]:
    if TRACE.fullmatch(query):
        return rows.filter(trace_id=query)
    source = wanted.source()
    named = source.named(integration.pk, query, MOST_NAMED)
    named += source.groups_named(integration.pk, query, MOST_NAMED)
    return rows.filter(line__in=[one.id for one in named])
