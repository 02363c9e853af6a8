"""Gateway tokens: issue, rotate, revoke, verify."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import idps, roles, token_proof
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.kit import token_text, transactions
from integrations.kit.errors import Refused
from integrations.kit.prepared import Select
from integrations.kit.token_text import TokenText
from integrations.models import GatewayToken, Integration
from integrations.roles import Action, By

MOST_LIVE = 2
DEFAULT_LIFE = timedelta(days=365)
LONGEST_OVERLAP = timedelta(hours=24)
_BEARER = re.compile(r"(?i)bearer\s+")
# What no request asks; without latest use, a row stays the same from request to request.
_NOT_ASKED = (
    *("label", "form_key", "created_at", "created_by", "revoked_by"),
    *("last_used_at", "last_used_ip", "last_used_agent"),
    *("integration__sign_in_url", "integration__created_at", "integration__updated_at"),
)
# Read on every request, whatever was remembered, so that a change holds everywhere at once. Plan: its unique
# index.
_by_public_id = Select[GatewayToken](
    # all-tenants: the token tells whose it is
    lambda public_id: (
        GatewayToken.objects.select_related("integration").defer(*_NOT_ASKED).filter(public_id=public_id)
    ),
    "public_id",
    remembered=256,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is chosen for a new token. `form_key`: the same form sent twice makes one token."""

    label: str = ""
    life: timedelta | None = DEFAULT_LIFE
    form_key: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    text: TokenText
    token_hash: str = field(repr=False)
    tag: str = field(repr=False)
    terms: Terms


@dataclass(frozen=True, slots=True)
class Issued:
    """A token just made; `text` is shown once and kept nowhere."""

    token: GatewayToken
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """A true, live token; `scheme_fault` is "missing" or "doubled" where the word Bearer was, and it was let
    through."""

    token: GatewayToken
    integration: Integration
    scheme_fault: str = ""


class TokenRefused(Exception):
    """Why a token was refused: `cause` is a value of traffic's RefusedToken.Cause; the caller learns the
    header's form alone."""

    def __init__(self, cause: str, shown: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.shown = shown


# Making and ending


def issue(integration: Integration, *, by: By, terms: Terms | None = None) -> Issued:
    """The first token, or the next after all others ended.

    Refused while one is live (then it is `rotate`).
    """
    roles.require(by, Action.TOKEN_MANAGE)
    draft = _draft(terms)
    with transactions.write():
        _lock(integration)
        _refuse_same_form(draft.terms.form_key)
        if live(integration):
            raise Refused(
                "token_exists",
                _("This integration already has a token that works. Replace it with Generate new token."),
            )
        issued = _make(integration, draft, by=by)
        trail.record(Event.TOKEN_GENERATED, issued.token, by=by, workspace=integration.workspace)
    return issued


def rotate(integration: Integration, *, by: By, overlap: timedelta, terms: Terms | None = None) -> Issued:
    """A second token that replaces the live one, which works until the overlap ends; with no overlap it ends
    now.

    Refused with two live tokens, and with none (then it is `issue`).
    """
    roles.require(by, Action.TOKEN_MANAGE)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise Refused("overlap", _("The overlap is at most 24 hours."), "overlap")
    draft = _draft(terms)
    with transactions.write():
        _lock(integration)
        _refuse_same_form(draft.terms.form_key)
        old = _only_live(integration)
        issued = _make(integration, draft, by=by, replaces=old)
        _retire(old, by=by, overlap=overlap)
        trail.record(
            Event.TOKEN_ROTATED,
            issued.token,
            by=by,
            workspace=integration.workspace,
            detail={"replaces": old.shown_name, "overlap_minutes": int(overlap.total_seconds() // 60)},
        )
    return issued


def revoke(token: GatewayToken, *, by: By) -> None:
    """Ends a token at once.

    When it was to replace another that still lives, that one gets its own expiry back.
    """
    roles.require(by, Action.TOKEN_MANAGE)
    with transactions.write():
        integration = _lock(token.integration)
        token.refresh_from_db()
        if token.revoked_at:
            return
        now = timezone.now()
        if token.replaces and token.replaces.is_live(now):
            _give_back(token.replaces)
        _end(token, by=by, now=now)
        trail.record(Event.TOKEN_REVOKED, token, by=by, workspace=integration.workspace)


def live(integration: Integration, now: datetime | None = None) -> list[GatewayToken]:
    """The tokens that work now, oldest first: none, one, or two while one replaces the other."""
    moment = now or timezone.now()
    candidates = (
        GatewayToken.objects.for_integration(integration)
        .filter(revoked_at=None)
        .exclude(expires_at__lte=moment)
        .order_by("created_at", "id")
    )
    return [token for token in candidates if token.is_live(moment)]


def overlaps(idp_id: str) -> list[timedelta]:
    """The overlaps to choose from, the recommended one first: two cycles of a cyclic IdP, else one hour."""
    cycle = idps.get(idp_id).cycle
    usual = [timedelta(hours=1), timedelta(hours=24), timedelta(0)]
    return [2 * cycle, *usual] if cycle else usual


# Checking


def verify(header: str, integration_id: UUID | None) -> Verified:
    """The live token of exactly this integration that an Authorization header carries; one query when it is
    known.

    Raises TokenRefused. An archived integration's token is verified too: the caller answers 403.
    """
    text, fault = read_header(header)
    token = _by_public_id.first(public_id=text.public_id)
    shown = f"{text.prefix}_{text.public_id}"
    if token is None:
        raise TokenRefused("unknown", shown)
    is_proved = token_proof.was_proved(text, token)
    if not is_proved and not token_proof.tag_matches(text, token):
        raise TokenRefused("wrong_secret", shown)
    if token.revoked_at:
        raise TokenRefused("revoked", shown)
    if not token.is_live(timezone.now()):
        raise TokenRefused("expired", shown)
    if not is_proved and not token_proof.is_true(text, token):
        raise TokenRefused("wrong_secret", shown)
    if token.integration_id != integration_id:
        raise TokenRefused("other_integration", shown)
    return Verified(token, token.integration, fault)


def read_header(header: str) -> tuple[TokenText, str]:
    """The token of an Authorization header, and "missing" or "doubled" where the word Bearer was so.

    Raises TokenRefused.
    """
    if not header.strip():
        raise TokenRefused("missing")
    if len(header) > token_text.LONGEST_HEADER:
        raise TokenRefused("malformed")
    rest, words = header.strip(), 0
    while match := _BEARER.match(rest):
        rest, words = rest[match.end() :], words + 1
    text = token_text.parse(rest, settings.TOKEN_PREFIX)
    if text is None or words > 2:
        raise TokenRefused("malformed")
    return text, {0: "missing", 1: "", 2: "doubled"}[words]


def note_first_use(token: GatewayToken, now: datetime) -> None:
    """Records the proof that a new token arrived; the one it replaces then ends ten minutes later. Once per
    token."""
    with transactions.write():
        first = GatewayToken.objects.for_integration(token.integration_id).filter(
            pk=token.pk, first_used_at=None
        )
        if first.update(first_used_at=now, last_used_at=now) and token.replaces_id:
            replaced = GatewayToken.objects.for_integration(token.integration_id).filter(pk=token.replaces_id)
            replaced.filter(retires_at__isnull=False).update(successor_used_at=now)


def note_use(token_id: UUID, *, at: datetime, ip: str | None, user_agent: str, idp: str) -> None:
    """Records the latest use; called off the request's path."""
    # all-tenants: by id
    GatewayToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=at), pk=token_id).update(
        last_used_at=at,
        last_used_ip=ip,
        last_used_agent=user_agent[:200],
        last_used_idp=idp or F("last_used_idp"),
    )


def _lock(integration: Integration) -> Integration:
    """Two people who change tokens of one integration at once do so one after the other."""
    # all-tenants: by id
    return Integration.objects.select_for_update().select_related("workspace").get(pk=integration.pk)


def _refuse_same_form(form_key: UUID | None) -> None:
    if form_key and GatewayToken.objects.filter(form_key=form_key).exists():  # all-tenants: the key is random
        raise Refused(
            "form_used",
            _("This form was already sent: its token was made and shown once. Nothing more was made."),
        )


def _only_live(integration: Integration) -> GatewayToken:
    found = live(integration)
    if not found:
        raise Refused(
            "no_token", _("No token works any more, so there is none to replace. Use Generate token.")
        )
    if len(found) >= MOST_LIVE:
        raise Refused(
            "two_tokens", _("Two tokens work already: one is being replaced by the other. Revoke one first.")
        )
    return found[0]


def _draft(terms: Terms | None) -> _Draft:
    # Made before the transaction: bcrypt takes 60 ms, and writers wait for each other.
    text = token_text.mint(settings.TOKEN_PREFIX)
    token_hash, tag = token_proof.seal(text)
    return _Draft(text, token_hash, tag, terms or Terms())


def _make(integration: Integration, draft: _Draft, *, by: By, replaces: GatewayToken | None = None) -> Issued:
    life = draft.terms.life
    token = GatewayToken.objects.create(
        integration=integration,
        public_id=draft.text.public_id,
        token_hash=draft.token_hash,
        tag=draft.tag,
        label=draft.terms.label,
        form_key=draft.terms.form_key,
        created_by=roles.label(by),
        expires_at=timezone.now() + life if life else None,
        replaces=replaces,
    )
    return Issued(token, str(draft.text))


def _retire(old: GatewayToken, *, by: By, overlap: timedelta) -> None:
    now = timezone.now()
    if not overlap:
        return _end(old, by=by, now=now)
    old.retires_at, old.overlap, old.successor_used_at = now + overlap, overlap, None
    return old.save(update_fields=["retires_at", "overlap", "successor_used_at"])


def _give_back(old: GatewayToken) -> None:
    old.retires_at = old.overlap = old.successor_used_at = None
    old.save(update_fields=["retires_at", "overlap", "successor_used_at"])


def _end(token: GatewayToken, *, by: By, now: datetime) -> None:
    token.revoked_at, token.revoked_by = now, roles.label(by)
    token.save(update_fields=["revoked_at", "revoked_by"])
