"""API keys of a workspace: make, revoke, verify."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import roles, token_proof
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.kit import one_line, token_text, transactions
from integrations.kit.errors import Refused
from integrations.kit.token_text import TokenText
from integrations.models import ApiKey, Membership, Workspace
from integrations.roles import Action, By, Operator

DEFAULT_LIFE = timedelta(days=365)
MOST_LIVE = 50
SHOWN_ENDED = 20
# Its use is noted once in so long: a script that polls writes nothing more.
NOTED_EVERY = timedelta(minutes=1)
_SCHEME = "bearer "


@dataclass(frozen=True, slots=True)
class Terms:
    """What is chosen for a new key. `form_key`: the same form sent twice makes one key."""

    label: str
    role: str
    life: timedelta | None = DEFAULT_LIFE
    form_key: UUID | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A key just made; `text` is shown once and kept nowhere."""

    key: ApiKey
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """A true, live key, and its text as it was sent."""

    key: ApiKey
    text: str = field(repr=False)


class KeyRefused(Exception):
    """The caller learns the header's form alone."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


def make(workspace: Workspace, terms: Terms, *, by: Membership | Operator) -> Made:
    """A new key, whose text is seen this once. Refused for a role above one's own, without a label, and with
    fifty live ones."""
    roles.require(by, Action.API_KEY_MANAGE)
    label = one_line.of(terms.label)
    if not 0 < len(label) <= 80:
        raise Refused("label", _("Say what the key is for, in at most 80 characters."), "label")
    if terms.role not in ApiKey.Role.values or not _may_give(by, terms.role):
        raise Refused("role", _("Choose one of the roles that you may give."), "role")
    # Before the transaction: bcrypt takes 60 ms, and writers wait for each other.
    text = token_text.mint(settings.API_KEY_PREFIX)
    token_hash, tag = token_proof.seal(text)
    with transactions.write():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        _refuse_same_form(terms.form_key)
        if _working(workspace).count() >= MOST_LIVE:
            words = _("This workspace has %(n)d keys that work, and more it may not have. Revoke one first.")
            raise Refused("too_many", words % {"n": MOST_LIVE})
        key = ApiKey.objects.create(
            workspace=workspace,
            public_id=text.public_id,
            token_hash=token_hash,
            tag=tag,
            label=label,
            role=terms.role,
            form_key=terms.form_key,
            created_by=roles.label(by),
            expires_at=timezone.now() + terms.life if terms.life else None,
        )
        detail = {"label": label, "role": terms.role}
        trail.record(Event.API_KEY_MADE, key, by=by, workspace=workspace, detail=detail)
    return Made(key, str(text))


def revoke(key: ApiKey, *, by: By) -> None:
    """Ends a key at once."""
    roles.require(by, Action.API_KEY_MANAGE)
    with transactions.write():
        current = ApiKey.objects.for_workspace(key.workspace).select_for_update().get(pk=key.pk)
        if current.revoked_at is None:
            current.revoked_at, current.revoked_by = timezone.now(), roles.label(by)
            current.save(update_fields=["revoked_at", "revoked_by"])
            trail.record(
                Event.API_KEY_REVOKED, current, by=by, workspace=key.workspace, detail={"label": key.label}
            )


def listed(workspace: Workspace) -> list[ApiKey]:
    """Those that work, then the latest that do not any more; of each the newest first."""
    newest = ("-created_at", "-pk")
    working = list(_working(workspace).order_by(*newest))
    ended = ApiKey.objects.for_workspace(workspace).exclude(pk__in=[key.pk for key in working])
    return working + list(ended.order_by(*newest)[:SHOWN_ENDED])


def verify(header: str) -> Verified:
    """The live key that an Authorization header carries; read anew on every request, so that revoking holds
    at once. One query. Raises KeyRefused."""
    text = _read(header)
    # all-tenants: the key tells whose it is
    key = ApiKey.objects.select_related("workspace").filter(public_id=text.public_id).first()
    if key is None or not _is_true(text, key):
        raise KeyRefused("unknown")
    if not key.is_live(timezone.now()):
        raise KeyRefused("ended")
    return Verified(key, str(text))


def note_use(key: ApiKey, *, at: datetime, ip: str | None, user_agent: str) -> None:
    """Records the latest use, at most once a minute."""
    if key.last_used_at is None or key.last_used_at < at - NOTED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=at - NOTED_EVERY)
        ApiKey.objects.for_workspace(key.workspace).filter(stale, pk=key.pk).update(
            last_used_at=at, last_used_ip=ip, last_used_agent=user_agent[:200]
        )


def _read(header: str) -> TokenText:
    if not header.strip():
        raise KeyRefused("missing")
    sent = header.strip()
    if len(sent) > token_text.LONGEST_HEADER or not sent.lower().startswith(_SCHEME):
        raise KeyRefused("malformed")
    text = token_text.parse(sent[len(_SCHEME) :].strip(), settings.API_KEY_PREFIX)
    if text is None:
        raise KeyRefused("malformed")
    return text


def _is_true(text: TokenText, key: ApiKey) -> bool:
    if token_proof.was_proved(text, key):
        return True
    return token_proof.tag_matches(text, key) and token_proof.is_true(text, key)


def _may_give(by: Membership | Operator, role: str) -> bool:
    return isinstance(by, Operator) or roles.may_give_key(by, role)


def _working(workspace: Workspace) -> QuerySet[ApiKey]:
    unexpired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return ApiKey.objects.for_workspace(workspace).filter(unexpired, revoked_at=None)


def _refuse_same_form(form_key: UUID | None) -> None:
    if form_key and ApiKey.objects.filter(form_key=form_key).exists():  # all-tenants: the key is random
        raise Refused(
            "form_used",
            _("This form was already sent: its key was made and shown once. Nothing more was made."),
        )
