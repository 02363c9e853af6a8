"""The app as one order sees it: how it is called, what it can, and what of it is this gateway's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Context, Failed, Kind, Retry
from integrations.delivery.connectors.scim_push import answers, service
from integrations.delivery.connectors.scim_push.answers import Halted
from integrations.delivery.connectors.scim_push.client import Client, Reply
from integrations.delivery.connectors.scim_push.service import Service

Json = dict[str, Any]
LONGEST_REF = 512


@dataclass(slots=True)
class App:
    """`service` costs calls at its first use. Entries that were read through are kept for the order."""

    context: Context
    client: Client
    _service: Service | None = None
    _through: dict[str, list[Json]] = field(default_factory=dict)

    @property
    def service(self) -> Service:
        if self._service is None:
            self._service = service.of(self.client, *self._key)
        return self._service

    def renew(self) -> Service:
        """What it can now: for a test, which believes nothing."""
        self._service = service.renewed(self.client, *self._key)
        return self._service

    @property
    def _key(self) -> tuple[str, str]:
        return self.context.integration_id, str(self.context.settings["base_url"])

    def is_set(self, setting: str) -> bool:
        return bool(self.context.settings.get(setting))

    def keeps_groups(self) -> bool:
        return not self.is_set("leaves_groups") and self.service.has_groups

    def all_of(self, path: str) -> list[Json]:
        if path not in self._through:
            self._through[path] = list(self.client.pages(path))
        return self._through[path]

    def look_anew(self) -> None:
        """After something was changed."""
        self._through.clear()

    def is_others(self, resource: Json, own: Collection[str]) -> bool:
        """Whether another system made it, by its external id. `own` are ids that this gateway may have
        given."""
        external_id = str(resource.get("externalId") or "")
        return external_id != "" and external_id not in own and not self.is_set("takes_over")


def ref_of(resource: Json) -> str:
    """The app's id of an account or a group. Halts where there is none that can be kept."""
    found = str(resource.get("id") or "")
    if 0 < len(found) <= LONGEST_REF:
        return found
    words = _("The app shows an entry without an id, or with one of more than %(number)d characters.")
    fix = _("Ask the maker of the app.")
    raise Halted(Failed(Kind.INVALID, words % {"number": LONGEST_REF}, fix))


def one_of(found: Iterable[Json], fits: Callable[[Json], bool], *, name: str) -> Json | None:
    """The entry that fits: an app may overlook the filter. Halts where several do."""
    fitting = {str(one.get("id")): one for one in found if one.get("id") and fits(one)}
    if len(fitting) > 1:
        words = _("The app has %(number)d entries for %(name)s.") % {"number": len(fitting), "name": name}
        raise Halted(Failed(Kind.CONFLICT, words, _("Leave one of them in the app, then retry.")))
    return next(iter(fitting.values()), None)


def missing_after(reply: Reply, name: str) -> Halted:
    """The app neither made it, nor shows what is in the way."""
    if not reply.is_good:
        return Halted(answers.of_status(reply.status, reply.headers, reply.body))
    words = _("The app took %(name)s, and does not show it yet.") % {"name": name}
    return Halted(Retry(words, of_app=False))


def belongs_to_another(name: str, external_id: str) -> Halted:
    words = _("%(name)s is in the app already, and belongs to another system: its external id is %(id)s.")
    fix = _(
        "Rename or delete it in the app, or allow the gateway to take over what another system made in the "
        "delivery settings. Then retry."
    )
    return Halted(Failed(Kind.CONFLICT, words % {"name": name, "id": external_id[:100]}, fix))
