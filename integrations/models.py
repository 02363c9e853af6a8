"""Tenancy: who belongs to which workspace, and what a workspace connects."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations import idps
from integrations.kit import ids

# The old token ends this long after the new one was first used: requests on their way still get through.
PROVEN_GRACE = timedelta(minutes=10)
Row = TypeVar("Row", bound=models.Model)


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address, as Django's own commands and allauth ask for."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in to the console or, as staff, to the Django admin."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("support staff"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique")]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    SUPER_ADMIN = "super_admin", _("Super Admin")
    ADMIN = "admin", _("Admin")
    # Carries out the tasks given to them, and sees nothing else.
    MEMBER = "member", _("Member")


class Workspace(models.Model):
    """A company's tenant."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    admins_limited = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name


class WorkspaceQuerySet(models.QuerySet[Row]):
    def for_workspace(self, workspace: Workspace) -> Self:
        return self.filter(workspace=workspace)


class IntegrationScopedQuerySet(models.QuerySet[Row]):
    def for_integration(self, integration: Integration | UUID) -> Self:
        """Only the rows of one integration: every read of a tenant's rows starts here."""
        return self.filter(integration=integration)


class Membership(models.Model):
    """A person's one role in one workspace."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.workspace_id}: {self.role}"


class Invitation(models.Model):
    """A role offered to an e-mail address; only a hash of its key is kept."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20, choices=Role.choices)
    key_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "workspace",
                Lower("email"),
                name="invitation_open_once",
                condition=models.Q(accepted_at=None, withdrawn_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.workspace_id}"


class OneTimeLink(models.Model):
    """A link that works once: the first Owner's start, or a sign-in for someone locked out."""

    class Kind(models.TextChoices):
        START = "start"
        SIGN_IN = "sign_in"

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Integration(models.Model):
    """One disconnected app of a workspace. The state people see is computed (traffic/standing.py)."""

    class Mode(models.TextChoices):
        # Requests are answered and recorded; nothing is delivered.
        OBSERVING = "observing", _("Observing")
        # Every change is carried on into the app.
        LIVE = "live", _("Live")

    class Rehire(models.TextChoices):
        REACTIVATE = "reactivate", _("Reactivate the old account")
        REFUSE = "refuse", _("Refuse with a conflict")

    class NestedGroups(models.TextChoices):
        REFUSE = "refuse", _("Refuse the request")
        SET_ASIDE = "set_aside", _("Leave the group out and take the people")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="integrations")
    name = models.CharField(max_length=80)
    app = models.CharField(max_length=80)
    sign_in_url = models.CharField(max_length=2000, blank=True)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.OBSERVING)
    # The kind of its connector (delivery/registry.py); "" while none is chosen.
    connector = models.CharField(max_length=40, blank=True)
    # An admin's choice; it wins over what the requests look like.
    idp = models.CharField(max_length=20, choices=idps.CHOICES, blank=True)
    test_user_name = models.CharField(max_length=512, blank=True)
    rehire = models.CharField(max_length=10, choices=Rehire.choices, default=Rehire.REACTIVATE)
    nested_groups = models.CharField(max_length=10, choices=NestedGroups.choices, default=NestedGroups.REFUSE)
    # Attributes beyond the standard's: SCIM schema definitions as scim/core/schemas/extra.py reads them.
    extra_schemas = models.JSONField(default=list, blank=True)
    # Kept by whoever adds or removes people and groups, in the same transaction. People whom only a
    # connection test made are counted apart; members that wait for a person are rows of their own.
    people_count = models.PositiveIntegerField(default=0)
    test_people_count = models.PositiveIntegerField(default=0)
    group_count = models.PositiveIntegerField(default=0)
    pending_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workspace", "name", "id"], name="integration_listed")]

    def __str__(self) -> str:
        return self.name


class IntegrationAccess(models.Model):
    """An integration given to an Admin; counts where the workspace limits Admins."""

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="accesses", db_index=False
    )
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="accesses")

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration", "membership"], name="access_once")]

    def __str__(self) -> str:
        return f"{self.membership_id} on {self.integration_id}"


class GatewayToken(models.Model):
    """A bearer credential of one integration.

    The secret is not here: bcrypt hash and a short keyed tag alone.
    """

    class State(models.TextChoices):
        UNUSED = "unused", _("Not used yet")
        ACTIVE = "active", _("Active")
        RETIRING = "retiring", _("Being replaced")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="tokens", db_index=False
    )
    public_id = models.CharField(max_length=12, unique=True)
    token_hash = models.CharField(max_length=60)
    tag = models.CharField(max_length=16)
    label = models.CharField(max_length=80, blank=True)
    # The form's one-time key: the same form sent twice makes one token.
    form_key = models.UUIDField(null=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=254)
    expires_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    first_used_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_ip = models.GenericIPAddressField(null=True, blank=True)
    last_used_agent = models.CharField(max_length=200, blank=True)
    last_used_idp = models.CharField(max_length=20, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=254, blank=True)
    # Set while a newer token replaces this one; all three go when the newer one is revoked or cancelled.
    retires_at = models.DateTimeField(null=True, blank=True)
    overlap = models.DurationField(null=True, blank=True)
    successor_used_at = models.DateTimeField(null=True, blank=True)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["integration", "-created_at"], name="token_listed")]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """Prefix and public id: what lists, logs and messages may show."""
        return f"{settings.TOKEN_PREFIX}_{self.public_id}"

    def retirement(self, now: datetime) -> datetime | None:
        """When it ends because a newer token replaces it; None while none does.

        The overlap ends ten minutes after the newer one is first used, else at its time. Still unused
        then, it is extended once by its own length.
        """
        if self.retires_at is None or self.overlap is None:
            return None
        used = self.successor_used_at
        extended = (used or now) > self.retires_at
        end = self.retires_at + self.overlap if extended else self.retires_at
        return min(end, used + PROVEN_GRACE) if used else end

    def ends_at(self, now: datetime) -> datetime | None:
        """When it stops working, as far as is known now; None for never."""
        return min(filter(None, [self.expires_at, self.retirement(now), self.revoked_at]), default=None)

    def is_live(self, now: datetime) -> bool:
        end = self.ends_at(now)
        return end is None or end > now

    def is_overdue(self, now: datetime) -> bool:
        """The overlap was extended because the newer token has not been used: someone has to paste it."""
        return bool(
            self.retires_at and not self.successor_used_at and now > self.retires_at and self.is_live(now)
        )

    def state(self, now: datetime) -> GatewayToken.State:
        if self.revoked_at:
            return self.State.REVOKED
        if not self.is_live(now):
            return self.State.EXPIRED
        if self.retires_at:
            return self.State.RETIRING
        return self.State.ACTIVE if self.first_used_at else self.State.UNUSED


class ApiKey(models.Model):
    """A credential of the management API, for one workspace: its secret is kept as a gateway token's is."""

    class Role(models.TextChoices):
        READ_ONLY = "read_only", _("Read-only")
        ADMIN = "admin", _("Admin")
        SUPER_ADMIN = "super_admin", _("Super Admin")

    class State(models.TextChoices):
        UNUSED = "unused", _("Not used yet")
        ACTIVE = "active", _("Active")
        EXPIRED = "expired", _("Expired")
        REVOKED = "revoked", _("Revoked")

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="api_keys", db_index=False
    )
    public_id = models.CharField(max_length=12, unique=True)
    token_hash = models.CharField(max_length=60)
    tag = models.CharField(max_length=16)
    label = models.CharField(max_length=80)
    role = models.CharField(max_length=20, choices=Role.choices)
    # The form's one-time key: the same form sent twice makes one key.
    form_key = models.UUIDField(null=True, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.CharField(max_length=254)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_used_ip = models.GenericIPAddressField(null=True, blank=True)
    last_used_agent = models.CharField(max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=254, blank=True)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"
        indexes = [models.Index(fields=["workspace", "-created_at"], name="api_key_listed")]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        """Prefix and public id: what lists, logs and messages may show."""
        return f"{settings.API_KEY_PREFIX}_{self.public_id}"

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    def state(self, now: datetime) -> ApiKey.State:
        if self.revoked_at:
            return self.State.REVOKED
        if not self.is_live(now):
            return self.State.EXPIRED
        return self.State.ACTIVE if self.last_used_at else self.State.UNUSED


class KeyProbe(models.Model):
    """What the configured keys make of a fixed text: a start under other keys is refused."""

    name = models.CharField(max_length=40, primary_key=True)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.name
