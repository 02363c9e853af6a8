"""What people do with a sync: start and stop it, and decide about what it found. All of it is audited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery.connector import Intent
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery, SyncRun
from integrations.delivery.queue import lanes, outbox
from integrations.delivery.syncing import attaching, comparing, listing, starting, traits
from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import KnownPerson
from integrations.kit import ids, transactions
from integrations.kit.errors import Refused
from integrations.models import Integration
from integrations.roles import Action, By

State = SyncRun.State


def start(integration: Integration, *, by: By) -> SyncRun:
    """Asks for a run. Refused where the app cannot be read, and while a run is on."""
    roles.require(by, Action.DELIVERY_MANAGE)
    with transactions.write():
        run = starting.begin(integration, roles.label(by))
        _record(Event.SYNC_STARTED, integration, by=by)
    return run


def stop(run: SyncRun, *, by: By) -> None:
    """Ends it soon: what was read so far is kept. Refused for a run that has ended."""
    roles.require(by, Action.DELIVERY_MANAGE)
    running = SyncRun.objects.for_integration(run.integration).filter(pk=run.pk, state=State.RUNNING)
    with transactions.write():
        if not running.update(stop_requested=True):
            raise Refused("closed", _("This sync has ended already."))
        # Nobody has it yet: nobody would see the wish.
        running.filter(beat_at=None).update(state=State.STOPPED, ended_at=timezone.now())
        starting.end_lost(run.integration)
        _record(Event.SYNC_STOPPED, run.integration, by=by)


def bring_in_step(accounts: Sequence[AppAccount], *, by: By) -> int:
    """Delivers what is wanted to each that is out of step; how many. Refused while nothing is delivered."""
    roles.require(by, Action.DELIVERY_MANAGE)
    if accounts and accounts[0].integration.mode != Integration.Mode.LIVE:
        raise Refused("observing", _("Delivery is not switched on here."))

    def bring(rows: Sequence[AppAccount]) -> None:
        people = wanted.source().people(rows[0].integration_id, [row.line for row in rows if row.line])
        trace_id = ids.trace()
        outbox.add([_delivery(row, people[row.line], trace_id) for row in rows if row.line in people])

    return _each(accounts, bring, Event.ACCOUNT_BROUGHT, by=by)


def take_over(accounts: Sequence[AppAccount], *, by: By) -> int:
    """Accepts what the app has: the differences are not told again until they have changed. How many. The
    identity provider's next change of such a person is carried all the same."""
    roles.require(by, Action.DELIVERY_MANAGE)

    def accept(rows: Sequence[AppAccount]) -> None:
        for row in rows:
            row.accepted, row.differences = [*row.accepted, *row.differences], []
            row.is_out_of_step = False
        AppAccount.objects.bulk_update(rows, ["accepted", "differences", "is_out_of_step"], batch_size=500)

    return _each(accounts, accept, Event.ACCOUNT_TAKEN_OVER, by=by)


def match(account: AppAccount, person_id: UUID, *, by: By) -> None:
    """The account is this person's. Refused where one of them has another already, or is not known."""
    roles.require(by, Action.DELIVERY_MANAGE)
    integration = account.integration
    person = wanted.known(integration.pk, person_id)
    if person is None or person.is_test:
        raise Refused("unknown", _("There is no such person here."), "person")
    with transactions.write():
        lanes.lock(integration.pk)
        current = _current(account)
        if current.line is not None:
            raise Refused("matched", _("This account belongs to somebody already."))
        own = listing.of_person(integration, person_id)
        if own is not None and own.ref and not own.is_gone:
            words = _("%(person)s has the account %(name)s. Take that from them first.")
            raise Refused("taken", words % {"person": person.user_name, "name": str(own)}, "person")
        attaching.attach(integration.pk, [(current, person_id)])
        _judge(integration, person)
        detail = {"account": str(current), "person": person.user_name}
        _record(Event.ACCOUNT_MATCHED, integration, by=by, detail=detail)


def unmatch(account: AppAccount, *, by: By) -> None:
    """The account is nobody's here, and is not matched or suggested by itself any more. Refused where the
    app has no such account."""
    roles.require(by, Action.DELIVERY_MANAGE)
    with transactions.write():
        lanes.lock(account.integration_id)
        current = _current(account)
        if not current.ref or current.is_gone:
            raise Refused("missing", _("There is no account in the app that could be taken from them."))
        listing.unmatched(account.integration).filter(ref=current.ref).exclude(pk=current.pk).delete()
        current.line, current.suggestion, current.claims, current.is_kept_apart = None, None, 0, True
        current.differences, current.accepted, current.is_out_of_step = [], [], False
        current.origin = AppAccount.Origin.FOUND
        traits.put_keys(current)
        current.save()
        _record(Event.ACCOUNT_UNMATCHED, account.integration, by=by, detail={"account": str(current)})


def _each(
    accounts: Sequence[AppAccount], act: Callable[[Sequence[AppAccount]], None], event: Event, *, by: By
) -> int:
    """Does it to those that are still out of step, in one transaction; how many they were."""
    if not accounts:
        return 0
    integration = accounts[0].integration
    with transactions.write():
        lanes.lock(integration.pk)
        rows = listing.out_of_step(integration).select_for_update(of=("self",))
        current = list(rows.filter(pk__in=[one.pk for one in accounts]).order_by("pk"))
        if current:
            act(current)
            detail = {"number": len(current), "accounts": [str(one) for one in current[:20]]}
            _record(event, integration, by=by, detail=detail)
    return len(current)


def _delivery(row: AppAccount, person: KnownPerson, trace_id: str) -> Delivery:
    """What is carried is made of what is wanted then; of the intent only whether somebody leaves."""
    leaves = Intent.DELETE if person.is_deleted else Intent.DEACTIVATE
    return Delivery(
        integration_id=row.integration_id,
        trace_id=trace_id,
        line=person.id,
        label=person.user_name[:512],
        intent=Intent.UPDATE if comparing.stays(person) else leaves,
        version=1,
    )


def _judge(integration: Integration, person: KnownPerson) -> None:
    """How the account that a person has now differs from what is wanted."""
    row = listing.of_person(integration, person.id)
    connector = connecting.connector_of(integration)
    if row is None or connector is None:
        return
    measure = comparing.measure(integration, connecting.of(integration), connector)
    comparing.settle(row, comparing.differences(row, person, measure))
    row.save(update_fields=["differences", "accepted", "is_out_of_step"])


def _current(account: AppAccount) -> AppAccount:
    rows = AppAccount.objects.select_for_update().for_integration(account.integration_id)
    found = rows.filter(pk=account.pk).first()
    if found is None:
        raise Refused("gone", _("This account is not listed any more: somebody decided, or a sync ran."))
    return found


def _record(event: Event, integration: Integration, *, by: By, detail: dict[str, Any] | None = None) -> None:
    trail.record(event, integration, by=by, workspace=integration.workspace, detail=detail)
