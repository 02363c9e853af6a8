"""What came in: each request, refusals by cause and minute, and the latest contact of each integration."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.kit import ids
from integrations.kit.key_field import KeyField
from integrations.models import Integration, IntegrationScopedQuerySet


class RequestLog(models.Model):
    """One SCIM request that carried a true token, accepted or refused; without secrets."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="requests", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    trace_id = models.CharField(max_length=32)
    caller_trace = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=400)
    query = models.CharField(max_length=4200, blank=True)
    status = models.PositiveSmallIntegerField()
    duration_ms = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField(default=0)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    token = models.CharField(max_length=40, blank=True)
    idp = models.CharField(max_length=20, blank=True)
    resource_type = models.CharField(max_length=10, blank=True)
    resource_id = models.UUIDField(null=True)
    resource_label = models.CharField(max_length=512, blank=True)
    # Case-folded and cut, so that an index holds it: for the search.
    label_key = KeyField(max_length=512, blank=True)
    # Sentences, ready for a person: what the IdP did otherwise than the standard, what was set aside.
    notes = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    scim_type = models.CharField(max_length=20, blank=True)
    expected = models.TextField(blank=True)
    received = models.TextField(blank=True)
    request_body = models.TextField(blank=True)
    response_body = models.TextField(blank=True)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        indexes = [
            # Ids are time-ordered.
            models.Index(fields=["integration", "id"], name="request_listed"),
            models.Index(
                fields=["integration", "id"], condition=models.Q(status__gte=400), name="request_refused"
            ),
            models.Index(fields=["trace_id"], name="request_traced"),
            models.Index(fields=["integration", "resource_id", "id"], name="request_of_resource"),
            models.Index(fields=["integration", "label_key", "id"], name="request_named"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.status}"


class MetQuirk(models.Model):
    """A habit of an IdP that a request showed, to find the request by; the sentence is in its notes."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="+")
    # A value of scim/core/quirks/quirk.py's Code.
    code = models.CharField(max_length=30)
    request = models.ForeignKey(RequestLog, on_delete=models.CASCADE, related_name="quirks")

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "code", "request"], name="quirk_met_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} in {self.request_id}"


class RefusedToken(models.Model):
    """How often in one minute a token was refused for one cause: strangers cannot push other evidence out."""

    class Cause(models.TextChoices):
        MISSING = "missing", _("No token was sent")
        MALFORMED = "malformed", _("What was sent is not a whole gateway token")
        UNKNOWN = "unknown", _("The token is not known here")
        WRONG_SECRET = "wrong_secret", _("The token's secret part is wrong")
        EXPIRED = "expired", _("The token has expired")
        REVOKED = "revoked", _("The token was revoked")
        OTHER_INTEGRATION = "other_integration", _("The token belongs to another integration")

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="refused_tokens", db_index=False
    )
    cause = models.CharField(max_length=20, choices=Cause.choices)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    last_ip = models.GenericIPAddressField(null=True)
    last_user_agent = models.CharField(max_length=200, blank=True)
    last_request = models.CharField(max_length=400, blank=True)
    # The public part of what was sent, where it had one.
    last_token = models.CharField(max_length=40, blank=True)

    objects = IntegrationScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["integration", "minute", "cause"], name="refusals_counted_once")
        ]

    def __str__(self) -> str:
        return f"{self.count} x {self.cause} at {self.minute:%Y-%m-%d %H:%M}"


class Contact(models.Model):
    """When an integration's IdP was first and last heard, and which it is."""

    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, primary_key=True, related_name="contact"
    )
    first_accepted_at = models.DateTimeField(null=True)
    last_accepted_at = models.DateTimeField(null=True)
    # The first accepted request in words, for the connection card: method and path, status, milliseconds.
    first_request = models.CharField(max_length=400, blank=True)
    idp = models.CharField(max_length=20, blank=True)
    decisive_idp = models.CharField(max_length=20, blank=True)
    signals = models.JSONField(default=list)
    # The codes of the habits it has shown.
    quirks = models.JSONField(default=list)
    # Attributes that it sent and that are not known here, the latest first, at most 50:
    # {"name", "type": a SCIM type, "" for one that cannot be kept, "many", "at"}.
    set_aside = models.JSONField(default=list)

    objects = IntegrationScopedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.integration_id}: {self.last_accepted_at}"
