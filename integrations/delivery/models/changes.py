"""What the identity provider changed: written down with it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from integrations.kit import ids
from integrations.models import Integration, IntegrationScopedQuerySet


class Change(models.Model):
    """One applied difference to one user or group; written with it, never edited."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    trace_id = models.CharField(max_length=32)
    event = models.CharField(max_length=40)
    resource_type = models.CharField(max_length=10)
    resource_id = models.UUIDField()
    resource_label = models.CharField(max_length=512)
    version = models.PositiveIntegerField()
    actor = models.CharField(max_length=254)
    # The form of the JSON below; 1: before and after are SCIM resources without members (null when absent),
    # delta is [{"path", "before", "after"}], members is {"added": [id], "removed": [id]}.
    format = models.PositiveSmallIntegerField(default=1)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    delta = models.JSONField(default=list)
    members = models.JSONField(default=dict)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["integration", "-at", "-id"], name="change_listed"),
            models.Index(fields=["resource_id", "version"], name="change_of_resource"),
            models.Index(fields=["trace_id"], name="change_traced"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.resource_label}"
