"""What the app has, page by page."""

from __future__ import annotations

from typing import Any

from integrations.delivery.connector import Account, Entitlement, Page, Person
from integrations.delivery.connectors.scim_push import attributes, people
from integrations.delivery.connectors.scim_push.app import App
from integrations.delivery.connectors.scim_push.client import PAGE, Reply
from integrations.delivery.connectors.scim_push.groups import GROUPS
from integrations.delivery.connectors.scim_push.people import USERS
from integrations.delivery.telling import unlike

Json = dict[str, Any]


def accounts(app: App, cursor: str) -> Page:
    """`cursor` is the place in the app's list, and how long that was. In the order of ids where the app can
    sort, so that a new account moves no one to a page that was read. A deleted one does: where the list has
    become shorter, as many are read again."""
    start, total = _place(cursor)
    reply = _page(app, start)
    gone = max(0, total - reply.total)
    following = max(1, start - gone) if gone else start + len(reply.resources)
    is_last = not gone and (not reply.resources or following > reply.total)
    found = tuple(_account(one) for one in reply.resources if one.get("id"))
    return Page(found, "" if is_last else f"{following}:{reply.total}")


def otherwise(app: App, person: Person, account: Account) -> list[str]:
    """Of what the app shows of the account: many apps know less of people than an identity provider."""
    user = attributes.wanted(person, None, app.service)
    changes = attributes.differences(user, account.attributes, clears=False)
    told = [one for one in changes if one.shown is not None and one.path != "active"]
    return [unlike.sentence(one.path.rpartition(":")[2], one.shown, one.value) for one in told]


def entitlements(app: App) -> list[Entitlement]:
    if not app.service.has_groups:
        return []
    names = [
        str(one.get("displayName") or "") for one in app.client.pages(GROUPS, excludedAttributes="members")
    ]
    return [Entitlement(name, name) for name in names if name]


def _place(cursor: str) -> tuple[int, int]:
    start, _colon, total = cursor.partition(":")
    return (int(start), int(total)) if start.isdecimal() and total.isdecimal() else (1, 0)


def _page(app: App, start: int) -> Reply:
    if app.service.sorts:
        reply = app.client.get(USERS, bears={400}, startIndex=start, count=PAGE, sortBy="id")
        if reply.is_good:
            return reply
    return app.client.get(USERS, startIndex=start, count=PAGE)


def _account(user: Json) -> Account:
    groups = user.get("groups")
    shown = [one for one in groups or () if isinstance(one, dict)]
    return Account(
        ref=str(user["id"]),
        user_name=str(user.get("userName") or ""),
        email=attributes.work_email(user),
        external_id=str(user.get("externalId") or ""),
        is_active=people.is_active(user),
        # RFC 7643 4.1.2: an app may leave them out.
        entitlements=None
        if groups is None
        else tuple(str(one.get("display") or one.get("value")) for one in shown),
        attributes=attributes.comparable(user),
    )
