"""The names of what is audited, declared once."""

from __future__ import annotations

from enum import StrEnum


class Event(StrEnum):
    WORKSPACE_CREATED = "workspace.created"
    WORKSPACE_CHANGED = "workspace.changed"
    INTEGRATION_CREATED = "integration.created"
    INTEGRATION_CHANGED = "integration.changed"
    INTEGRATION_ARCHIVED = "integration.archived"
    INTEGRATION_RESTORED = "integration.restored"
    INTEGRATION_DELETED = "integration.deleted"
    MAPPING_CHANGED = "mapping.changed"
    CONNECTOR_CHANGED = "connector.changed"
    CONNECTOR_TESTED = "connector.tested"
    DELIVERY_POLICY_CHANGED = "delivery.policy_changed"
    DELIVERY_STARTED = "delivery.started"
    DELIVERY_STOPPED = "delivery.stopped"
    DELIVERY_PAUSED = "delivery.paused"
    DELIVERY_RESUMED = "delivery.resumed"
    DELIVERY_RETRIED = "delivery.retried"
    DELIVERY_SKIPPED = "delivery.skipped"
    DELIVERY_EDITED = "delivery.edited"
    DELIVERY_HANDED_OVER = "delivery.handed_over"
    DELIVERY_REPLAYED = "delivery.replayed"
    BRAKE_RELEASED = "brake.released"
    BRAKE_DISCARDED = "brake.discarded"
    SYNC_STARTED = "sync.started"
    SYNC_STOPPED = "sync.stopped"
    ACCOUNT_BROUGHT = "account.brought_in_step"
    ACCOUNT_TAKEN_OVER = "account.taken_over"
    ACCOUNT_MATCHED = "account.matched"
    ACCOUNT_UNMATCHED = "account.unmatched"
    DELIVERY_REPLANNED = "delivery.replanned"
    PLANNING_STOPPED = "delivery.planning_stopped"
    TASK_ASSIGNED = "task.assigned"
    TASK_DONE = "task.done"
    TOKEN_GENERATED = "token.generated"  # noqa: S105 - the name of an event
    TOKEN_ROTATED = "token.rotated"  # noqa: S105 - the name of an event
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - the name of an event
    MEMBER_INVITED = "member.invited"
    MEMBER_JOINED = "member.joined"
    MEMBER_CHANGED = "member.role_changed"
    MEMBER_REMOVED = "member.removed"
    MEMBER_ACCESS_CHANGED = "member.access_changed"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    API_KEY_MADE = "api_key.made"
    API_KEY_REVOKED = "api_key.revoked"
    SIGN_IN_LINK_MADE = "sign_in_link.made"
    SUPPORT_VIEWED = "support.viewed"
