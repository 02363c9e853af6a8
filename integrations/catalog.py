"""Integrations: create, change, archive, restore, delete."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import addresses, roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.kit import one_line, transactions
from integrations.kit.errors import Refused
from integrations.models import ApiKey, Integration, IntegrationAccess, Membership, Role, Workspace
from integrations.roles import Action, By


@dataclass(frozen=True, slots=True)
class Facts:
    """What people may set of an integration."""

    name: str
    app: str = ""
    sign_in_url: str = ""
    idp: str = ""
    test_user_name: str = ""
    rehire: str = Integration.Rehire.REACTIVATE
    nested_groups: str = Integration.NestedGroups.REFUSE


def checked(facts: Facts) -> Facts:
    """As they would be kept. Raises Refused."""
    trimmed = {field.name: str(getattr(facts, field.name)).strip() for field in fields(facts)}
    if not trimmed["name"]:
        raise Refused("required", _("Enter a name."), "name")
    for name in ("name", "app"):
        trimmed[name] = one_line.of(trimmed[name])
        if len(trimmed[name]) > 80:
            raise Refused("too_long", _("Use at most 80 characters."), name)
    trimmed["app"] = trimmed["app"] or trimmed["name"]
    trimmed["sign_in_url"] = addresses.sign_in_url(trimmed["sign_in_url"])
    return Facts(**trimmed)


def create(workspace: Workspace, facts: Facts, *, by: By) -> Integration:
    """A new integration, observing; one that an Admin creates becomes theirs. Raises Refused."""
    roles.require(by, Action.INTEGRATION_CREATE)
    kept = checked(facts)
    with transactions.write():
        integration = Integration.objects.create(workspace=workspace, **asdict(kept))
        if isinstance(by, Membership) and by.role == Role.ADMIN:
            IntegrationAccess.objects.create(integration=integration, membership=by)
        trail.record(Event.INTEGRATION_CREATED, integration, by=by, workspace=workspace)
    return integration


def change(integration: Integration, facts: Facts, *, by: By) -> Integration:
    """Sets what differs and audits it with before and after; nothing happens when nothing differs. Raises
    Refused."""
    roles.require(by, Action.INTEGRATION_CHANGE)
    kept = asdict(checked(facts))
    with transactions.write():
        current = _locked(integration)
        differences = {
            key: [getattr(current, key), new] for key, new in kept.items() if getattr(current, key) != new
        }
        for key, (_old, new) in differences.items():
            setattr(current, key, new)
        if differences:
            current.save(update_fields=[*differences, "updated_at"])
            trail.record(
                Event.INTEGRATION_CHANGED,
                current,
                by=by,
                workspace=current.workspace,
                detail={"changed": differences},
            )
    return current


def set_extra_schemas(integration: Integration, definitions: list[dict[str, Any]], *, by: By) -> Integration:
    """Sets the attributes beyond the standard's; whoever knows SCIM has judged their form.

    `integration` is as its caller saw it: where somebody else was faster, it is Refused.
    """
    roles.require(by, Action.INTEGRATION_CHANGE)
    with transactions.write():
        current = _locked(integration)
        if current.extra_schemas != integration.extra_schemas:
            raise Refused("stale", _("Someone else changed the attributes meanwhile. Look, and try again."))
        before, after = _names(current.extra_schemas), _names(definitions)
        current.extra_schemas = definitions
        current.save(update_fields=["extra_schemas", "updated_at"])
        trail.record(
            Event.MAPPING_CHANGED,
            current,
            by=by,
            workspace=current.workspace,
            detail={"added": sorted(after - before), "removed": sorted(before - after)},
        )
    return current


def archive(integration: Integration, *, by: By) -> None:
    """Retires it: SCIM answers 403, all is kept, and it can be restored."""
    _set_archived(integration, archived=True, by=by)


def restore(integration: Integration, *, by: By) -> None:
    _set_archived(integration, archived=False, by=by)


def delete(integration: Integration, *, by: By) -> None:
    """Removes an archived integration with its people, groups and activity; the audit keeps that it was
    there."""
    roles.require(by, Action.INTEGRATION_ARCHIVE)

    def work() -> None:
        current = _locked(integration)
        if current.archived_at is None:
            raise Refused("not_archived", _("Archive the integration first. Then it can be deleted."))
        detail = {"people": current.people_count, "groups": current.group_count}
        trail.record(Event.INTEGRATION_DELETED, current, by=by, workspace=current.workspace, detail=detail)
        current.delete()

    transactions.run(work)  # whoever writes into it at this moment has locked its rows before it


def visible_to(member: Membership | ApiKey) -> QuerySet[Integration]:
    """The integrations that are there for this person or API key, as a queryset ordered by name."""
    found = Integration.objects.for_workspace(member.workspace)
    if member.role == Role.MEMBER:
        return found.none()
    if isinstance(member, ApiKey):  # it is the workspace's, and sees all of it
        return found.order_by("name", "id")
    if member.role == Role.ADMIN and member.workspace.admins_limited:
        found = found.filter(accesses__membership=member)
    return found.order_by("name", "id")


def find(member: Membership | ApiKey, integration_id: UUID) -> Integration:
    """One integration of those; Http404 for every other id, whoever's it is."""
    integration = visible_to(member).select_related("workspace").filter(pk=integration_id).first()
    if integration is None:
        raise Http404
    return integration


def _names(definitions: list[dict[str, Any]]) -> set[str]:
    """The attributes of the definitions, each with its schema."""
    return {f"{schema['id']}:{each['name']}" for schema in definitions for each in schema["attributes"]}


def _locked(integration: Integration) -> Integration:
    """The row as it is now, for whoever is writing; Http404 when it was deleted meanwhile."""
    rows = Integration.objects.select_for_update().for_workspace(integration.workspace)
    current = rows.filter(pk=integration.pk).first()
    if current is None:
        raise Http404
    return current


def _set_archived(integration: Integration, *, archived: bool, by: By) -> None:
    roles.require(by, Action.INTEGRATION_ARCHIVE)
    with transactions.write():
        current = _locked(integration)
        if bool(current.archived_at) == archived:
            return
        current.archived_at = timezone.now() if archived else None
        current.save(update_fields=["archived_at", "updated_at"])
        event = Event.INTEGRATION_ARCHIVED if archived else Event.INTEGRATION_RESTORED
        trail.record(event, current, by=by, workspace=current.workspace)
