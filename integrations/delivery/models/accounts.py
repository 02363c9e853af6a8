"""Accounts in the app, as they were last set or read, and the reading."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.kit import ids
from integrations.models import Integration, IntegrationScopedQuerySet


class AppAccount(models.Model):
    """An account in the app, as it was last set or read: of a person or group of the IdP, or of nobody."""

    class Origin(models.TextChoices):
        IDP = "idp", _("The identity provider")
        FOUND = "found", _("Found in the app")
        HAND = "hand", _("By hand")

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="accounts", db_index=False
    )
    # The person or group of the IdP; None: an account that was found, and that nobody here matches.
    line = models.UUIDField(null=True)
    ref = models.CharField(max_length=512, blank=True)
    user_name = models.CharField(max_length=512, blank=True)
    email = models.CharField(max_length=512, blank=True)
    display_name = models.CharField(max_length=512, blank=True)
    is_active = models.BooleanField(default=True)
    # Deleted in the app.
    is_gone = models.BooleanField(default=False)
    roles = models.JSONField(default=list)
    # Whether the app shows the roles of its accounts.
    shows_roles = models.BooleanField(default=False)
    # What else it shows: {"external_id", "attributes"}; None where nothing was read, or too much to keep.
    shown = models.JSONField(null=True)
    origin = models.CharField(max_length=10, choices=Origin.choices, default=Origin.IDP)
    # What reading back saw otherwise, as sentences; and those that somebody has accepted.
    differences = models.JSONField(default=list)
    accepted = models.JSONField(default=list)
    # Whether there are differences: for an index.
    is_out_of_step = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)
    # Of what was found: who it may be; how many people fit it exactly, while it is matched; and whether
    # somebody has said that it is left alone. The keys are case-folded and cut, for indexes.
    suggestion = models.UUIDField(null=True)
    claims = models.PositiveSmallIntegerField(default=0)
    is_kept_apart = models.BooleanField(default=False)
    user_name_key = models.CharField(max_length=512, blank=True)
    email_key = models.CharField(max_length=512, blank=True)
    display_name_key = models.CharField(max_length=512, blank=True)
    local_key = models.CharField(max_length=512, blank=True)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "line"], name="account_once"),
            models.UniqueConstraint(
                fields=["integration", "ref"],
                condition=models.Q(line__isnull=True),
                name="account_found_once",
            ),
        ]
        indexes = [
            models.Index(fields=["integration", "ref"], name="account_by_ref"),
            models.Index(
                fields=["integration", "id"],
                condition=models.Q(is_out_of_step=True),
                name="account_out_of_step",
            ),
            models.Index(
                fields=["integration", "id"], condition=models.Q(line__isnull=True), name="account_found"
            ),
            models.Index(
                fields=["integration", "id"],
                condition=models.Q(line__isnull=True, suggestion__isnull=False),
                name="account_suggested",
            ),
            *(
                models.Index(
                    fields=["integration", key], condition=models.Q(line__isnull=True), name=f"found_by_{key}"
                )
                for key in ("user_name_key", "email_key", "display_name_key", "local_key")
            ),
        ]

    def __str__(self) -> str:
        return self.user_name or self.ref


class SyncRun(models.Model):
    """One reading of the app's accounts; the last ones are kept."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        STOPPED = "stopped", _("Stopped")

    class Phase(models.TextChoices):
        WAITING = "waiting", _("Waiting for its turn")
        READING = "reading", _("Reading the accounts")
        MATCHING = "matching", _("Matching people")
        COMPARING = "comparing", _("Comparing")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="sync_runs", db_index=False
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.WAITING)
    started_at = models.DateTimeField(default=timezone.now)
    # A worker has it, and this is when it last said so.
    beat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=254)
    # Accounts that were read; matched with people; with nobody here. People and accounts out of step.
    seen = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    out_of_step = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    stop_requested = models.BooleanField(default=False)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration"], condition=models.Q(state="running"), name="sync_one_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["integration", "-started_at"], name="sync_listed"),
            models.Index(fields=["started_at"], condition=models.Q(state="running"), name="sync_running"),
        ]

    def __str__(self) -> str:
        return f"sync of {self.integration_id}"
