"""The numbers kept with the integration, changed in the writer's transaction."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

# One statement with the row's lock and its answer: whoever makes a person and whoever names one who is not
# here yet meet at this lock, so that neither misses the other. Plan: primary key.
_ADD = """
UPDATE integrations_integration
SET people_count = people_count + %s, test_people_count = test_people_count + %s,
    group_count = group_count + %s, pending_count = pending_count + %s
WHERE id = %s RETURNING pending_count
"""


def add(
    integration_id: UUID, *, people: int = 0, test_people: int = 0, groups: int = 0, pending: int = 0
) -> int:
    """Adds to the counts and locks the integration's row; returns how many members wait for a person."""
    key = integration_id if connection.features.has_native_uuid_field else integration_id.hex
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [people, test_people, groups, pending, key])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
