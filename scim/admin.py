"""People and groups in the Django admin: who they are, without the attributes that the IdP keeps."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from integrations.audit.support import SupportAdmin
from integrations.models import Integration
from scim.models import ScimGroup, ScimUser, UserEmail


class ResourceAdmin(SupportAdmin):
    """Names are searched without case, as SCIM compares them."""

    def narrow(self, rows: QuerySet[Any], lookup: str, term: str) -> QuerySet[Any]:
        return super().narrow(rows, lookup, term.casefold() if lookup.endswith("_key") else term)


@admin.register(ScimUser)
class ScimUserAdmin(ResourceAdmin):
    fields = (
        *("id", "integration", "user_name", "external_id", "display_name", "active", "test_only"),
        *("version", "created_at", "updated_at", "deleted_at"),
    )
    in_each_integration = frozenset({"user_name_key", "external_id"})
    list_display = ("user_name", "integration", "display_name", "active", "test_only", "deleted_at")
    ordering = ("user_name_key", "-pk")
    search_fields = ("id", "user_name_key", "emails", "external_id", "integration")

    def narrow(self, rows: QuerySet[Any], lookup: str, term: str) -> QuerySet[Any]:
        if lookup != "emails":
            return super().narrow(rows, lookup, term)
        every = Integration.objects.values("pk")  # all-tenants: support searches them all, audited
        addresses = UserEmail.objects.filter(  # all-tenants: support searches them all, audited
            integration__in=every, value_key=term.casefold()
        )
        return rows.filter(pk__in=addresses.values("user"))


@admin.register(ScimGroup)
class ScimGroupAdmin(ResourceAdmin):
    fields = (
        *("id", "integration", "display_name", "external_id"),
        *("version", "created_at", "updated_at", "deleted_at"),
    )
    in_each_integration = frozenset({"display_name_key", "external_id"})
    list_display = ("display_name", "integration", "external_id", "updated_at", "deleted_at")
    search_fields = ("id", "display_name_key", "external_id", "integration")
