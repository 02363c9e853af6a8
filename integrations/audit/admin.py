"""The audit log in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from integrations.audit.models import AuditEntry
from integrations.audit.support import SupportAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(SupportAdmin):
    belongs_by = "workspace"
    fields = (
        *("id", "workspace", "integration", "at", "action", "target_kind", "target_id", "target_label"),
        *("actor_kind", "actor_id", "actor_label", "ip", "trace_id", "detail"),
    )
    list_display = ("at", "workspace", "action", "target_label", "actor_label", "actor_kind")
    list_select_related = ("workspace", "integration")
    ordering = ("-at", "-pk")
    search_fields = ("id", "workspace", "integration", "workspace__slug")
