"""Manual task: a person carries the change into the app, and says with proof that it is there."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import (
    OF_GROUPS,
    Capability,
    Connector,
    Finding,
    Intent,
    Limits,
    Mode,
    NeedsPerson,
    Order,
    Outcome,
    Person,
    SettingsForm,
    Step,
)


class ManualForm(SettingsForm):
    """Where the work is done, in the words of whoever does it."""

    app_url = forms.URLField(
        label=gettext_lazy("Where accounts are managed in the app"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("A link for whoever does the task, such as the app's page of users."),
    )
    instructions = forms.CharField(
        label=gettext_lazy("What to know"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Shown with every task: where to click, whom to ask, which licence to take."),
    )


class ManualTask(Connector):
    """Works for every app, and takes over where another way fails."""

    kind = "manual"
    title = gettext_lazy("Manual task")
    summary = gettext_lazy("Somebody gets a task with the steps, does it in the app, and attaches proof.")
    mode = Mode.STATE
    capabilities = frozenset(
        {
            *(Capability.CREATE, Capability.UPDATE, Capability.RENAME, Capability.ACTIVATE),
            *(Capability.DEACTIVATE, Capability.DELETE, Capability.GRANT, Capability.REVOKE),
            *(Capability.EVIDENCE, Capability.ATTENDED),
        }
    )
    limits = Limits(width=1, is_local=True)
    settings_form = ManualForm

    def test(self) -> Sequence[Finding]:
        return [Finding(ok=True, words=_("Tasks need no connection. They go to whoever takes them."))]

    def plan(self, order: Order) -> Sequence[Step]:
        person = order.person
        if person is None or order.intent in OF_GROUPS:
            return []
        steps = [self._open()]
        if order.intent is Intent.CREATE:
            steps += [
                Step(
                    _("Look whether %(name)s has an account already.") % {"name": person.user_name},
                    effect=False,
                ),
                Step(_("If there is none, make one."), detail=_facts(person)),
                _roles(person),
            ]
        elif order.intent is Intent.DEACTIVATE:
            steps.append(Step(_("Deactivate the account of %(name)s.") % {"name": person.user_name}))
        elif order.intent is Intent.DELETE:
            steps.append(Step(_("Delete the account of %(name)s.") % {"name": person.user_name}))
        elif order.intent is Intent.ACTIVATE:
            steps += [
                Step(
                    _("Activate the account of %(name)s.") % {"name": person.user_name}, detail=_facts(person)
                ),
                _roles(person),
            ]
        else:
            steps += [
                Step(
                    _("Bring the account of %(name)s to this.") % {"name": person.user_name},
                    detail=_facts(person),
                ),
                _roles(person),
            ]
        return steps

    def carry(self, order: Order) -> Outcome:
        steps = tuple(self.plan(order))
        name = order.person.label if order.person else ""
        return NeedsPerson(
            _TITLES[order.intent] % {"name": name, "app": self.context.integration_name}, steps
        )

    def _open(self) -> Step:
        url, known = self.context.settings.get("app_url", ""), self.context.settings.get("instructions", "")
        where = url or _("Open the app's page of users.")
        detail = f"{where}\n{known}".strip()
        return Step(_("Open %(app)s.") % {"app": self.context.integration_name}, detail, effect=False)


def _facts(person: Person) -> str:
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in person.attributes.items())


def _roles(person: Person) -> Step:
    names = [entitlement.name for entitlement in person.entitlements]
    if not names:
        return Step(_("Make sure that the account has no role."))
    return Step(_("Give it exactly these roles: %(roles)s.") % {"roles": ", ".join(names)})


_TITLES = {
    Intent.CREATE: gettext_lazy("Give %(name)s an account in %(app)s"),
    Intent.UPDATE: gettext_lazy("Update %(name)s in %(app)s"),
    Intent.RENAME: gettext_lazy("Rename %(name)s in %(app)s"),
    Intent.ACTIVATE: gettext_lazy("Activate %(name)s in %(app)s"),
    Intent.DEACTIVATE: gettext_lazy("Deactivate %(name)s in %(app)s"),
    Intent.DELETE: gettext_lazy("Delete %(name)s from %(app)s"),
    Intent.GRANT: gettext_lazy("Give %(name)s their roles in %(app)s"),
    Intent.REVOKE: gettext_lazy("Take roles from %(name)s in %(app)s"),
}
