"""Tells people that an IdP's connection test made from people who work."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from integrations import idps
from integrations.delivery.queue.duties import SETTLE_WINDOW
from integrations.models import Integration
from scim.models import ScimUser
from scim.store.origin import Origin


def is_named(integration: Integration, data: dict[str, Any]) -> bool:
    """Whether this is the test address that the admin stored."""
    name = integration.test_user_name
    return bool(name) and data["userName"].casefold() == name.casefold()


def is_passing(row: ScimUser, origin: Origin) -> bool:
    """Whether a person who is removed or made inactive now was but a connection test: gone within one settle
    window.

    That is assumed while nobody here has yet outlived a window, and always for an IdP whose test makes people
    while its test address is not stored.
    """
    edge = timezone.now() - SETTLE_WINDOW
    if row.created_at <= edge:
        return False
    if (
        idps.get(origin.integration.idp or origin.idp).test_makes_people
        and not origin.integration.test_user_name
    ):
        return True
    # The first in the order of ids is the oldest: one look into the index, however many are here.
    people = ScimUser.objects.listed(row.integration_id).filter(test_only=False)
    oldest = people.values_list("created_at", flat=True).first()
    return oldest is None or oldest > edge
