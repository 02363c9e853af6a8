"""Groups of the identity provider in the app: found, made, named, deleted."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
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
            return reply.body
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
    """The group as the app shows it, and whether it was made now."""
    with _making[app.context.integration_id]:
        found = find(app, group)
        return (found, False) if found is not None else (_create(app, group), True)


def renaming(group: Group, shown: Json) -> Json:
    """What has to change of the group itself."""
    wanted = {"displayName": group.name, "externalId": external_id(group)}
    # An app that keeps no external ids of groups is not asked again and again.
    return {name: value for name, value in wanted.items() if name in shown and shown[name] != value}


def rename(app: App, ref: str, values: Json) -> None:
    if not values:
        return
    if app.service.patches:
        operations = [{"op": "replace", "path": name, "value": value} for name, value in values.items()]
        app.client.patch(address(GROUPS, ref), *operations)
    else:
        put(app, ref, lambda whole: whole.update(values))


def put(app: App, ref: str, edit: Callable[[Json], None]) -> Reply:
    """The way of apps that take no PATCH: the group is read and sent whole, so that it must be readable."""
    reply = app.client.get(address(GROUPS, ref), may_cut=True)
    if reply.is_cut:
        words = _("The app takes groups only as a whole, and this one is too large for that.")
        raise Halted(Failed(Kind.INVALID, words, _("Ask the maker of the app to support SCIM PATCH.")))
    whole = {name: value for name, value in reply.body.items() if name != "meta"}
    edit(whole)
    return app.client.send("PUT", address(GROUPS, ref), whole)


def delete(app: App, ref: str) -> bool:
    """False: it was gone before."""
    return app.client.send("DELETE", address(GROUPS, ref), bears={404}).is_good


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
