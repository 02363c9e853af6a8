"""Where people stand on the way into the app: the state in a word, why, and which delivery says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import LEAVING, Intent, Mode
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery, Lane
from integrations.delivery.queue import lanes
from integrations.models import Integration

Status = Delivery.Status


class State(models.TextChoices):
    PROVISIONING_AWAITING = "provisioning_awaiting", gettext_lazy("Provisioning awaiting")
    PROVISIONING_ONGOING = "provisioning_ongoing", gettext_lazy("Provisioning ongoing")
    PROVISIONING_FAILED = "provisioning_failed", gettext_lazy("Provisioning failed")
    UPDATE_AWAITING = "update_awaiting", gettext_lazy("Update awaiting")
    UPDATE_ONGOING = "update_ongoing", gettext_lazy("Update ongoing")
    UPDATE_FAILED = "update_failed", gettext_lazy("Update failed")
    DELETE_AWAITING = "delete_awaiting", gettext_lazy("Delete awaiting")
    DELETE_ONGOING = "delete_ongoing", gettext_lazy("Delete ongoing")
    DELETE_FAILED = "delete_failed", gettext_lazy("Delete failed")
    ONBOARDED = "onboarded", gettext_lazy("Onboarded")
    OFFBOARDED = "offboarded", gettext_lazy("Offboarded")
    HELD = "held", gettext_lazy("Held")
    OUT_OF_STEP = "out_of_step", gettext_lazy("Out of step")
    TEST_ONLY = "test_only", gettext_lazy("Test only")
    # While the integration observes, and for whom nothing was delivered since.
    OBSERVED = "observed", gettext_lazy("Observed")
    DELETED = "deleted", gettext_lazy("Deleted")


_BADGES = {
    **{state: "bad" for state in State if state.value.endswith("_failed")},
    **{state: "info" for state in State if state.value.endswith(("_awaiting", "_ongoing"))},
    State.HELD: "warn",
    State.OUT_OF_STEP: "warn",
    State.ONBOARDED: "ok",
}
# How far an open delivery is: the second half of its word. Of several the last named is told.
_PROGRESS = {
    Status.WAITING: "awaiting",
    **dict.fromkeys((Status.RETRYING, Status.CONFIRMING, Status.WITH_PERSON, Status.RUNNING), "ongoing"),
    Status.HELD: "held",
    Status.DEAD: "failed",
}
_URGENCY = {status: place for place, status in enumerate(_PROGRESS)}
# What says where somebody rests; a deletion put off that was skipped changes nothing.
_TELLING = Q(status=Status.DELIVERED) | Q(status=Status.SKIPPED) & ~Q(intent=Intent.DELETE, version=0)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person. `deliveries` are the open ones; `last` is the latest that has ended
    delivered or skipped; `account` is None for connectors that tell events: what the app makes of them is
    not known. `lane_waits` says why nothing goes out, "" while it does."""

    is_test: bool = False
    is_deleted: bool = False
    is_live: bool = True
    deliveries: Sequence[Delivery] = ()
    last: Delivery | None = None
    account: AppAccount | None = None
    keeps_accounts: bool = True
    lane_waits: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """`user_name` and `roles` are those of the account in the app, as it was last set or read; one that is
    not active gives access to nothing."""

    state: State
    cause: str = ""
    remedy: str = ""
    delivery: Delivery | None = None
    user_name: str = ""
    roles: Sequence[str] = ()

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def badge(self) -> str:
        return _BADGES.get(self.state, "")

    @property
    def words(self) -> str:
        """The cause, and what mends it."""
        return f"{self.cause} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class Person:
    """`last` is what `last_of` found for them, None where nothing is delivered."""

    id: UUID
    is_test: bool
    is_deleted: bool
    last: int | None = None


def last_of(integration: Integration) -> Subquery:
    """The number of a person's latest delivery that says where they rest: for a query of rows whose keys are
    their lines. One look into an index for each, however long their history is."""
    told = Delivery.objects.for_integration(integration).filter(_TELLING, line=OuterRef("pk"))
    return Subquery(told.order_by("-number").values("number")[:1])


def of(integration: Integration, people: Sequence[Person]) -> dict[UUID, Standing]:
    """Where each of these people stands, by id. No query while the integration observes, else four, however
    many they are."""
    known = _Known(integration)
    if known.is_live:
        known.read(people)
    return {person.id: stand(known.facts(person)) for person in people}


def stand(facts: Facts) -> Standing:
    """The rules, in their order."""
    account = facts.account
    there: dict[str, Any] = {}
    if account is not None and not account.is_gone:
        there = {"user_name": account.user_name, "roles": account.roles if account.is_active else ()}
    if facts.is_test:
        return Standing(State.TEST_ONLY, _("A connection test of the identity provider made this person."))
    shown = [one for one in facts.deliveries if not _waits_on_purpose(one)]
    if facts.is_live and shown:
        return _moving(max(shown, key=_importance), facts, there)
    if facts.is_live and (facts.last or account):
        return _resting(facts, there)
    if facts.is_deleted:
        return Standing(State.DELETED, **there)
    cause = _("Nothing was delivered for this person yet.") if facts.is_live else ""
    return Standing(State.OBSERVED, cause, **there)


def _moving(delivery: Delivery, facts: Facts, there: dict[str, Any]) -> Standing:
    progress = _PROGRESS[Status(delivery.status)]
    state = State.HELD if progress == "held" else State(f"{_phase(delivery, facts)}_{progress}")
    return Standing(state, _cause(delivery, facts), delivery.remedy, delivery, **there)


def _resting(facts: Facts, there: dict[str, Any]) -> Standing:
    last, account = facts.last, facts.account
    if last is not None and last.status == Status.SKIPPED:
        cause = _("It was skipped: %(why)s") % {"why": last.problem}
        return Standing(State(f"{_phase(last, facts)}_failed"), cause, delivery=last, **there)
    if account is not None and account.differences:
        return Standing(State.OUT_OF_STEP, " ".join(account.differences), delivery=last, **there)
    leaves = last is not None and Intent(last.intent) in LEAVING
    is_there = account.is_active and not account.is_gone if account is not None else not leaves
    cause = str(last.proof.get("words", "")) if last is not None else ""
    return Standing(State.ONBOARDED if is_there else State.OFFBOARDED, cause, delivery=last, **there)


def _phase(delivery: Delivery, facts: Facts) -> str:
    """The first half of the word: what the delivery does for this person as they stand in the app."""
    intent = Intent(delivery.intent)
    if intent in LEAVING:
        return "delete"
    if not facts.keeps_accounts:
        return "provisioning" if intent in {Intent.CREATE, Intent.ACTIVATE} else "update"
    account = facts.account
    return "update" if account is not None and account.is_active and not account.is_gone else "provisioning"


def _cause(delivery: Delivery, facts: Facts) -> str:
    if delivery.status == Status.WITH_PERSON:
        return _("It waits for a person who does it by hand.")
    if delivery.status == Status.CONFIRMING:
        return _("The app took it and has not confirmed it yet.")
    if delivery.problem and delivery.status == Status.RETRYING:
        return _("%(problem)s Next try: %(when)s.") % {
            "problem": delivery.problem,
            "when": _moment(delivery.due_at),
        }
    if delivery.problem:
        return delivery.problem
    if delivery.status == Status.WAITING:
        return facts.lane_waits or _("It is next, or waits for its turn.")
    return ""


def _importance(delivery: Delivery) -> tuple[bool, int, int]:
    return Intent(delivery.intent) in LEAVING, _URGENCY[Status(delivery.status)], delivery.number or 0


def _waits_on_purpose(delivery: Delivery) -> bool:
    """The deletion that follows days after a deactivation: until then the person is offboarded."""
    return lanes.is_put_off(delivery) and delivery.due_at > timezone.now()


def _moment(at: datetime) -> str:
    return format_date(timezone.localtime(at), "j M, H:i")


class _Known:
    """What a few queries say of all of them."""

    def __init__(self, integration: Integration) -> None:
        self.integration = integration
        self.is_live = integration.mode == Integration.Mode.LIVE
        self.deliveries: dict[UUID, list[Delivery]] = defaultdict(list)
        self.last: dict[UUID, Delivery] = {}
        self.accounts: dict[UUID, AppAccount] = {}
        self.lane_waits = ""
        connector = connecting.connector_of(integration)
        self.keeps_accounts = connector is None or connector.mode is Mode.STATE

    def read(self, people: Sequence[Person]) -> None:
        ids = [person.id for person in people]
        rows = Delivery.objects.for_integration(self.integration)
        for one in rows.filter(line__in=ids, place__isnull=False).order_by("number"):
            self.deliveries[one.line].append(one)
        numbers = [person.last for person in people if person.last is not None]
        self.last = {one.line: one for one in rows.filter(pk__in=numbers)}
        if self.keeps_accounts:
            accounts = AppAccount.objects.for_integration(self.integration).filter(line__in=ids)
            self.accounts = {one.line: one for one in accounts if one.line}
        self.lane_waits = _lane_waits(Lane.objects.for_integration(self.integration).first())

    def facts(self, person: Person) -> Facts:
        return Facts(
            is_test=person.is_test,
            is_deleted=person.is_deleted,
            is_live=self.is_live,
            deliveries=self.deliveries.get(person.id, ()),
            last=self.last.get(person.id),
            account=self.accounts.get(person.id),
            keeps_accounts=self.keeps_accounts,
            lane_waits=self.lane_waits,
        )


def _lane_waits(lane: Lane | None) -> str:
    if lane is None:
        return ""
    if lane.paused_at:
        return _("Delivery is paused.")
    if lane.held_at:
        return _("Delivery is held: %(why)s") % {"why": lane.held_for}
    if lane.trouble:
        return _("The app is in trouble: %(why)s") % {"why": lane.trouble}
    return ""
