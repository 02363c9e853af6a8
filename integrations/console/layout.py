"""What every page shows around its content: menu, tabs, workspace switcher, theme."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from integrations import idps, roles
from integrations.delivery import finding
from integrations.delivery.errands import connecting
from integrations.delivery.hands import inbox
from integrations.delivery.syncing import starting
from integrations.models import Integration, Membership
from integrations.roles import Action
from integrations.traffic import standing

THEMES = {"light", "dark"}
GENERATE_NEW = _("Generate new token")
REVOKE = _("Revoke")
# Reached by a button of the head: only some connectors can read their app.
SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab; `url_name` may lie in a room above, which is known by this name alone."""

    key: str
    label: Promise
    url_name: str


@dataclass(frozen=True, slots=True)
class MenuEntry:
    key: str
    label: Promise
    icon: str
    url_name: str
    action: Action
    heading: Promise | None = None
    # How much waits there for this person; 100 stands for more.
    count: Callable[[Membership], int] | None = None


MENU = (
    MenuEntry("integrations", _("Integrations"), "plug", "console:integrations", Action.INTEGRATION_VIEW),
    MenuEntry("tasks", _("Tasks"), "tasks", "console:tasks", Action.TASK_DO, count=inbox.waiting),
    MenuEntry(
        "members", _("Members and roles"), "shield", "console:members", Action.MEMBER_VIEW, _("Workspace")
    ),
    MenuEntry("audit", _("Audit log"), "list", "console:audit", Action.AUDIT_VIEW),
    MenuEntry("workspace", _("Settings"), "gear", "console:workspace", Action.WORKSPACE_CHANGE),
)
TABS = (
    Tab("settings", _("Settings"), "console:settings"),
    Tab("users", _("Users"), "people:users"),
    Tab("entitlements", _("Entitlements"), "people:entitlements"),
    Tab("deliveries", _("Deliveries"), "console:deliveries"),
    Tab("activity", _("Activity"), "console:activity"),
)
LEFT_TABS = (
    Tab("general", _("General"), "console:general"),
    Tab("connected-services", _("Connected services"), "console:connected-services"),
    Tab("delivery", _("Delivery"), "console:delivery"),
    Tab("mapping", _("Mapping"), "people:mapping"),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of every template; outside a workspace the theme alone, without a query."""
    theme = request.COOKIES.get("theme", "")
    member: Membership | None = getattr(request, "member", None)
    shown: dict[str, Any] = {"theme": theme if theme in THEMES else ""}
    if member is not None:
        shown |= {
            "workspace": member.workspace,
            "menu": _menu(request, member),
            "workspaces": _workspaces(member),
            "leave_url": _leave_url(member),
        }
    return shown


def entry(member: Membership) -> str:
    """The path of the page that a workspace opens with: the first that the role may open."""
    first = next(each for each in MENU if roles.may(member, each.action))
    return reverse(first.url_name, args=[member.workspace.slug])


def of_integration(
    member: Membership, integration: Integration, tab: str, *, left: str = "", deeper: bool = False
) -> dict[str, Any]:
    """Context of a page about one integration: its head, its tabs and, on Settings, the tabs at the left."""
    stands = standing.of(integration, finding.delivering([integration]))
    counts: dict[str, Any] = {"users": integration.people_count, "entitlements": integration.group_count}
    if stands.delivering and stands.delivering.failed:
        counts["deliveries"] = _("%(shown)s failed") % {"shown": stands.delivering.failed_shown}
    here = {"workspace": member.workspace.slug, "integration_id": integration.pk}
    return {
        "integration": integration,
        "sync_url": _sync_url(integration, here),
        "sync_current": ("true" if deeper else "page") if tab == SYNC else "",
        "standing": stands,
        "mend_url": _mend_url(stands, here, left or tab),
        "idp_name": idps.name(stands.idp),
        "tabs": _tabs(TABS, tab, here, parent=bool(left) or deeper, counts=counts),
        "left_tabs": _tabs(LEFT_TABS, left, here, parent=deeper) if left else [],
    }


def _mend_url(stands: standing.Standing, here: dict[str, Any], shown: str) -> str:
    """Where it is told how to mend what needs attention; "" where that is shown, or nothing does."""
    place = "connected-services" if stands.alarms else "deliveries"
    needs_attention = stands.state == standing.State.ATTENTION
    return reverse(f"console:{place}", kwargs=here) if needs_attention and place != shown else ""


def _sync_url(integration: Integration, here: dict[str, Any]) -> str:
    """Where the app is read; "" where it cannot be."""
    reads = starting.can_list(connecting.connector_of(integration))
    return reverse("console:sync", kwargs=here) if reads else ""


def _menu(request: HttpRequest, member: Membership) -> list[dict[str, Any]]:
    entries = []
    for entry in MENU:
        if roles.may(member, entry.action):
            url = reverse(entry.url_name, args=[member.workspace.slug])
            current = "page" if request.path == url else "true" if request.path.startswith(url) else ""
            entries.append(
                {
                    "url": url,
                    "label": entry.label,
                    "icon": entry.icon,
                    "current": current,
                    "heading": entry.heading,
                    "count": _counted(entry.count(member)) if entry.count else "",
                }
            )
    return entries


def _leave_url(member: Membership) -> str:
    """Where somebody leaves who does not find themselves among the members: "" for whoever does."""
    if roles.may(member, Action.MEMBER_VIEW):
        return ""
    return reverse("console:member-remove", args=[member.workspace.slug, member.pk])


def _counted(number: int) -> str:
    """A number beside an entry: none is not shown."""
    if number >= inbox.MOST_COUNTED:
        return f"{inbox.MOST_COUNTED - 1}+"
    return str(number) if number else ""


def _tabs(
    tabs: Iterable[Tab],
    current: str,
    here: dict[str, Any],
    *,
    parent: bool,
    counts: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:
    mark = "true" if parent else "page"
    return [
        {
            "url": reverse(tab.url_name, kwargs=here),
            "label": tab.label,
            "current": mark if tab.key == current else "",
            "count": (counts or {}).get(tab.key, ""),
            "is_trouble": tab.key == "deliveries",
        }
        for tab in tabs
    ]


def _workspaces(member: Membership) -> list[dict[str, str]]:
    own = Membership.objects.filter(user=member.user)  # all-tenants: one's own
    rows = own.order_by("workspace__name", "pk").select_related("workspace")
    return [{"name": each.workspace.name, "url": entry(each)} for each in rows]
