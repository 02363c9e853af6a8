"""What goes out: changes, the duties to carry them into the app, each try, and what people do by hand."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.delivery.connector import Intent
from integrations.kit import ids
from integrations.kit.sealed_field import SealedField
from integrations.models import Integration, IntegrationScopedQuerySet, Membership


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


class Lane(models.Model):
    """One integration's queue of deliveries: who works on it, and whether it is held.

    A worker may write only while the fence is the one it drew (lanes.py).
    """

    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, primary_key=True, related_name="lane"
    )
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=254, blank=True)
    # Held for a cause that an admin has to mend, such as a wrong credential.
    held_at = models.DateTimeField(null=True, blank=True)
    held_for = models.TextField(blank=True)
    # When those who can mend it were told of this hold by mail.
    alarmed_at = models.DateTimeField(null=True, blank=True)
    # The app is down or asks for patience: no try before this.
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)
    has_timed_out = models.BooleanField(default=False)
    fence = models.PositiveBigIntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = IntegrationScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"lane of {self.integration_id}"

    def is_free(self, now: datetime) -> bool:
        """Whether a worker may take it now."""
        waits = self.next_attempt_at is not None and self.next_attempt_at > now
        leased = self.lease_until is not None and self.lease_until > now
        return not (self.paused_at or self.held_at or waits or leased)


class Delivery(models.Model):
    """The duty to carry one change into the app.

    The key counts up in the order in which a person's changes were made: their rows are locked while one is
    made. `place` says where it stands among those of its line; None once it has ended.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        RETRYING = "retrying", _("Retrying")
        CONFIRMING = "confirming", _("Waiting for the app's answer")
        WITH_PERSON = "with_person", _("Waiting for a person")
        HELD = "held", _("Held")
        DEAD = "dead", _("Failed")
        DELIVERED = "delivered", _("Delivered")
        SUPERSEDED = "superseded", _("Superseded")
        SKIPPED = "skipped", _("Skipped")
        CANCELLED = "cancelled", _("Cancelled")

    class Place(models.IntegerChoices):
        # Not yet looked at by the lane's holder.
        NEW = 0
        # To be tried when it is due.
        HEAD = 1
        # An earlier one of its line comes first.
        BEHIND = 2
        # Open, and nothing to try: dead, held, or with a person.
        PARKED = 3

    class Brake(models.IntegerChoices):
        """What the safety brake made of a leaver: let through and counted, held, released by somebody."""

        NONE = 0
        COUNTED = 1
        HELD = 2
        RELEASED = 3

    number = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    change = models.ForeignKey(
        Change, on_delete=models.CASCADE, related_name="deliveries", null=True, db_index=False
    )
    trace_id = models.CharField(max_length=32)
    # A person's id, or a group's: deliveries of one line are carried one at a time.
    line = models.UUIDField()
    label = models.CharField(max_length=512)
    intent = models.CharField(max_length=20, choices=[(intent.value, intent.value) for intent in Intent])
    version = models.PositiveIntegerField(default=0)
    # The group that is granted or revoked.
    group_id = models.UUIDField(null=True)
    group_name = models.CharField(max_length=512, blank=True)
    revision = models.PositiveIntegerField(default=1)
    # What a person wrote in the place of what would be sent.
    override = models.JSONField(null=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.WAITING)
    place = models.PositiveSmallIntegerField(choices=Place.choices, null=True, default=Place.NEW)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    brake = models.PositiveSmallIntegerField(choices=Brake.choices, default=Brake.NONE)
    # Why it is not there yet and what mends it; why it was skipped.
    problem = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    # What came back: {"words", "seen", "digest", "at"}.
    proof = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            # A condition that SQLite can prove from a comparison: what is compared is not null.
            models.Index(
                fields=["integration", "place", "due_at", "number"],
                condition=models.Q(place__isnull=False),
                name="delivery_next",
            ),
            models.Index(
                fields=["line", "number"], condition=models.Q(place__isnull=False), name="delivery_open"
            ),
            models.Index(
                fields=["group_id"],
                condition=models.Q(place__isnull=False, group_id__isnull=False),
                name="delivery_open_of_group",
            ),
            models.Index(fields=["integration", "status", "number"], name="delivery_listed"),
            models.Index(fields=["integration", "number"], name="delivery_newest"),
            models.Index(fields=["line", "-number"], name="delivery_of_line"),
            models.Index(fields=["trace_id"], name="delivery_traced"),
            models.Index(
                fields=["integration", "brake", "first_tried_at"],
                condition=models.Q(first_tried_at__isnull=False),
                name="delivery_leaving",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intent} {self.label}"

    @property
    def key(self) -> str:
        """The idempotency key: stable over tries, new after an edit."""
        return f"{self.id}.{self.revision}"


class HeldBatch(models.Model):
    """Leavers and losses that the safety brake holds until somebody decides: an identity provider's mistake
    must not empty an app."""

    class Decision(models.TextChoices):
        RELEASED = "released", _("Released")
        DISCARDED = "discarded", _("Discarded")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="held_batches", db_index=False
    )
    tripped_at = models.DateTimeField(default=timezone.now)
    # How many might leave within an hour when it began.
    limit = models.PositiveIntegerField()
    # When those who may decide were told by mail.
    alarmed_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=254, blank=True)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "held batches"
        constraints = [
            models.UniqueConstraint(
                fields=["integration"], condition=models.Q(decision=""), name="held_batch_open_once"
            )
        ]
        indexes = [models.Index(fields=["integration", "-tripped_at"], name="held_batch_listed")]

    def __str__(self) -> str:
        return f"held for {self.integration_id}"


class Attempt(models.Model):
    """One try of a delivery: what was sent, what came back, without secrets; never edited."""

    class Result(models.TextChoices):
        DONE = "done", _("Arrived")
        ACCEPTED = "accepted", _("Accepted, answer to come")
        PERSON = "person", _("Needs a person")
        RETRY = "retry", _("Not now")
        FAILED = "failed", _("Refused")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries", db_index=False)
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ms = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=10, choices=Result.choices)
    words = models.TextField(blank=True)
    # [{"words", "status", "ms", "sent", "received"}]
    exchanges = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"{self.number} of {self.delivery_id}"


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


class Planning(models.Model):
    """The making of a delivery for everybody present: the latest one of an integration."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")

    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, primary_key=True, related_name="planning"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    trace_id = models.CharField(max_length=32)
    # The last person who was looked at: people come in the order of their ids.
    after = models.UUIDField(null=True)
    # How many people there were when it began, were looked at, and got a delivery by it.
    total = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=254)
    began_at = models.DateTimeField(default=timezone.now)
    # When the last chunk was planned.
    beat_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["beat_at"], condition=models.Q(state="running"), name="planning_running")
        ]

    def __str__(self) -> str:
        return f"planning of {self.integration_id}"


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
