"""The people and groups an identity provider keeps in an integration."""

# Where an index begins with a foreign key, the key has none of its own: it would cost each write, and
# mislead planners.

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import connection, models
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils import timezone

from integrations.kit import ids
from integrations.kit.key_field import KeyField
from integrations.models import Integration, IntegrationScopedQuerySet, Row
from scim.core.schemas.common import MAX_KEY_BYTES

# A folded key has at most as many characters as bytes.
LONGEST_KEY = MAX_KEY_BYTES


class ResourceQuerySet(IntegrationScopedQuerySet[Row]):
    def present(self) -> Self:
        """Without those that the IdP deleted: their rows stay, so that a person who comes back is known."""
        return self.filter(deleted_at=None)

    def listed(self, integration: Integration | UUID) -> Self:
        """Those of one integration that are present, the oldest first.

        A range of one value: told by equality, PostgreSQL may walk the primary key, past everybody who
        belongs to others, instead of the index that begins with the integration.
        """
        mine = self.filter(integration__gte=integration, integration__lte=integration)
        return mine.present().order_by("integration_id", "pk")

    def behind(self, integration: Integration, pk: UUID) -> Self:
        """Of those listed, the ones that come after a row, at the cost of one look into the index."""
        return self._beyond(TupleGreaterThan, integration, pk, otherwise="pk__gt")

    def ahead_of(self, integration: Integration, pk: UUID) -> Self:
        """Of those listed, the ones that come before a row."""
        return self._beyond(TupleLessThan, integration, pk, otherwise="pk__lt")

    def _beyond(
        self,
        look_up: type[TupleGreaterThan | TupleLessThan],
        integration: Integration,
        pk: UUID,
        *,
        otherwise: str,
    ) -> Self:
        if connection.vendor == "postgresql":
            place = Tuple(F("integration_id"), F("pk"))
            return self.filter(look_up(place, (integration.pk, pk)))
        # SQLite has the index in mind when told by equality.
        return self.filter(integration=integration, **{otherwise: pk})


class UserQuerySet(ResourceQuerySet["ScimUser"]):
    def in_state(self, integration: Integration, *, active: bool) -> Self:
        """Those listed who are active, or are not, without connection tests' people; index `user_by_state`.

        SQLite finds it by equality, and a bare boolean, as Django writes one, in no index.
        """
        mine = self.present().filter(test_only=False)
        if connection.vendor == "postgresql":
            mine = mine.filter(integration__gte=integration, integration__lte=integration)
            mine = mine.filter(active__gte=active, active__lte=active)
            return mine.order_by("integration_id", "active", "pk")
        return mine.filter(integration=integration, active__in=[active]).order_by("pk")

    def behind_in_state(self, integration: Integration, pk: UUID, *, active: bool) -> Self:
        """Of those `in_state`, the ones that come after a row, at the cost of one look into the index."""
        if connection.vendor == "postgresql":
            place = Tuple(F("integration_id"), F("active"), F("pk"))
            return self.filter(TupleGreaterThan(place, (integration.pk, active, pk)))
        return self.filter(pk__gt=pk)


class ScimUser(models.Model):
    """One person.

    `data` holds the SCIM attributes as the IdP sent them, without id, meta, groups and password.
    """

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="users", db_index=False
    )
    user_name = models.CharField(max_length=512)
    # Case-folded: userName is unique and compared without case (RFC 7643 4.1.1), and echoed as it was sent.
    user_name_key = KeyField(max_length=LONGEST_KEY)
    external_id = models.CharField(max_length=512, blank=True)
    display_name = models.CharField(max_length=512, blank=True)
    # Case-folded and cut, so that an index holds it: for the console's search.
    display_name_key = KeyField(max_length=512, blank=True)
    active = models.BooleanField(default=True)
    # Made by an IdP's connection test: never delivered, never counted.
    test_only = models.BooleanField(default=False)
    data = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    objects = UserQuerySet.as_manager()

    class Meta:
        verbose_name = "SCIM user"
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "user_name_key"],
                condition=models.Q(deleted_at=None),
                name="user_name_unique",
            )
        ]
        indexes = [
            models.Index(fields=["integration", "external_id"], name="user_external_id"),
            models.Index(fields=["integration", "user_name_key"], name="user_name_any"),
            models.Index(
                fields=["integration", "id"], condition=models.Q(deleted_at=None), name="user_listed"
            ),
            models.Index(
                fields=["integration", "active", "id"],
                condition=models.Q(deleted_at=None, test_only=False),
                name="user_by_state",
            ),
            models.Index(
                fields=["integration", "id"],
                condition=models.Q(deleted_at=None, test_only=True),
                name="user_test_only",
            ),
            models.Index(
                fields=["integration", "display_name_key", "id"],
                condition=models.Q(deleted_at=None),
                name="user_by_display_name",
            ),
        ]

    def __str__(self) -> str:
        return self.user_name


class UserEmail(models.Model):
    """An e-mail address of a person, for filters on it; the truth is the person's `data`."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(ScimUser, on_delete=models.CASCADE, related_name="emails")
    type = models.CharField(max_length=LONGEST_KEY, blank=True)
    value_key = KeyField(max_length=LONGEST_KEY)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["integration", "value_key", "user"], name="email_filtered")]

    def __str__(self) -> str:
        return self.value_key


class ScimGroup(models.Model):
    """One group that the IdP pushes: to the app, an entitlement. Members are rows of their own."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="groups", db_index=False
    )
    display_name = models.CharField(max_length=512)
    display_name_key = KeyField(max_length=LONGEST_KEY)
    external_id = models.CharField(max_length=512, blank=True)
    data = models.JSONField()
    # Its membership rows, kept with it: those of deleted people are among them.
    member_rows = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    objects = ResourceQuerySet.as_manager()

    class Meta:
        verbose_name = "SCIM group"
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "display_name_key"],
                condition=models.Q(deleted_at=None),
                name="group_name_unique",
            )
        ]
        indexes = [
            models.Index(fields=["integration", "external_id"], name="group_external_id"),
            models.Index(
                fields=["integration", "id"], condition=models.Q(deleted_at=None), name="group_listed"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class GroupMember(models.Model):
    """A person in a group.

    Rows of a deleted person stay, unseen, and count again when the person is restored.
    """

    group = models.ForeignKey(ScimGroup, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    user = models.ForeignKey(ScimUser, on_delete=models.CASCADE, related_name="memberships")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.group_id}"


class PendingMember(models.Model):
    """A member the IdP named before the person arrived; resolves when that id or externalId appears."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+", db_index=False)
    group = models.ForeignKey(ScimGroup, on_delete=models.CASCADE, related_name="pending", db_index=False)
    value = models.CharField(max_length=512)
    created_at = models.DateTimeField(default=timezone.now)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "value"], name="pending_once")]
        indexes = [models.Index(fields=["integration", "value"], name="pending_by_value")]

    def __str__(self) -> str:
        return f"{self.value} for {self.group_id}"
