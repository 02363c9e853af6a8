"""Whether what is shown with a person or a group, and is not counted by its version, stayed as it was.

A version counts what is kept with its row. Groups show themselves at people, and people at groups, without a
write to either: so a client that names the version may still have an old answer.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from scim.models import GroupMember, ScimGroup, ScimUser

# Longer than any transaction lasts: what was dated before the version may be committed after it.
MARGIN = timedelta(minutes=1)


def are_groups_as_they_were(user: ScimUser) -> bool:
    """False where any group changed since the person did: one that they left is not known any more. One
    query, over the integration's groups."""
    since = user.updated_at - MARGIN
    groups = ScimGroup.objects.for_integration(user.integration_id)
    return not groups.filter(Q(updated_at__gt=since) | Q(deleted_at__gt=since)).exists()


def are_members_as_they_were(group: ScimGroup) -> bool:
    """False where a member's person changed, went or came back since the group changed. One query, over the
    members."""
    since = group.updated_at - MARGIN
    members = GroupMember.objects.filter(group=group)  # all-tenants: of the group
    return not members.filter(Q(user__updated_at__gt=since) | Q(user__deleted_at__gt=since)).exists()
