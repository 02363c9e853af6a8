"""SCIM push: into an app that has SCIM 2.0 of its own, which the identity provider cannot reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import (
    OF_GROUPS,
    Account,
    Capability,
    Connector,
    Context,
    Done,
    Entitlement,
    Failed,
    Finding,
    Group,
    Intent,
    Json,
    Mode,
    Order,
    Outcome,
    Page,
    PermanentError,
    Person,
    Proof,
    Step,
    TransientError,
    Verified,
)
from integrations.delivery.connectors.scim_push import app as apps
from integrations.delivery.connectors.scim_push import (
    attributes,
    checks,
    groups,
    listing,
    members,
    readback,
    work,
)
from integrations.delivery.connectors.scim_push.answers import Halted
from integrations.delivery.connectors.scim_push.app import App
from integrations.delivery.connectors.scim_push.client import Client
from integrations.delivery.connectors.scim_push.service import Service
from integrations.delivery.connectors.scim_push.settings_form import ScimForm


class ScimPush(Connector):
    """Brings accounts and groups of the app to what is wanted, and touches nothing else there."""

    kind = "scim_push"
    title = gettext_lazy("SCIM")
    summary = gettext_lazy("People and groups are sent to the SCIM address of the app.")
    mode = Mode.STATE
    capabilities = frozenset(Capability) - {Capability.EVIDENCE, Capability.ATTENDED}
    settings_form = ScimForm

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._app = App(context, Client(context))
        # The app's id as this order has learned it, for reading back.
        self._ref = ""

    def plan(self, order: Order) -> Sequence[Step]:
        with _raising():
            if order.group is not None:
                return _group_steps(self._app, order, order.group)
            return work.steps(work.work_out(self._app, order, _of(order)))

    def draft(self, order: Order) -> Json:
        """As to an app that takes every attribute."""
        return attributes.wanted(order.person, None, Service()) if order.person else {}

    def carry(self, order: Order) -> Outcome:
        try:
            if order.group is not None:
                return self._carry_group(order, order.group)
            return self._carry_person(order, _of(order))
        except Halted as halted:
            return halted.outcome

    def test(self) -> Sequence[Finding]:
        return list(checks.findings(self._app))

    def verify(self, order: Order) -> Verified:
        self._app.look_anew()
        with _raising():
            if order.group is not None:
                group = replace(order.group, ref=self._ref or order.group.ref)
                return readback.of_group(self._app, order, group)
            person = _of(order)
            return readback.of_person(self._app, order, replace(person, ref=self._ref or person.ref))

    def accounts(self, cursor: str = "") -> Page:
        with _raising():
            return listing.accounts(self._app, cursor)

    def otherwise(self, person: Person, account: Account) -> Sequence[str]:
        with _raising():
            return listing.otherwise(self._app, person, account)

    def entitlements(self) -> Iterable[Entitlement]:
        with _raising():
            return listing.entitlements(self._app)

    def close(self) -> None:
        self._app.client.close()

    def _carry_person(self, order: Order, person: Person) -> Done:
        found = work.work_out(self._app, order, person)
        words = [str(step.words) for step in work.steps(found)]
        self._ref = work.do(self._app, found)
        proof = Proof(_("The app took it: %(what)s") % {"what": " ".join(words)}, {"id": self._ref})
        return Done(proof, ref=self._ref, already=found.is_nothing)

    def _carry_group(self, order: Order, group: Group) -> Done:
        app = self._app
        if not app.keeps_groups():
            return Done(Proof(_("Groups are left alone in this app.")), already=True)
        if order.intent is Intent.GROUP_DELETE:
            return _deleted(app, group)
        shown, is_made = groups.ensure(app, group)
        self._ref = apps.ref_of(shown)
        is_renamed = groups.is_renamed(group, shown)
        if is_renamed:
            groups.rename(app, group, self._ref)
        number = members.fill(app, group, self._ref)
        words = _("The app has the group %(group)s; %(number)d people were put in.")
        proof = Proof(words % {"group": group.name, "number": number}, {"id": self._ref})
        return Done(proof, ref=self._ref, already=not (is_made or is_renamed or number))


def _deleted(app: App, group: Group) -> Done:
    shown = groups.find(app, group)
    was_there = shown is not None and groups.delete(app, apps.ref_of(shown))
    words = _("The group %(group)s was deleted.") if was_there else _("The group %(group)s was not there.")
    return Done(Proof(words % {"group": group.name}), already=not was_there)


def _group_steps(app: App, order: Order, group: Group) -> list[Step]:
    name = {"group": group.name}
    if not app.keeps_groups():
        return [Step(_("Nothing to do: groups are left alone."), effect=False)]
    shown = groups.find(app, group)
    if order.intent is Intent.GROUP_DELETE:
        if shown is None:
            return [Step(_("Nothing to do: the group %(group)s is not there.") % name, effect=False)]
        return [Step(_("Delete the group %(group)s.") % name)]
    if shown is None:
        return [Step(_("Create the group %(group)s.") % name), Step(_("Put its people in."))]
    words = _("Rename the group %(old)s to %(group)s.") % {**name, "old": shown.get("displayName")}
    return [
        *([Step(words)] if groups.is_renamed(group, shown) else []),
        Step(_("Put in those of its people who are missing.")),
    ]


def _of(order: Order) -> Person:
    if order.person is None or order.intent in OF_GROUPS:
        raise PermanentError(_("The order names nobody."))
    return order.person


@contextmanager
def _raising() -> Iterator[None]:
    """Where no outcome can be given, an app that does not go along is an error."""
    try:
        yield
    except Halted as halted:
        outcome = halted.outcome
        if isinstance(outcome, Failed):
            raise PermanentError(f"{outcome.reason} {outcome.fix}".strip()) from halted
        raise TransientError(outcome.reason) from halted
