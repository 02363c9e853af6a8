"""The duty to carry changes into the app: in which queue it stands, what holds it, each try."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.delivery.connector import Intent
from integrations.delivery.models.changes import Change
from integrations.kit import ids
from integrations.models import Integration, IntegrationScopedQuerySet


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

    The key counts up in the order in which the changes of a person were made, those of a group, and those of
    one person's membership in one group: the person's row is locked while one is made, or the group's. A
    membership may have a lower key than what stood in the person's line before it. `place` says where it
    stands among those of its line; None once it has ended.
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
        """What the safety brake made of a leaver: let go and counted, held, or let go uncounted: released by
        somebody, or gone before."""

        NONE = 0
        COUNTED = 1
        HELD = 2
        RELEASED = 3

    # What the safety brake holds now.
    BRAKED: ClassVar = {"status": Status.HELD, "brake": Brake.HELD, "place": Place.PARKED}

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


class HeldBatchQuerySet(IntegrationScopedQuerySet["HeldBatch"]):
    def open(self) -> Self:
        """Those that wait for a decision; one that holds nobody is over. Index: delivery_listed."""
        # all-tenants: of the batches in hand
        held = Delivery.objects.filter(integration=models.OuterRef("integration"), **Delivery.BRAKED)
        return self.filter(models.Exists(held), decision="")


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

    objects = HeldBatchQuerySet.as_manager()

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
