"""What the audit log tells, in sentences: the entry's own, and one for each detail worth a line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations import idps
from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.console.forms.integrations import IntegrationForm
from integrations.delivery import registry
from integrations.delivery.connector import Connector
from integrations.models import ApiKey, Integration, Role

Detail = dict[str, Any]
SENTENCES = {
    Event.WORKSPACE_CREATED: gettext_lazy("Created the workspace %(label)s"),
    Event.WORKSPACE_CHANGED: gettext_lazy("Changed the workspace settings"),
    Event.INTEGRATION_CREATED: gettext_lazy("Added the integration %(label)s"),
    Event.INTEGRATION_CHANGED: gettext_lazy("Changed the integration %(label)s"),
    Event.INTEGRATION_ARCHIVED: gettext_lazy("Archived the integration %(label)s"),
    Event.INTEGRATION_RESTORED: gettext_lazy("Restored the integration %(label)s"),
    Event.INTEGRATION_DELETED: gettext_lazy("Deleted the integration %(label)s"),
    Event.MAPPING_CHANGED: gettext_lazy("Changed the attributes of %(label)s"),
    Event.CONNECTOR_CHANGED: gettext_lazy("Changed how changes reach %(label)s"),
    Event.CONNECTOR_TESTED: gettext_lazy("Tested the connection of %(label)s"),
    Event.DELIVERY_POLICY_CHANGED: gettext_lazy("Changed what is delivered to %(label)s"),
    Event.DELIVERY_STARTED: gettext_lazy("Switched delivery to %(label)s on"),
    Event.DELIVERY_STOPPED: gettext_lazy("Switched delivery to %(label)s off"),
    Event.DELIVERY_PAUSED: gettext_lazy("Paused delivery to %(label)s"),
    Event.DELIVERY_RESUMED: gettext_lazy("Resumed delivery to %(label)s"),
    Event.DELIVERY_RETRIED: gettext_lazy("Retried deliveries to %(label)s"),
    Event.DELIVERY_SKIPPED: gettext_lazy("Skipped deliveries to %(label)s"),
    Event.DELIVERY_EDITED: gettext_lazy("Edited a delivery to %(label)s"),
    Event.DELIVERY_HANDED_OVER: gettext_lazy("Handed a delivery to %(label)s over to a person"),
    Event.DELIVERY_REPLAYED: gettext_lazy("Repeated changes to %(label)s"),
    Event.SYNC_STARTED: gettext_lazy("Started a sync of %(label)s"),
    Event.SYNC_STOPPED: gettext_lazy("Stopped a sync of %(label)s"),
    Event.ACCOUNT_BROUGHT: gettext_lazy("Brought %(label)s in step with what is wanted"),
    Event.ACCOUNT_TAKEN_OVER: gettext_lazy("Took over what %(label)s has"),
    Event.ACCOUNT_MATCHED: gettext_lazy("Matched an account of %(label)s with a person"),
    Event.ACCOUNT_UNMATCHED: gettext_lazy("Left an account of %(label)s unmatched"),
    Event.BRAKE_RELEASED: gettext_lazy("Let go what the safety brake of %(label)s held"),
    Event.BRAKE_DISCARDED: gettext_lazy("Called off what the safety brake of %(label)s held"),
    Event.DELIVERY_REPLANNED: gettext_lazy("Brought everybody in step in %(label)s"),
    Event.PLANNING_STOPPED: gettext_lazy("Stopped bringing everybody in step in %(label)s"),
    Event.TASK_ASSIGNED: gettext_lazy("Assigned a task of %(label)s"),
    Event.TASK_DONE: gettext_lazy("Finished a task of %(label)s"),
    Event.TOKEN_GENERATED: gettext_lazy("Generated the token %(label)s"),
    Event.TOKEN_ROTATED: gettext_lazy("Generated the new token %(label)s"),
    Event.TOKEN_REVOKED: gettext_lazy("Revoked the token %(label)s"),
    Event.MEMBER_INVITED: gettext_lazy("Invited %(label)s"),
    Event.MEMBER_JOINED: gettext_lazy("Joined the workspace"),
    Event.MEMBER_CHANGED: gettext_lazy("Changed the role of %(label)s"),
    Event.MEMBER_REMOVED: gettext_lazy("Removed the member %(label)s"),
    Event.MEMBER_ACCESS_CHANGED: gettext_lazy("Changed which integrations %(label)s sees"),
    Event.INVITATION_WITHDRAWN: gettext_lazy("Withdrew the invitation to %(label)s"),
    Event.API_KEY_MADE: gettext_lazy("Made the API key %(label)s"),
    Event.API_KEY_REVOKED: gettext_lazy("Revoked the API key %(label)s"),
    Event.SIGN_IN_LINK_MADE: gettext_lazy("Made a sign-in link for %(label)s"),
    Event.SUPPORT_VIEWED: gettext_lazy("Looked at %(label)s"),
}

# Fields of a connection, as its settings call them.
MEANINGS = {
    "roles": gettext_lazy("roles"),
    "role_choice": gettext_lazy("what several rules give"),
    "default_role": gettext_lazy("the role without a rule"),
    "attributes": gettext_lazy("attributes"),
    "on_deactivate": gettext_lazy("what a deactivation means"),
    "on_delete": gettext_lazy("what a deletion means"),
    "delete_after_days": gettext_lazy("when accounts are deleted"),
    "width": gettext_lazy("people side by side"),
}


def told(entry: AuditEntry) -> str:
    """The entry in one sentence, whose subject stands in the column beside it."""
    return str(SENTENCES[Event(entry.action)] % {"label": entry.target_label})


def details(entry: AuditEntry) -> list[str]:
    """What more is known; one sentence a line, none for most entries."""
    tell = _DETAILS.get(Event(entry.action))
    lines = tell(entry.detail) if tell and entry.detail else []
    if entry.target_kind == "gatewaytoken" and entry.integration:
        lines.insert(0, _("For %(name)s.") % {"name": entry.integration.name})
    return lines


def _workspace(detail: Detail) -> list[str]:
    limited = _("Admins see only the integrations given to them.")
    every = _("Admins see every integration.")
    return [_("Its name is %(name)s.") % detail, limited if detail["admins_limited"] else every]


def _changed(detail: Detail) -> list[str]:
    return [
        _("%(field)s: %(before)s → %(after)s.")
        % {"field": _label(key), "before": _value(key, before), "after": _value(key, after)}
        for key, (before, after) in detail["changed"].items()
    ]


def _label(key: str) -> str:
    return str(IntegrationForm.base_fields[key].label)


def _value(key: str, value: str) -> str:
    if key == "idp":
        return idps.name(value) or _("recognised from its requests")
    if key == "rehire":
        return str(Integration.Rehire(value).label)
    if key == "nested_groups":
        return str(Integration.NestedGroups(value).label)
    return value or _("empty")


def _mapped(detail: Detail) -> list[str]:
    lines = [_("Added %(name)s.") % {"name": name} for name in detail["added"]]
    return lines + [_("Removed %(name)s.") % {"name": name} for name in detail["removed"]]


def _deleted(detail: Detail) -> list[str]:
    people = ngettext("%(n)d person", "%(n)d people", detail["people"]) % {"n": detail["people"]}
    groups = ngettext("%(n)d group", "%(n)d groups", detail["groups"]) % {"n": detail["groups"]}
    return [_("With it went %(people)s and %(groups)s.") % {"people": people, "groups": groups}]


def _rotated(detail: Detail) -> list[str]:
    minutes = detail["overlap_minutes"]
    if not minutes:
        return [_("It replaces %(replaces)s, which stopped at once.") % detail]
    if minutes % 60:
        kept = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    else:
        kept = ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    words = {"replaces": detail["replaces"], "kept": kept}
    return [_("It replaces %(replaces)s, which was kept for %(kept)s.") % words]


def _role(detail: Detail) -> list[str]:
    return [_("As %(role)s.") % {"role": Role(detail["role"]).label}]


def _key(detail: Detail) -> list[str]:
    lines = [_("For %(label)s.") % detail]
    if "role" in detail:
        lines.append(_("As %(role)s.") % {"role": ApiKey.Role(detail["role"]).label})
    return lines


def _roles(detail: Detail) -> list[str]:
    words = {"before": Role(detail["before"]).label, "after": Role(detail["after"]).label}
    return [_("From %(before)s to %(after)s.") % words]


def _access(detail: Detail) -> list[str]:
    names = ", ".join(detail["integrations"])
    return [_("Now: %(names)s.") % {"names": names} if names else _("Now none.")]


def _viewed(detail: Detail) -> list[str]:
    if "opened" in detail:
        return [_("Opened one row of the kind “%(opened)s”.") % detail]
    rows = ngettext("%(n)d row", "%(n)d rows", detail["rows"]) % {"n": detail["rows"]}
    words = {"rows": rows, "listed": detail["listed"], "search": detail["search"]}
    return [_("Listed %(rows)s of the kind “%(listed)s”, searching for “%(search)s”.") % words]


def _connector(detail: Detail) -> list[str]:
    lines = [_("By %(way)s.") % {"way": _way(detail["kind"])}]
    if detail["secrets"]:
        names = ", ".join(_secret(detail["kind"], name) for name in detail["secrets"])
        lines.append(_("Secrets entered: %(names)s.") % {"names": names})
    return lines


def _secret(kind: str, name: str) -> str:
    """What the connector's form calls it; its name where the form has no such field any more."""
    connector = _found(kind)
    field = connector.settings_form.base_fields.get(name) if connector else None
    return str(field.label or name) if field else name


def _way(kind: str) -> str:
    """The connector's title; its kind where its package is gone."""
    connector = _found(kind)
    return str(connector.title) if connector else kind


def _found(kind: str) -> type[Connector] | None:
    try:
        return registry.get(kind)
    except (ImportError, registry.UnknownKindError):
        return None


def _tested(detail: Detail) -> list[str]:
    return [_("All was well.") if detail["ok"] else _("It found a fault.")]


def _meaning(detail: Detail) -> list[str]:
    names = [str(MEANINGS.get(name, name)) for name in detail["changed"]]
    return [_("Changed: %(names)s.") % {"names": ", ".join(names)}]


def _touched(detail: Detail) -> list[str]:
    shown = ", ".join(str(number) for number in detail["deliveries"])
    words = ngettext("%(n)d delivery: %(shown)s.", "%(n)d deliveries: %(shown)s.", detail["number"])
    more = "…" if detail["number"] > len(detail["deliveries"]) else ""
    lines = [words % {"n": detail["number"], "shown": f"{shown}{more}"}]
    if detail.get("reason"):
        lines.append(_("Because: %(reason)s") % detail)
    return lines


def _replayed(detail: Detail) -> list[str]:
    since = format_date(timezone.localtime(datetime.fromisoformat(detail["since"])), "j M Y, H:i:s")
    words = ngettext(
        "%(n)d delivery, of changes since %(since)s.",
        "%(n)d deliveries, of changes since %(since)s.",
        detail["deliveries"],
    )
    return [words % {"n": detail["deliveries"], "since": since}]


def _accounts(detail: Detail) -> list[str]:
    shown = ", ".join(detail["accounts"])
    words = ngettext("%(n)d account: %(shown)s.", "%(n)d accounts: %(shown)s.", detail["number"])
    more = "…" if detail["number"] > len(detail["accounts"]) else ""
    return [words % {"n": detail["number"], "shown": f"{shown}{more}"}]


def _match(detail: Detail) -> list[str]:
    if "person" in detail:
        return [_("The account %(account)s is that of %(person)s.") % detail]
    return [_("The account %(account)s is nobody's here.") % detail]


def _held(detail: Detail) -> list[str]:
    words = ngettext("%(n)d delivery.", "%(n)d deliveries.", detail["deliveries"])
    return [words % {"n": detail["deliveries"]}]


def _replanned(detail: Detail) -> list[str]:
    if "people" in detail:
        words = ngettext(
            "Deliveries are made for %(n)d person, by a worker.",
            "Deliveries are made for %(n)d people, by a worker.",
            detail["people"],
        )
        return [words % {"n": detail["people"]}]
    words = ngettext("%(n)d delivery was made.", "%(n)d deliveries were made.", detail["deliveries"])
    return [words % {"n": detail["deliveries"]}]


def _task(detail: Detail) -> list[str]:
    lines = [_("Task: %(task)s.") % detail]
    if "assignee" in detail:
        lines.append(
            _("Now %(assignee)s has it.") % detail if detail["assignee"] else _("Now nobody has it.")
        )
    return lines


_DETAILS: dict[Event, Callable[[Detail], list[str]]] = {
    Event.WORKSPACE_CHANGED: _workspace,
    Event.INTEGRATION_CHANGED: _changed,
    Event.INTEGRATION_DELETED: _deleted,
    Event.MAPPING_CHANGED: _mapped,
    Event.CONNECTOR_CHANGED: _connector,
    Event.CONNECTOR_TESTED: _tested,
    Event.DELIVERY_POLICY_CHANGED: _meaning,
    Event.DELIVERY_RETRIED: _touched,
    Event.DELIVERY_SKIPPED: _touched,
    Event.DELIVERY_EDITED: _touched,
    Event.DELIVERY_HANDED_OVER: _touched,
    Event.DELIVERY_REPLAYED: _replayed,
    Event.ACCOUNT_BROUGHT: _accounts,
    Event.ACCOUNT_TAKEN_OVER: _accounts,
    Event.ACCOUNT_MATCHED: _match,
    Event.ACCOUNT_UNMATCHED: _match,
    Event.BRAKE_RELEASED: _held,
    Event.BRAKE_DISCARDED: _held,
    Event.DELIVERY_REPLANNED: _replanned,
    Event.TASK_ASSIGNED: _task,
    Event.TASK_DONE: _task,
    Event.TOKEN_ROTATED: _rotated,
    Event.MEMBER_INVITED: _role,
    Event.MEMBER_JOINED: _role,
    Event.MEMBER_CHANGED: _roles,
    Event.MEMBER_REMOVED: _role,
    Event.MEMBER_ACCESS_CHANGED: _access,
    Event.API_KEY_MADE: _key,
    Event.API_KEY_REVOKED: _key,
    Event.SUPPORT_VIEWED: _viewed,
}
