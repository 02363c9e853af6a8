"""Where an integration stands: the state people see, computed from facts, with cause and next step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations import idps
from integrations.models import GatewayToken, Integration
from integrations.traffic.models import Contact, RefusedToken

RECENTLY = timedelta(hours=1)
EXPIRING = timedelta(days=14)


class State(models.TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    WAITING = "waiting", gettext_lazy("Waiting for the IdP")
    CONNECTED = "connected", gettext_lazy("Connected (observing)")
    OPERATIONAL = "operational", gettext_lazy("Operational")
    PAUSED = "paused", gettext_lazy("Paused")
    SILENT = "silent", gettext_lazy("Silent")
    ATTENTION = "attention", gettext_lazy("Needs attention")
    ARCHIVED = "archived", gettext_lazy("Archived")


BADGES = {
    **dict.fromkeys((State.CONNECTED, State.OPERATIONAL), "ok"),
    **dict.fromkeys((State.SILENT, State.PAUSED), "warn"),
    State.ATTENTION: "bad",
    State.WAITING: "info",
}


@dataclass(frozen=True, slots=True)
class Delivering:
    """How delivery goes where it is switched on, as whoever delivers says it. Counts go up to `most` and one
    more."""

    failed: int = 0
    waiting: int = 0
    # For somebody to act, or for the decision about the safety brake.
    with_people: int = 0
    # Whether there was ever anything to deliver.
    has_any: bool = True
    most: int = 1_000
    is_paused: bool = False
    is_held: bool = False
    # The safety brake holds leavers or losses until somebody decides.
    is_braked: bool = False
    # Why the lane is held, or what the app's trouble is, in sentences.
    held_for: str = ""
    trouble: str = ""

    @property
    def failed_shown(self) -> str:
        return _shown(self.failed, self.most)

    @property
    def waiting_shown(self) -> str:
        return _shown(self.waiting, self.most)

    @property
    def with_people_shown(self) -> str:
        return _shown(self.with_people, self.most)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one integration when its state is computed."""

    integration: Integration
    tokens: Sequence[GatewayToken]
    contact: Contact | None
    refused: int
    refused_at: datetime | None
    now: datetime
    # None while it observes.
    delivering: Delivering | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`alarms` are sentences for Connected services; `expires_at` is when the newest live token ends."""

    state: State
    cause: str
    next_step: str = ""
    idp: str = ""
    last_at: datetime | None = None
    expires_at: datetime | None = None
    has_live_token: bool = False
    alarms: list[str] = field(default_factory=list)
    delivering: Delivering | None = None

    @property
    def badge(self) -> str:
        return BADGES.get(self.state, "")

    @property
    def label(self) -> str:
        return str(self.state.label)


def of(integration: Integration, delivering: Mapping[UUID, Delivering] | None = None) -> Standing:
    return of_many([integration], delivering)[integration.pk]


def of_many(
    integrations: Iterable[Integration], delivering: Mapping[UUID, Delivering] | None = None
) -> dict[UUID, Standing]:
    """The standing of each, in three queries however many there are; `delivering` says how delivery goes for
    those where it is switched on."""
    every = list(integrations)
    going = delivering or {}
    now = timezone.now()
    tokens: dict[UUID, list[GatewayToken]] = defaultdict(list)
    # all-tenants: of the integrations given
    for token in GatewayToken.objects.filter(integration__in=every).order_by("created_at", "pk"):
        tokens[token.integration_id].append(token)
    # all-tenants: of the integrations given
    contacts = Contact.objects.in_bulk([integration.pk for integration in every])
    refused = {row["integration"]: row for row in _refused_since(every, now - RECENTLY)}
    found = {}
    for integration in every:
        row = refused.get(integration.pk, {"count": 0, "at": None})
        facts = Facts(
            integration,
            tokens[integration.pk],
            contacts.get(integration.pk),
            row["count"],
            row["at"],
            now,
            going.get(integration.pk),
        )
        found[integration.pk] = _stand(facts)
    return found


def _refused_since(integrations: Sequence[Integration], since: datetime) -> Iterable[Any]:
    # all-tenants: of the integrations given
    rows = RefusedToken.objects.filter(integration__in=integrations, last_at__gte=since)
    return rows.order_by().values("integration").annotate(count=Sum("count"), at=Max("last_at"))


def _stand(facts: Facts) -> Standing:
    live = [token for token in facts.tokens if token.is_live(facts.now)]
    alarms = _alarms(facts, live)
    state, cause, next_step = _state(facts, alarms)
    contact = facts.contact
    return Standing(
        state=state,
        cause=cause,
        next_step=next_step,
        idp=facts.integration.idp or (contact.idp if contact else ""),
        last_at=contact.last_accepted_at if contact else None,
        expires_at=live[-1].ends_at(facts.now) if live else None,
        has_live_token=bool(live),
        alarms=alarms,
        delivering=facts.delivering,
    )


def _state(facts: Facts, alarms: list[str]) -> tuple[State, str, str]:
    if facts.integration.archived_at:
        return (
            State.ARCHIVED,
            _("It is retired; requests are answered 403."),
            _("Restore it to use it again."),
        )
    if not facts.tokens:
        return State.DRAFT, _("There is no token yet."), _("Generate a token on Connected services.")
    if alarms:
        return State.ATTENTION, alarms[0], _("Connected services says what to do.")
    trouble = _of_delivery(facts.delivering) if facts.delivering else None
    return trouble or _heard(facts)


def _of_delivery(going: Delivering) -> tuple[State, str, str] | None:
    """What stands in the way of delivery; None while it goes."""
    if going.is_paused:
        return State.PAUSED, _("Delivery is paused. Changes wait in their order."), _("Resume it.")
    look = _("The Deliveries tab says what to do.")
    if going.is_held:
        cause = _("Delivery is held: %(cause)s") % {"cause": going.held_for}
        return State.ATTENTION, cause, look
    if going.is_braked:
        cause = _("Too much would be lost at once: the safety brake holds it.")
        return State.ATTENTION, cause, look
    if going.failed:
        words = ngettext("%(shown)s delivery failed.", "%(shown)s deliveries failed.", going.failed)
        return State.ATTENTION, words % {"shown": going.failed_shown}, look
    if going.trouble:
        cause = _("The app is not reached: %(trouble)s") % {"trouble": going.trouble}
        return State.ATTENTION, cause, _("It is tried again by itself.")
    return None


def _heard(facts: Facts) -> tuple[State, str, str]:
    """By what was heard of the identity provider, and whether the app is reached."""
    heard = facts.contact.last_accepted_at if facts.contact else None
    if heard is None:
        return (
            State.WAITING,
            _("No request has come yet."),
            _("Paste URL and token into the identity provider."),
        )
    provider = idps.get(facts.integration.idp or (facts.contact.idp if facts.contact else ""))
    if facts.now - heard > provider.silence:
        cause = _("Nothing was heard for longer than usual.")
        return State.SILENT, cause, _("Check the provisioning status in the identity provider.")
    if facts.delivering is None:
        return State.CONNECTED, _("Requests are accepted and recorded; nothing is delivered yet."), ""
    return State.OPERATIONAL, _("Requests are accepted, and their changes are delivered to the app."), ""


def _alarms(facts: Facts, live: Sequence[GatewayToken]) -> list[str]:
    """What someone has to do something about, the most pressing first."""
    found = []
    if facts.tokens and not live:
        found.append(_("No token works any more: every request is refused until you generate one."))
    if facts.refused and _is_unanswered(facts):
        found.append(
            ngettext(
                "A request was refused for its token in the last hour.",
                "%(count)d requests were refused for their token in the last hour.",
                facts.refused,
            )
            % {"count": facts.refused}
        )
    found += [_overdue(token, facts.now) for token in live if token.is_overdue(facts.now)]
    newest = live[-1] if live else None
    if newest and newest.expires_at and newest.expires_at - facts.now <= EXPIRING:
        found.append(
            _("The token %(token)s expires on %(day)s. Replace it before then.")
            % {"token": newest.shown_name, "day": format_date(timezone.localtime(newest.expires_at), "j M Y")}
        )
    return found


def _is_unanswered(facts: Facts) -> bool:
    """Whether the last refusal is newer than the last accepted request: then nobody has mended it yet."""
    heard = facts.contact.last_accepted_at if facts.contact else None
    return heard is None or (facts.refused_at is not None and facts.refused_at > heard)


def _overdue(token: GatewayToken, now: datetime) -> str:
    end = token.ends_at(now)
    return _(
        "The new token has not been used yet. The overlap was extended once: %(token)s ends at %(time)s UTC, "
        "and provisioning stops then."
    ) % {"token": token.shown_name, "time": f"{end:%H:%M}" if end else ""}


def _shown(number: int, most: int) -> str:
    return str(number) if number <= most else f"{most}+"
