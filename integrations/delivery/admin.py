"""The changes in the Django admin: what was changed, without the values, which are people's data."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.audit.support import SupportAdmin
from integrations.delivery.models import Change


@admin.register(Change)
class ChangeAdmin(SupportAdmin):
    fields = (
        *("id", "integration", "at", "trace_id", "event", "resource_type", "resource_id", "resource_label"),
        *("version", "actor", "attributes", "people"),
    )
    list_display = ("at", "integration", "event", "resource_label", "actor", "trace_id")
    ordering = ("-at", "-pk")
    search_fields = ("id", "trace_id", "resource_id", "integration")

    @admin.display(description=_("attributes changed"))
    def attributes(self, change: Change) -> str:
        return ", ".join(entry["path"] for entry in change.delta)

    @admin.display(description=_("people in the group"))
    def people(self, change: Change) -> str:
        counts = {side: len(change.members.get(side, [])) for side in ("added", "removed")}
        return gettext("%(added)d added, %(removed)d removed") % counts
