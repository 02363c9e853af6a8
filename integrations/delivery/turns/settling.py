"""Writes down what came of the tries: the proof, the next try, the trouble, the task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery.connector import (
    Accepted,
    Done,
    Failed,
    Intent,
    Kind,
    Mode,
    NeedsPerson,
    Outcome,
    Proof,
    Retry,
)
from integrations.delivery.errands import claims, connecting, ending
from integrations.delivery.errands.orders import Nothing
from integrations.delivery.hands import tasks
from integrations.delivery.models import AppConnection, Attempt, Delivery
from integrations.delivery.queue import duties, lanes
from integrations.delivery.queue.lanes import Holder
from integrations.delivery.turns import accounts
from integrations.delivery.turns.tried import Tried, attempt
from integrations.delivery.turns.trouble import LaneTrouble, is_of_lane, pause
from integrations.kit import keepable
from integrations.kit.prepared import Insert, Update

Status, Place = Delivery.Status, Delivery.Place
# DESIGN (Flow), decision 6: network trouble is borne for three days, an app's no three times.
PATIENCE = timedelta(hours=72)
MOST_REFUSALS = 3
# Trying again changes nothing about these.
FINAL = frozenset({Kind.INVALID, Kind.LICENCE, Kind.UNKNOWN})
CONFIRM_AFTER = timedelta(minutes=5)

_insert_attempt = Insert(Attempt)
_insert_delivery = Insert(Delivery)
_update = Update(
    Delivery,
    *("status", "place", "due_at", "attempts", "first_tried_at", "problem", "remedy", "proof", "ended_at"),
    *("label",),
)
_update_unbegun = Update(Delivery, "status", "attempts", "first_tried_at")


@dataclass(frozen=True, slots=True)
class Expansion:
    """People of a group who are to be looked at; others follow `after` this one, None where these are all."""

    people: Sequence[UUID]
    intent: Intent
    after: UUID | None


def settle(holder: Holder, tried: Sequence[Tried], connection: AppConnection) -> None:
    """Writes what came of some tries, in one transaction. LaneLostError when the lane is another's now.

    What was decided about a delivery meanwhile stays; its try is kept all the same, and what the app has.
    """
    if not tried:
        return
    # A connector may be somebody else's: what it says is not written before it can be.
    tried = [replace(one, carried=keepable.value(one.carried)) for one in tried]
    with lanes.writing(holder):
        still = lanes.still_begun(one.delivery for one in tried)
        for one in tried:
            one.delivery.attempts += 1
            one.delivery.first_tried_at = one.delivery.first_tried_at or one.carried.started_at
        _insert_attempt.many([attempt(one) for one in tried])
        accounts.note(holder.integration.pk, tried)
        trouble = LaneTrouble()
        open_ones = [one for one in tried if one.delivery.pk in still]
        vain = _waiting_in_vain(holder, open_ones, connection)
        for one in open_ones:
            if one.delivery.pk in vain:
                _again(one.delivery)
            else:
                _settle(one, connection, trouble)
            _update.one(one.delivery)
        _follow(holder, [one.delivery for one in open_ones])
        trouble.write(holder)


def begin(holder: Holder, deliveries: Sequence[Delivery]) -> set[int]:
    """Marks them as running before anything is sent: an heir then knows that a try may have had its
    effect. The numbers of those that are still to be carried; what is in hand stays as it was found."""
    if not deliveries:
        return set()
    now = timezone.now()
    with lanes.writing(holder):
        begun = lanes.still_due(deliveries)
        begun.exclude(status=Status.CONFIRMING).update(status=Status.RUNNING)
        begun.update(attempts=F("attempts") + 1, first_tried_at=Coalesce("first_tried_at", Value(now)))
        return set(begun.values_list("pk", flat=True))


def put_back(holder: Holder, deliveries: Sequence[Delivery]) -> None:
    """Leaves as they were found those that were marked as running, and of which nothing was sent."""
    if not deliveries:
        return
    with lanes.writing(holder):
        still = lanes.still_begun(deliveries)
        _update_unbegun.many([one for one in deliveries if one.pk in still])


def nothing(holder: Holder, deliveries: Sequence[tuple[Delivery, Nothing]]) -> None:
    """Ends deliveries that there is nothing to do for; whose account is another's by now gives it up."""
    if not deliveries:
        return
    with lanes.writing(holder):
        still = set(lanes.still_due(one for one, _why in deliveries).values_list("pk", flat=True))
        ended = [(delivery, why) for delivery, why in deliveries if delivery.pk in still]
        for delivery, why in ended:
            if why.status == Status.DELIVERED:
                ending.close(delivery, why.status, Proof(why.words))
            else:
                ending.close(delivery, why.status, problem=why.words)
            _update.one(delivery)
        needless = [delivery.line for delivery, why in ended if why.status != Status.DELIVERED]
        if needless:
            claims.give_up(holder.integration.pk, needless)
        _follow(holder, [delivery for delivery, _why in ended])


def expand(holder: Holder, delivery: Delivery, into: Expansion) -> None:
    """Puts a group's change into the lines of its people, some at a time."""
    made = [_member(delivery, pk, into.intent) for pk in into.people]
    with lanes.writing(holder):
        if not lanes.still_due([delivery]).exists():
            return
        _insert_delivery.many(made)
        if into.after is not None:
            # Where to go on stands in the proof until the last have been told.
            delivery.proof = {"expanded_to": str(into.after)}
        else:
            ending.close(delivery, Status.DELIVERED, Proof(_("Each of its people was told.")))
        _update.one(delivery)


def _member(group: Delivery, person_id: UUID, intent: Intent) -> Delivery:
    now = timezone.now()
    settled = group.created_at + duties.SETTLE_WINDOW if intent is Intent.REVOKE else now
    return Delivery(
        integration_id=group.integration_id,
        change_id=group.change_id,
        trace_id=group.trace_id,
        line=person_id,
        intent=intent,
        version=group.version,
        group_id=group.line,
        group_name=group.label,
        due_at=max(now, settled),
    )


def _settle(one: Tried, connection: AppConnection, trouble: LaneTrouble) -> None:
    delivery, outcome = one.delivery, one.carried.outcome
    match outcome:
        case Done():
            trouble.works = True
            ending.close(delivery, Status.DELIVERED, outcome.proof)
            if one.order.person is not None and one.order.is_leaving:
                lanes.end_losses(delivery)
            if one.order.person is not None and one.order.person.is_deleted:
                ending.put_off_deletion(delivery, one.order.intent, connection)
        case Accepted():
            trouble.works = True
            delivery.proof = ending.proof(outcome.proof)
            delivery.status = Status.CONFIRMING
            delivery.place = Place.PARKED if outcome.check_after is None else Place.HEAD
            delivery.due_at = timezone.now() + (outcome.check_after or timedelta())
        case NeedsPerson():
            delivery.status, delivery.place = Status.WITH_PERSON, Place.PARKED
            delivery.problem = outcome.question
            if one.order.person is not None:
                delivery.label = delivery.label or one.order.person.user_name[:512]
            tasks.open_for(delivery, outcome.question, outcome.steps, order=one.order)
        case Retry():
            _wait(delivery, outcome, trouble)
        case Failed():
            _refused(one, outcome, trouble, connection=connection)


def _waiting_in_vain(holder: Holder, tried: Sequence[Tried], connection: AppConnection) -> set[int]:
    """The numbers of those that the app has taken, and whose answer nobody would hear: another connector was
    chosen meanwhile, or other settings by which it would be asked. One query where any waits."""
    waiting = {
        one.delivery.pk: one.carried.outcome
        for one in tried
        if isinstance(one.carried.outcome, Accepted)
        or (isinstance(one.carried.outcome, Retry) and one.delivery.status == Status.CONFIRMING)
    }
    if not waiting:
        return set()
    is_another, is_elsewhere = connecting.changes(connection, holder.integration.connector)
    return {
        pk for pk, outcome in waiting.items() if is_another or (is_elsewhere and not _calls_back(outcome))
    }


def _calls_back(outcome: Outcome) -> bool:
    """Whether the app answers by itself."""
    return isinstance(outcome, Accepted) and outcome.check_after is None


def _again(delivery: Delivery) -> None:
    """It is carried once more, by the settings of then."""
    delivery.status, delivery.place, delivery.due_at = Status.RETRYING, Place.HEAD, timezone.now()
    delivery.first_tried_at, delivery.problem, delivery.remedy, delivery.proof = None, "", "", {}


def _wait(delivery: Delivery, outcome: Retry, trouble: LaneTrouble) -> None:
    now = timezone.now()
    delivery.problem, delivery.remedy = str(outcome.reason), ""
    if delivery.first_tried_at and now - delivery.first_tried_at > PATIENCE:
        ending.bury(delivery, str(outcome.reason), _("Mend the app, then retry."))
        return
    if delivery.status != Status.CONFIRMING:
        delivery.status = Status.RETRYING
    delivery.place = Place.HEAD
    if outcome.of_app:
        delivery.due_at = now
        trouble.add(outcome)
    else:
        delivery.due_at = now + pause(delivery.attempts, outcome.after)


def _refused(one: Tried, outcome: Failed, trouble: LaneTrouble, *, connection: AppConnection) -> None:
    delivery = one.delivery
    of_lane = is_of_lane(outcome, still_ok=one.carried.still_ok)
    if of_lane and not connecting.is_current(connection):
        # What the app refused has been replaced meanwhile.
        delivery.status, delivery.place, delivery.due_at = Status.RETRYING, Place.HEAD, timezone.now()
        delivery.problem, delivery.remedy = str(outcome.reason), str(outcome.fix)
    elif of_lane:
        # Nothing becomes dead from a held lane: it is tried again once the cause is mended.
        delivery.status, delivery.place, delivery.due_at = Status.HELD, Place.HEAD, timezone.now()
        delivery.problem, delivery.remedy = str(outcome.reason), str(outcome.fix)
        trouble.held_for = str(outcome.reason)
    elif outcome.kind in FINAL or _refusals(delivery) >= MOST_REFUSALS:
        trouble.works = True
        ending.bury(delivery, str(outcome.reason), str(outcome.fix))
    else:
        trouble.works = True
        delivery.status, delivery.place = Status.RETRYING, Place.HEAD
        delivery.due_at = timezone.now() + pause(delivery.attempts + 2)
        delivery.problem, delivery.remedy = str(outcome.reason), str(outcome.fix)


def _refusals(delivery: Delivery) -> int:
    """How often the app said no, this time included, since somebody last asked for a retry."""
    tries = Attempt.objects.filter(delivery=delivery, result=Attempt.Result.FAILED)  # all-tenants: its tries
    return tries.filter(started_at__gte=delivery.first_tried_at).count()


def _follow(holder: Holder, deliveries: Sequence[Delivery]) -> None:
    """What waited behind those that have ended comes next; who leaves also passes those that are stuck."""
    stopped = [one for one in deliveries if one.place in {None, Place.PARKED}]
    if holder.mode is Mode.EVENT and stopped:
        lanes.promote({one.line for one in stopped})
        made = {one.line for one in stopped if one.place is None and one.intent == Intent.GROUP_CREATE}
        if made:
            lanes.promote_members(holder.integration, made)
