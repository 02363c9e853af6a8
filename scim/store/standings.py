"""Where the people of a page stand on the way into the app."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from integrations.delivery import provisioning_state
from integrations.delivery.provisioning_state import Person, Standing
from integrations.models import Integration
from scim.models import ScimUser


def of(integration: Integration, people: Sequence[ScimUser]) -> dict[UUID, Standing]:
    """The standing of each, by id. No query while the integration observes, else five."""
    last: dict[UUID, int | None] = {}
    if integration.mode == Integration.Mode.LIVE:
        rows = ScimUser.objects.for_integration(integration).filter(pk__in=[person.pk for person in people])
        told = rows.annotate(last_delivery=provisioning_state.last_of(integration))
        last = dict(told.values_list("pk", "last_delivery"))
    return provisioning_state.of(
        integration,
        [
            Person(person.pk, person.test_only, person.deleted_at is not None, last.get(person.pk))
            for person in people
        ],
    )
