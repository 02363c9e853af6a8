"""What people do by hand."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.delivery.models.deliveries import Delivery
from integrations.kit import ids
from integrations.models import Integration, IntegrationScopedQuerySet, Membership


class Task(models.Model):
    """A delivery that a person carries out."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Not needed any more")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="tasks", db_index=False
    )
    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="task")
    title = models.CharField(max_length=600)
    question = models.TextField(blank=True)
    # [{"words", "detail", "done_at", "done_by"}]
    steps = models.JSONField(default=list)
    # What the account is once it is done: {"intent", "user_name", "roles"}; empty where no order says it.
    becomes = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    assignee = models.ForeignKey(
        Membership, on_delete=models.SET_NULL, null=True, blank=True, related_name="tasks"
    )
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=254, blank=True)
    note = models.TextField(blank=True)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["integration", "state", "due_at", "id"], name="task_listed"),
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="task_due"),
        ]

    def __str__(self) -> str:
        return self.title


class TaskFile(models.Model):
    """A file that proves a task: kept in the database, so that a backup holds it."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.CharField(max_length=254)

    def __str__(self) -> str:
        return self.name
