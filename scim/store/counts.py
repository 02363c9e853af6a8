"""The numbers kept with the integration, changed in the writer's transaction."""

from __future__ import annotations

from uuid import UUID

from integrations.kit.prepared import Written

# One statement with the row's lock and its answer: whoever makes a person and whoever names one who is not
# here yet meet at this lock, so that neither misses the other. Plan: primary key.
_add = Written(
    """
UPDATE integrations_integration
SET people_count = people_count + %s, test_people_count = test_people_count + %s,
    group_count = group_count + %s, pending_count = pending_count + %s
WHERE id = %s RETURNING pending_count
"""
)


def add(
    integration_id: UUID, *, people: int = 0, test_people: int = 0, groups: int = 0, pending: int = 0
) -> int:
    """Adds to the counts and locks the integration's row; returns how many members wait for a person."""
    found = _add.run(people, test_people, groups, pending, integration_id)
    return int(found[0][0]) if found else 0
