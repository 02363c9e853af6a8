"""Groups of the identity provider in the app: found, made, named, deleted."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Failed, Group, Kind
from integrations.delivery.connectors.scim_push import app as apps
from integrations.delivery.connectors.scim_push.answers import Halted
from integrations.delivery.connectors.scim_push.app import App
from integrations.delivery.connectors.scim_push.client import Reply, address, equals

Json = dict[str, Any]
GROUPS = "/Groups"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
# People side by side may need the same new group. A lane is one worker's: a lock of its process is enough.
_making: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def find(app: App, group: Group) -> Json | None:
    """The group in the app, without its members: by the app's id, else by external id, else by name. Halts
    where the name belongs to another system's group."""
    if group.ref:
        reply = app.client.get(address(GROUPS, group.ref), bears={404}, excludedAttributes="members")
        if reply.is_good:
            return {"id": group.ref, **reply.body}
    found = _by(app, "externalId", external_id(group)) or _by(app, "displayName", group.name)
    if found is not None and app.is_others(found, own_ids(group)):
        raise apps.belongs_to_another(group.name, str(found["externalId"]))
    return found


def external_id(group: Group) -> str:
    return group.external_id or group.id


def own_ids(group: Group) -> set[str]:
    """What it may have as its external id in the app."""
    return {group.id, group.external_id} - {""}


def ensure(app: App, group: Group) -> tuple[Json, bool]:
    """The group as the app shows it, with our external id, and whether it was made now."""
    with _making[app.context.integration_id]:
        found = find(app, group)
        if found is None:
            return _create(app, group), True
    if found.get("externalId") != external_id(group):
        # It is found by it once it has another name. Some apps keep none of groups: then by name alone.
        _set(app, apps.ref_of(found), {"externalId": external_id(group)}, bears={400})
    return found, False


def is_renamed(group: Group, shown: Json) -> bool:
    return bool(shown.get("displayName") != group.name)


def rename(app: App, group: Group, ref: str) -> None:
    _set(app, ref, {"displayName": group.name})


def put(app: App, ref: str, edit: Callable[[Json], None], *, bears: Collection[int] = ()) -> Reply:
    """The way of apps that take no PATCH: the group is read and sent whole, so that it must be readable."""
    reply = app.client.get(address(GROUPS, ref), may_cut=True)
    if reply.is_cut:
        words = _("The app takes groups only as a whole, and this one is too large for that.")
        raise Halted(Failed(Kind.INVALID, words, _("Ask the maker of the app to support SCIM PATCH.")))
    whole = {name: value for name, value in reply.body.items() if name != "meta"}
    edit(whole)
    return app.client.send("PUT", address(GROUPS, ref), whole, bears=bears)


def delete(app: App, ref: str) -> bool:
    """False: it was gone before."""
    return app.client.send("DELETE", address(GROUPS, ref), bears={404}).is_good


def _set(app: App, ref: str, values: Json, *, bears: Collection[int] = ()) -> None:
    if app.service.patches:
        operations = [{"op": "replace", "path": name, "value": value} for name, value in values.items()]
        app.client.patch(address(GROUPS, ref), *operations, bears=bears)
    else:
        put(app, ref, lambda whole: whole.update(values), bears=bears)


def _create(app: App, group: Group) -> Json:
    body = {"schemas": [GROUP], "displayName": group.name, "externalId": external_id(group)}
    reply = app.client.send("POST", GROUPS, body, bears={409})
    if reply.is_good and reply.body.get("id"):
        return reply.body
    found = find(app, group)
    if found is None:
        raise apps.missing_after(reply, group.name)
    return found


def _by(app: App, attribute: str, value: str) -> Json | None:
    def fits(one: Json) -> bool:
        has = str(one.get(attribute) or "")
        return has == value if attribute == "externalId" else has.casefold() == value.casefold()

    found = None
    if app.service.searches:
        found = app.client.search(GROUPS, equals(attribute, value), excludedAttributes="members")
    if found is None and (attribute == "displayName" or not app.service.searches):
        found = app.all_of(GROUPS)
    return apps.one_of(found or (), fits, name=value)
