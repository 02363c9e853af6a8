"""The numbers kept with the integration, changed in the writer's transaction."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from integrations.models import Integration


def add_people(integration_id: UUID, number: int) -> None:
    _add(integration_id, "people_count", number)


def add_groups(integration_id: UUID, number: int) -> None:
    _add(integration_id, "group_count", number)


def _add(integration_id: UUID, column: str, number: int) -> None:
    if number:
        # all-tenants: by id
        Integration.objects.filter(pk=integration_id).update(**{column: F(column) + number})
