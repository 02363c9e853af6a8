"""What our people did: rows that are added and never changed."""

from __future__ import annotations

from typing import Any, Never, Self

from django.db import models
from django.utils import timezone

from integrations.kit import ids
from integrations.models import Integration, Workspace


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def for_workspace(self, workspace: Workspace) -> Self:
        return self.filter(workspace=workspace)

    def update(self, **_fields: Any) -> Never:
        raise TypeError("Audit entries are never changed.")

    def delete(self) -> Never:
        raise TypeError("Audit entries are never deleted.")


class AuditEntry(models.Model):
    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="audit_entries")
    integration = models.ForeignKey(Integration, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=254)
    ip = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=40)
    target_kind = models.CharField(max_length=20)
    target_id = models.CharField(max_length=40)
    target_label = models.CharField(max_length=254)
    detail = models.JSONField(default=dict)
    trace_id = models.CharField(max_length=32, blank=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["workspace", "-at", "-id"], name="audit_listed")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("Audit entries are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        raise TypeError("Audit entries are never deleted.")
