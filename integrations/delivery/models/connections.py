"""How changes reach the app of an integration."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.kit.sealed_field import SealedField
from integrations.models import Integration, IntegrationScopedQuerySet


class AppConnection(models.Model):
    """How changes reach the app of an integration: settings of the connector that the integration names, its
    secrets, and what groups and attributes mean in the app."""

    class RoleChoice(models.TextChoices):
        ALL = "all", _("All that match")
        HIGHEST = "highest", _("The highest that matches")

    class Leaving(models.TextChoices):
        DEACTIVATE = "deactivate", _("Deactivate the account")
        DELETE = "delete", _("Delete the account")
        REMOVE_ROLES = "remove_roles", _("Take away all roles, keep the account")
        NOTHING = "nothing", _("Do nothing")

    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, primary_key=True, related_name="connection"
    )
    settings = models.JSONField(default=dict, blank=True)
    secrets = SealedField()
    # When each secret was set and by whom: all that is ever shown of it.
    secrets_set = models.JSONField(default=dict, blank=True)
    # [{"group": name of the IdP's group, "value": what the app calls the role, "name": what people call it}],
    # the highest first.
    roles = models.JSONField(default=list, blank=True)
    role_choice = models.CharField(max_length=10, choices=RoleChoice.choices, default=RoleChoice.ALL)
    default_role = models.CharField(max_length=200, blank=True)
    # {"attribute in the app": "attribute of the person"}; empty: as the connector suggests.
    attributes = models.JSONField(default=dict, blank=True)
    on_deactivate = models.CharField(max_length=20, choices=Leaving.choices, default=Leaving.DEACTIVATE)
    on_delete = models.CharField(max_length=20, choices=Leaving.choices, default=Leaving.DEACTIVATE)
    # After a removal by the IdP: deleted in the app as well so many days later; 0 for never.
    delete_after_days = models.PositiveSmallIntegerField(default=30)
    width = models.PositiveSmallIntegerField(default=4)
    # The safety brake: so many people may leave within an hour, or such a part of all, whichever is more.
    brake_people = models.PositiveIntegerField(default=5)
    brake_percent = models.PositiveSmallIntegerField(default=10)
    tested_at = models.DateTimeField(null=True, blank=True)
    findings = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = IntegrationScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"connection of {self.integration_id}"
