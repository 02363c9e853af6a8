"""What came in, in the Django admin: without the bodies, which hold people's data."""

from __future__ import annotations

from django.contrib import admin

from integrations.audit.support import SupportAdmin
from integrations.traffic.models import Contact, RefusedToken, RequestLog


@admin.register(RequestLog)
class RequestLogAdmin(SupportAdmin):
    fields = (
        *("id", "integration", "at", "trace_id", "caller_trace", "method", "path", "query", "status"),
        *("duration_ms", "size_bytes", "ip", "user_agent", "token", "idp"),
        *("resource_type", "resource_id", "resource_label", "notes"),
        *("problem", "remedy", "scim_type", "expected", "received"),
    )
    in_each_integration = frozenset({"resource_id"})
    list_display = ("at", "integration", "method", "path", "status", "idp", "trace_id")
    search_fields = ("id", "trace_id", "resource_id", "integration")


@admin.register(RefusedToken)
class RefusedTokenAdmin(SupportAdmin):
    fields = (
        *("id", "integration", "cause", "minute", "count", "last_at"),
        *("last_ip", "last_user_agent", "last_request", "last_token"),
    )
    list_display = ("minute", "integration", "cause", "count", "last_ip", "last_token")
    ordering = ("-minute", "-pk")
    search_fields = ("integration",)


@admin.register(Contact)
class ContactAdmin(SupportAdmin):
    fields = (
        *("integration", "first_accepted_at", "last_accepted_at", "first_request"),
        *("idp", "decisive_idp", "signals", "quirks", "set_aside"),
    )
    list_display = ("integration", "idp", "first_accepted_at", "last_accepted_at")
    search_fields = ("integration",)
