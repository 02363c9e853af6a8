"""REST template: an app's own API, described as data, brings the app to what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import (
    Account,
    Capability,
    Connector,
    Done,
    Entitlement,
    Failed,
    Finding,
    Intent,
    Json,
    Kind,
    Limits,
    Mode,
    Order,
    Outcome,
    Page,
    PermanentError,
    Person,
    Proof,
    Retry,
    Step,
    TransientError,
    Verdict,
    Verified,
)
from integrations.delivery.connectors.rest_template import access, difference, looking, recipes, testing
from integrations.delivery.connectors.rest_template.answers import Seen
from integrations.delivery.connectors.rest_template.calling import App
from integrations.delivery.connectors.rest_template.difference import Want
from integrations.delivery.connectors.rest_template.errand import Errand
from integrations.delivery.connectors.rest_template.form import RestTemplateForm
from integrations.delivery.connectors.rest_template.judging import Stopped
from integrations.delivery.connectors.rest_template.paging import Turn
from integrations.delivery.connectors.rest_template.recipes import BadRecipe


class RestTemplate(Connector):
    """Reads the account, computes what differs, and sends the requests that mend it."""

    kind = "rest_template"
    title = gettext_lazy("REST template")
    summary = gettext_lazy("Calls the app's own API, as a recipe describes it. No code.")
    mode = Mode.STATE
    capabilities = frozenset(
        {
            *(Capability.CREATE, Capability.UPDATE, Capability.RENAME, Capability.ACTIVATE),
            *(Capability.DEACTIVATE, Capability.DELETE, Capability.GRANT, Capability.REVOKE),
            *(Capability.LIST, Capability.READ_BACK, Capability.IDEMPOTENT),
        }
    )
    limits = Limits(width=16)
    settings_form = RestTemplateForm

    _app: App | None = None
    _errand: Errand | None = None

    def plan(self, order: Order) -> Sequence[Step]:
        if order.person is None:
            return []
        try:
            app = self._open()
            return list(Errand(app, Want.of(order, order.person), order.key).plan())
        except Stopped as stop:
            raise _told(stop) from stop

    def draft(self, order: Order) -> Json:
        return {"attributes": super().draft(order)}

    def carry(self, order: Order) -> Outcome:
        if order.person is None:
            return Done(Proof(_("The app keeps no groups of its own.")), already=True)
        try:
            app = self._open()
            self._errand = Errand(app, Want.of(order, order.person), order.key)
            return self._errand.carry()
        except Stopped as stop:
            return stop.outcome

    def verify(self, order: Order) -> Verified:
        if order.person is None:
            return Verified(Verdict.UNKNOWN)
        try:
            app = self._open()
            errand = self._errand or Errand(app, Want.of(order, order.person), order.key)
            return errand.verify()
        except Stopped as stop:
            return Verified(Verdict.UNKNOWN, stop.reason)

    def test(self) -> Sequence[Finding]:
        try:
            app = self._open()
        except Stopped as stop:
            return [Finding(ok=False, words=stop.reason)]
        return testing.findings(app)

    def accounts(self, cursor: str = "") -> Page:
        try:
            app = self._open()
            seen, following = looking.page(app, Turn.of(cursor))
        except Stopped as stop:
            raise _told(stop) from stop
        there = tuple(one.account() for one in seen if not one.is_deleted)
        return Page(there, following.cursor if following else "")

    def otherwise(self, person: Person, account: Account) -> Sequence[str]:
        try:
            recipe = self._open().recipe
        except Stopped as stop:
            raise _told(stop) from stop
        want = Want.of(Order(Intent.UPDATE, "", 0, person=person), person)
        return list(difference.of_values(Seen.of(account), want, recipe))

    def entitlements(self) -> Iterable[Entitlement]:
        try:
            app = self._open()
            return list(looking.roles(app))
        except Stopped as stop:
            raise _told(stop) from stop

    def close(self) -> None:
        if self._app is not None:
            self._app.close()

    def _open(self) -> App:
        """Raises Stopped where the recipe is not understood: then the lane waits, and nobody's delivery is
        dead."""
        if self._app is None:
            settings = self.context.settings
            try:
                recipe = recipes.parse(str(settings.get("recipe", "")))
            except BadRecipe as error:
                words = _("The recipe is not understood. %s") % error.problems[0]
                raise Stopped(Failed(Kind.PERMISSION, words, fix=_("Mend the recipe."))) from error
            self._app = App(self.context, recipe, access.of(settings, recipe))
        return self._app


def _told(stop: Stopped) -> TransientError | PermanentError:
    kind = TransientError if isinstance(stop.outcome, Retry) else PermanentError
    return kind(stop.reason)
