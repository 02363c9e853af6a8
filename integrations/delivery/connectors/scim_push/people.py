"""Accounts of people in the app: found, made, changed, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integrations.delivery.connector import Person
from integrations.delivery.connectors.scim_push import app as apps
from integrations.delivery.connectors.scim_push import attributes
from integrations.delivery.connectors.scim_push.answers import Halted
from integrations.delivery.connectors.scim_push.app import App
from integrations.delivery.connectors.scim_push.attributes import Change
from integrations.delivery.connectors.scim_push.client import address, equals
from integrations.delivery.telling import kept_apart

Json = dict[str, Any]
USERS = "/Users"


def find(app: App, person: Person, user: Json, *, claims: bool = True) -> Json | None:
    """The person's account: by the app's id, else by external id, user name, work e-mail; None where there
    is none.

    A user name that belongs to another system's account, or to one that is to be left alone, halts who
    `claims` it; for a leaver that account is somebody else's. Such an e-mail alone says nothing.
    """
    if person.ref:
        reply = app.client.get(address(USERS, person.ref), bears={404})
        if reply.is_good:
            return {"id": person.ref, **reply.body}
    if person.has_namesake:
        return None
    found = _by(app, "externalId", user["externalId"]) or _by(app, "userName", user["userName"])
    own = {person.id, person.external_id, user["externalId"]} - {""}
    if found is None:
        by_email = _by_email(app, attributes.work_email(user))
        # Several people may share an address: whatever is set, that alone takes no one's account.
        is_free = by_email is not None and by_email.get("externalId") in {None, "", *own}
        return by_email if is_free and not _is_apart(by_email, person) else None
    is_apart = _is_apart(found, person)
    if not is_apart and not app.is_others(found, own):
        return found
    if not claims:
        return None
    if is_apart:
        raise Halted(kept_apart.refusal(str(found.get("userName"))))
    raise apps.belongs_to_another(str(found.get("userName")), str(found["externalId"]))


def create(app: App, person: Person, user: Json) -> tuple[Json, bool]:
    """The account, and whether it was made now: where the app has it after all (409), that one is taken."""
    reply = app.client.send("POST", USERS, attributes.with_schemas(user), bears={409})
    if reply.is_good and reply.body.get("id"):
        return reply.body, True
    found = find(app, person, user)
    if found is None:
        raise apps.missing_after(reply, user["userName"])
    return found, reply.is_good


def change(app: App, shown: Json, changes: Sequence[Change]) -> None:
    """Sends only what differs; the whole account where the app takes no PATCH."""
    if not changes:
        return
    place = address(USERS, apps.ref_of(shown))
    if app.service.patches:
        app.client.patch(place, *(one.operation for one in changes))
    else:
        app.client.send("PUT", place, attributes.changed(shown, changes))


def delete(app: App, ref: str) -> bool:
    """False: it was gone before."""
    return app.client.send("DELETE", address(USERS, ref), bears={404}).is_good


def is_active(shown: Json) -> bool:
    """RFC 7643 4.1.1: what inactive means is the app's; one that does not show it has active accounts."""
    return shown.get("active") is not False


def _is_apart(found: Json | None, person: Person) -> bool:
    return found is not None and str(found.get("id")) in person.not_theirs


def _by(app: App, attribute: str, value: str) -> Json | None:
    def fits(one: Json) -> bool:
        has = str(one.get(attribute) or "")
        return has == value if attribute == "externalId" else has.casefold() == value.casefold()

    return apps.one_of(_candidates(app, attribute, value), fits, name=value)


def _by_email(app: App, email: str) -> Json | None:
    """Only where one account alone has it."""
    if not email:
        return None
    found = _candidates(app, "emails.value", email)
    fitting = [one for one in found if attributes.work_email(one).casefold() == email.casefold()]
    return fitting[0] if len(fitting) == 1 else None


def _candidates(app: App, attribute: str, value: str) -> list[Json]:
    """What the app finds. One that cannot search by user name is read through; by others it need not."""
    found = app.client.search(USERS, equals(attribute, value)) if app.service.searches else None
    if found is None and (attribute == "userName" or not app.service.searches):
        return app.all_of(USERS)
    return found or []
