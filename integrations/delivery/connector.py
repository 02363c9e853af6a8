"""The contract of a connector: what it is told, what it answers, and what it may touch.

A connector is a class that carries one order into one app. It knows no table, no request and no other
connector: everything it may use comes with its context. docs/connectors/README.md shows one in forty lines.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations.kit import redact

T = TypeVar("T")
Json = dict[str, Any]
Words = str | Promise


class Mode(StrEnum):
    """STATE: brings the app to the person's newest wanted state. EVENT: carries each change, in order."""

    STATE = "state"
    EVENT = "event"


class Intent(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    DELETE = "delete"
    GRANT = "grant"
    REVOKE = "revoke"
    # Of a group itself; told to connectors that keep groups, and to event connectors.
    GROUP_CREATE = "group_create"
    GROUP_UPDATE = "group_update"
    GROUP_DELETE = "group_delete"


LEAVING = frozenset({Intent.DEACTIVATE, Intent.DELETE})
OF_GROUPS = frozenset({Intent.GROUP_CREATE, Intent.GROUP_UPDATE, Intent.GROUP_DELETE})


class Capability(StrEnum):
    """What a connector can do in its app; shown to admins as a table."""

    CREATE = "create"
    UPDATE = "update"
    RENAME = "rename"
    ACTIVATE = "activate"
    DEACTIVATE = "deactivate"
    DELETE = "delete"
    GRANT = "grant"
    REVOKE = "revoke"
    GROUPS = "groups"
    LIST = "list"
    READ_BACK = "read_back"
    IDEMPOTENT = "idempotent"
    EVIDENCE = "evidence"
    ATTENDED = "attended"


class Kind(StrEnum):
    """Why something failed. AUTH holds the lane; TEMPORARY and RATE are tried again."""

    AUTH = "auth"
    PERMISSION = "permission"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INVALID = "invalid"
    LICENCE = "licence"
    RATE = "rate"
    TEMPORARY = "temporary"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Something a person can hold in the app; `value` is what the app calls it, `group_id` the group of the
    IdP that gives it ("" where none does)."""

    value: str
    name: str
    group_id: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the IdP; `members` are ids of people with the app's ids of their accounts ("" unknown)."""

    id: str
    name: str
    external_id: str = ""
    is_deleted: bool = False
    members: tuple[tuple[str, str], ...] = ()
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the app shall have them.

    `attributes` are the mapped ones, by their names in the app; `data` is the SCIM resource without groups.
    `ref` is the app's id of the account where one is known. `known_groups`: every group of the IdP, whoever
    is in it, without members; told to connectors that keep groups, so that they know which are not theirs.
    `has_namesake`: they have left, and somebody who is there has their user name and another account, so that
    theirs is the one with this `ref` or none. `not_theirs`: the app's ids of accounts that somebody has
    said are to be left alone; who looks for the person's account takes none of them.
    """

    id: str
    user_name: str
    external_id: str = ""
    data: Json = field(default_factory=dict)
    attributes: Json = field(default_factory=dict)
    is_active: bool = True
    is_deleted: bool = False
    entitlements: tuple[Entitlement, ...] = ()
    ref: str = ""
    known_groups: tuple[Group, ...] = ()
    has_namesake: bool = False
    not_theirs: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        return str(self.data.get("displayName") or self.user_name)


@dataclass(frozen=True, slots=True)
class Event:
    """A change as event connectors tell it: `type` such as "user.deactivated", `before` and `after` SCIM
    resources, `delta` [{"path", "before", "after"}]."""

    type: str
    id: str
    at: datetime
    trace_id: str
    actor: str
    before: Json | None
    after: Json | None
    delta: Sequence[Json]
    entitlement: Entitlement | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be carried. State connectors look at `person` (or `group`), event connectors at `event`.

    `key` is the idempotency key, stable over tries and new after an edit. `is_repeat`: a try before this one
    may have had its effect. `is_leaving`: the person leaves, whatever the policy makes of their account.
    """

    intent: Intent
    key: str
    sequence: int
    person: Person | None = None
    group: Group | None = None
    event: Event | None = None
    is_repeat: bool = False
    is_leaving: bool = False
    override: Json | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do in the app, in plain words; `effect` False: it only reads."""

    words: str
    detail: str = ""
    effect: bool = True


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that it arrived: a sentence, and what was seen. Kept with a digest."""

    words: str
    seen: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """It is in the app. `already`: it was before. `ref` is the app's id of the account or group."""

    proof: Proof
    ref: str = ""
    already: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The app took it and answers later: by a callback, or when it is asked again after `check_after`."""

    proof: Proof
    check_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """Somebody has to do or decide it; `steps` become the task."""

    question: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now. `of_app`: the app as a whole is down or asks for patience, so that the lane waits; else this
    person alone waits. `timed_out`: no answer came in time."""

    reason: str
    after: timedelta | None = None
    of_app: bool = True
    timed_out: bool = False
    status: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """The app says no. `fix` is what an admin can do about it."""

    kind: Kind
    reason: str
    fix: str = ""
    status: int = 0


Outcome = Done | Accepted | NeedsPerson | Retry | Failed


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a test of the connection saw. `ok` False names what is missing and how to mend it."""

    ok: bool
    words: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it stands in the app. `entitlements` are as the app calls them; None where it does not
    show them."""

    ref: str
    user_name: str
    email: str = ""
    external_id: str = ""
    is_active: bool = True
    entitlements: tuple[str, ...] | None = ()
    attributes: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Accounts of the app; `cursor` "" after the last page."""

    accounts: tuple[Account, ...]
    cursor: str = ""


class Verdict(StrEnum):
    MATCH = "match"
    DRIFT = "drift"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verified:
    """What reading back saw; `differences` are sentences. `ref` is the app's id where it became known, `seen`
    what is kept as proof."""

    verdict: Verdict
    words: str = ""
    differences: tuple[str, ...] = ()
    ref: str = ""
    seen: Json = field(default_factory=dict)


class TransientError(Exception):
    """Try again later; the message is for an admin's eyes."""


class PermanentError(Exception):
    """Trying again does not help; the message is for an admin's eyes."""


class SecretMissingError(PermanentError):
    """A secret is not set: that is everybody's trouble. It counts as `Failed(Kind.AUTH)`, so that the lane
    waits and nothing is lost."""


class LaneLostError(Exception):
    """Another worker has taken the lane: stop at once, and touch nothing more."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call that was made: what was sent and what came back, without secrets."""

    words: str
    status: int = 0
    ms: int = 0
    sent: str = ""
    received: str = ""


@dataclass(slots=True)
class Context:
    """What a connector may use.

    `check` raises LaneLostError when another worker took over: it is called before every effect. `note`
    keeps one exchange for the timeline, without the secrets. `callback_url` is where the app may answer
    later. `workspace` is the workspace's name in addresses: whatever lies on the gateway's own machine is
    looked for beneath it.
    """

    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    integration_id: str = ""
    integration_name: str = ""
    workspace: str = ""
    callback_url: Callable[[str], str] = lambda _key: ""
    check: Callable[[], None] = lambda: None
    exchanges: list[Exchange] = field(default_factory=list)
    _hidden: set[str] = field(default_factory=set, init=False, repr=False)

    def secret(self, name: str) -> str:
        """SecretMissingError when it is not set."""
        found = self.secrets.get(name, "")
        if not found:
            raise SecretMissingError(str(_("A secret is missing in the delivery settings: %s.")) % name)
        return found

    def hide(self, *forms: str) -> None:
        """Another form in which a secret is sent: it is masked as the secret itself is."""
        self._hidden.update(forms)

    def masked(self, content: T) -> T:
        """A copy of JSON content, or of a text, without the secrets: an app may say back what it was sent.
        What is cut is masked before: half a secret is one too."""
        return cast("T", redact.without(content, {*self.secrets.values(), *self._hidden}))

    def note(self, exchange: Exchange) -> None:
        shown = {name: self.masked(getattr(exchange, name)) for name in ("words", "sent", "received")}
        self.exchanges.append(replace(exchange, **shown))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many people are worked on side by side at most; `is_local`: it waits for no network."""

    width: int = 4
    is_local: bool = False


class SettingsForm(forms.Form):
    """The settings of a connector, each explained; fields named in `secret_fields` are sealed, and shown to
    nobody again.

    `made`: secrets that are made for an admin who leaves them empty while none is set, and are shown to them
    once.
    """

    secret_fields: ClassVar[tuple[str, ...]] = ()
    made: ClassVar[Mapping[str, Callable[[], str]]] = {}


class Connector(abc.ABC):
    """One way into apps. An instance serves one order, or one test, and is closed after it."""

    kind: ClassVar[str]
    title: ClassVar[Words]
    summary: ClassVar[Words]
    mode: ClassVar[Mode] = Mode.STATE
    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    limits: ClassVar[Limits] = Limits()
    settings_form: ClassVar[type[SettingsForm]] = SettingsForm
    # Pages show the class itself: a template would call it.
    do_not_call_in_templates: ClassVar[bool] = True

    def __init__(self, context: Context) -> None:
        self.context = context

    @abc.abstractmethod
    def plan(self, order: Order) -> Sequence[Step]:
        """What would be done, in plain words. Nothing is sent; reading is allowed."""

    @abc.abstractmethod
    def carry(self, order: Order) -> Outcome:
        """Does it. Safe to call again with the same key: "already so" is success.

        May raise TransientError and PermanentError; LaneLostError of the context is passed on.
        """

    def draft(self, order: Order) -> Json:
        """What an admin starts from who writes something else in its place; it comes back as `override`.
        Asks nobody."""
        if order.event is not None:
            return {"before": order.event.before, "after": order.event.after, "delta": [*order.event.delta]}
        return dict(order.person.attributes) if order.person else {}

    def test(self) -> Sequence[Finding]:
        """Looks whether the app can be reached with what is set; reads only."""
        return [Finding(ok=True, words=str(_("There is nothing to reach.")))]

    def verify(self, _order: Order) -> Verified:
        """Reads back whether the app is as the order wants it, or what it answered to what it had accepted.

        May raise TransientError, and PermanentError when the app has said no.
        """
        return Verified(Verdict.UNKNOWN)

    def accounts(self, cursor: str = "") -> Page:
        """The app's accounts, page by page; only with Capability.LIST. Reads only. May raise TransientError
        and PermanentError."""
        raise NotImplementedError

    def otherwise(self, _person: Person, _account: Account) -> Sequence[str]:
        """What of an account, as `accounts` gave it, is otherwise than the person shall have it, in
        sentences; only with Capability.LIST. Neither its state nor its roles: those are compared for every
        connector alike. Nothing is read anew."""
        return ()

    def entitlements(self) -> Iterable[Entitlement]:
        """What people can hold in the app; only with Capability.LIST."""
        return ()

    def close(self) -> None:
        """Gives back what the instance holds; most hold nothing."""
        return
