"""Who may do what: one table that console, commands and admin ask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from integrations.kit.errors import NotAllowed
from integrations.models import ApiKey, Integration, IntegrationAccess, Membership, Role


class Action(StrEnum):
    INTEGRATION_VIEW = "integration.view"
    INTEGRATION_CREATE = "integration.create"
    INTEGRATION_CHANGE = "integration.change"
    INTEGRATION_ARCHIVE = "integration.archive"
    TOKEN_MANAGE = "token.manage"  # noqa: S105 - the name of a right
    CONNECTOR_CHANGE = "connector.change"
    DELIVERY_MANAGE = "delivery.manage"
    BRAKE_RELEASE = "brake.release"
    TASK_DO = "task.do"
    MEMBER_VIEW = "member.view"
    MEMBER_INVITE = "member.invite"
    MEMBER_CHANGE = "member.change"
    AUDIT_VIEW = "audit.view"
    WORKSPACE_CHANGE = "workspace.change"
    API_KEY_MANAGE = "api_key.manage"


EVERYONE = frozenset(Role)
ALL = EVERYONE - {Role.MEMBER}
SUPER = frozenset({Role.OWNER, Role.SUPER_ADMIN})

TABLE: dict[Action, frozenset[Role]] = {
    Action.INTEGRATION_VIEW: ALL,
    Action.INTEGRATION_CREATE: ALL,
    Action.INTEGRATION_CHANGE: ALL,
    Action.INTEGRATION_ARCHIVE: SUPER,
    Action.TOKEN_MANAGE: ALL,
    Action.CONNECTOR_CHANGE: ALL,
    Action.DELIVERY_MANAGE: ALL,
    Action.BRAKE_RELEASE: SUPER,
    Action.TASK_DO: EVERYONE,
    Action.MEMBER_VIEW: ALL,
    Action.MEMBER_INVITE: SUPER,
    Action.MEMBER_CHANGE: SUPER,
    Action.AUDIT_VIEW: SUPER,
    Action.WORKSPACE_CHANGE: SUPER,
    Action.API_KEY_MANAGE: SUPER,
}
DESCRIPTIONS = {
    Action.INTEGRATION_VIEW: _lazy("See integrations, addresses, users and activity"),
    Action.INTEGRATION_CREATE: _lazy("Create an integration"),
    Action.INTEGRATION_CHANGE: _lazy("Change an integration"),
    Action.INTEGRATION_ARCHIVE: _lazy("Archive, restore or delete an integration"),
    Action.TOKEN_MANAGE: _lazy("Generate, replace and revoke tokens"),
    Action.CONNECTOR_CHANGE: _lazy("Set how changes reach the app"),
    Action.DELIVERY_MANAGE: _lazy("Pause, retry, skip and replay deliveries"),
    Action.BRAKE_RELEASE: _lazy("Decide about leavers that the safety brake holds"),
    Action.TASK_DO: _lazy("Carry out tasks"),
    Action.MEMBER_VIEW: _lazy("See members and roles"),
    Action.MEMBER_INVITE: _lazy("Invite people"),
    Action.MEMBER_CHANGE: _lazy("Change roles below one's own, remove members"),
    Action.AUDIT_VIEW: _lazy("Read the audit log"),
    Action.WORKSPACE_CHANGE: _lazy("Change workspace settings"),
    Action.API_KEY_MANAGE: _lazy("Make and revoke API keys"),
}
# The roles a person may give, take away or replace.
GIVES: dict[Role, frozenset[Role]] = {
    Role.OWNER: EVERYONE,
    Role.SUPER_ADMIN: frozenset({Role.ADMIN, Role.MEMBER}),
    Role.ADMIN: frozenset(),
    Role.MEMBER: frozenset(),
}
# What a read-only API key may: it sees the whole workspace, and changes nothing.
READING = frozenset({Action.INTEGRATION_VIEW, Action.MEMBER_VIEW, Action.AUDIT_VIEW})


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs a command on the machine; may do everything, and the audit says so."""

    name: str = "Command line"


By = Membership | ApiKey | Operator


def may(by: By, action: Action) -> bool:
    """Whether the role allows the action; which integrations an Admin sees is `sees`."""
    if isinstance(by, Operator):
        return True
    if by.role == ApiKey.Role.READ_ONLY:
        return action in READING
    return by.role in TABLE[action]


def may_give(by: By, role: str) -> bool:
    if isinstance(by, Operator):
        return True
    return by.role in GIVES and Role(role) in GIVES[Role(by.role)]


def may_give_key(by: Membership, role: str) -> bool:
    """Whether this person may make an API key of that role: one that may no more than they may themselves."""
    return may(by, Action.API_KEY_MANAGE) and (role != ApiKey.Role.SUPER_ADMIN or by.role in SUPER)


def require(by: By, action: Action) -> None:
    """Raises NotAllowed with a sentence that names the roles that may."""
    if not may(by, action):
        words = _("Your role does not allow this. It takes: %(roles)s.")
        if isinstance(by, ApiKey):
            words = _("The role of this API key does not allow this. It takes: %(roles)s.")
        raise NotAllowed("role", words % {"roles": names(by, action)})


def require_giving(by: By, role: str) -> None:
    """Raises NotAllowed unless the person may give that role, or take it away."""
    if not may_give(by, role):
        able = frozenset(giver for giver, given in GIVES.items() if Role(role) in given)
        raise NotAllowed(
            "role",
            _("Only these roles can give or take the role %(role)s: %(roles)s.")
            % {"role": Role(role).label, "roles": _names(able)},
            "role",
        )


def sees(by: By, integration: Integration) -> bool:
    """Whether an integration is there at all for this person: not another workspace's, nor one not given to
    them."""
    if isinstance(by, Operator):
        return True
    if integration.workspace_id != by.workspace_id:
        return False
    if isinstance(by, ApiKey):
        return True
    if by.role == Role.MEMBER:
        return False
    if by.role != Role.ADMIN or not by.workspace.admins_limited:
        return True
    return IntegrationAccess.objects.for_integration(integration).filter(membership=by).exists()


def names(by: By, action: Action) -> str:
    """The roles that may, as people or as API keys have them."""
    if not isinstance(by, ApiKey):
        return _names(TABLE[action])
    able = [role for role in ApiKey.Role if may(ApiKey(role=role), action)]
    return ", ".join(str(role.label) for role in able)


def _names(roles: frozenset[Role]) -> str:
    return ", ".join(str(role.label) for role in Role if role in roles)


def label(by: By) -> str:
    """The name under which an act of this person or command is kept."""
    match by:
        case Operator():
            return by.name
        case ApiKey():
            return _("API key %(label)s (%(name)s)") % {"label": by.label, "name": by.shown_name}
        case Membership():
            return by.user.email


def called(by: By) -> str:
    """As `label`, for mails to people: a person by their name."""
    return by.user.get_full_name() if isinstance(by, Membership) else label(by)
