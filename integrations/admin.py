"""The Django admin for support staff: metadata of every workspace, never a secret, nothing to change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Never

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from integrations.audit.support import Subject, SupportAdmin
from integrations.models import ApiKey, GatewayToken, Integration, Invitation, Membership, User, Workspace


def no_suggestions(_request: HttpRequest) -> Never:
    """Suggestions for a choice would show rows past the audit, and there is nothing to choose."""
    raise Http404


_every_url = admin.site.get_urls


def no_shortcuts() -> list[Any]:
    """Nothing that support sees has a page elsewhere: to look for one would be a failure, and past the
    audit."""
    return [one for one in _every_url() if getattr(one, "name", "") != "view_on_site"]


VIEWS = {
    "login": secure_admin_login(admin.site.login),
    "password_change": RedirectView.as_view(pattern_name="account_change_password"),
    "autocomplete_view": no_suggestions,
    "get_urls": no_shortcuts,
}
for name, view in VIEWS.items():
    setattr(admin.site, name, view)
admin.site.site_header = admin.site.site_title = _("Cerby Gateway support")
admin.site.index_title = _("Look something up")
admin.site.site_url = None
admin.autodiscover()  # allauth and Django come after us, and what they register is not for support
admin.site.unregister([EmailAddress, Group, UserSession])


@admin.register(Workspace)
class WorkspaceAdmin(SupportAdmin):
    fields = ("id", "name", "slug", "admins_limited", "created_at")
    list_display = ("name", "slug", "created_at")
    list_select_related = ()
    search_fields = ("id", "name__istartswith", "slug")

    def subjects(self, rows: Iterable[Any]) -> list[Subject]:
        return list(rows)


@admin.register(Integration)
class IntegrationAdmin(SupportAdmin):
    fields = (
        *("id", "workspace", "name", "app", "sign_in_url", "mode", "idp", "test_user_name", "rehire"),
        *("people_count", "group_count", "created_at", "updated_at", "archived_at"),
    )
    list_display = ("name", "app", "workspace", "idp", "people_count", "group_count", "archived_at")
    list_filter = ("idp",)
    list_select_related = ("workspace",)
    search_fields = ("id", "workspace", "name__istartswith", "workspace__slug")

    def subjects(self, rows: Iterable[Any]) -> list[Subject]:
        return list(rows)


@admin.register(GatewayToken)
class GatewayTokenAdmin(SupportAdmin):
    fields = (
        *("id", "integration", "public_id", "label", "state", "ends_at", "created_at", "created_by"),
        *("expires_at", "replaces", "first_used_at", "last_used_at", "last_used_ip", "last_used_agent"),
        *("last_used_idp", "revoked_at", "revoked_by", "retires_at", "overlap", "successor_used_at"),
    )
    list_display = ("shown_name", "integration", "label", "state", "ends_at", "last_used_at")
    search_fields = ("public_id", "id", "integration")

    def narrow(self, rows: QuerySet[Any], lookup: str, term: str) -> QuerySet[Any]:
        """The public id is also found by the name that lists show."""
        return super().narrow(rows, lookup, term.removeprefix(f"{settings.TOKEN_PREFIX}_"))

    @admin.display(description=_("state"))
    def state(self, token: GatewayToken) -> str:
        return str(token.state(timezone.now()).label)

    @admin.display(description=_("works until"))
    def ends_at(self, token: GatewayToken) -> datetime | None:
        return token.ends_at(timezone.now())


@admin.register(ApiKey)
class ApiKeyAdmin(SupportAdmin):
    belongs_by = "workspace"
    fields = (
        *("id", "workspace", "public_id", "label", "role", "state", "created_at", "created_by", "expires_at"),
        *("last_used_at", "last_used_ip", "last_used_agent", "revoked_at", "revoked_by"),
    )
    list_display = ("shown_name", "workspace", "label", "role", "state", "last_used_at")
    list_select_related = ("workspace",)
    search_fields = ("public_id", "id", "workspace", "workspace__slug")

    def narrow(self, rows: QuerySet[Any], lookup: str, term: str) -> QuerySet[Any]:
        """The public id is also found by the name that lists show."""
        return super().narrow(rows, lookup, term.removeprefix(f"{settings.API_KEY_PREFIX}_"))

    @admin.display(description=_("state"))
    def state(self, key: ApiKey) -> str:
        return str(key.state(timezone.now()).label)


@admin.register(Membership)
class MembershipAdmin(SupportAdmin):
    belongs_by = "workspace"
    fields = ("id", "workspace", "user", "role", "created_at")
    list_display = ("user", "workspace", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "workspace")
    search_fields = ("id", "workspace", "user", "user__email__iexact", "workspace__slug")


@admin.register(Invitation)
class InvitationAdmin(SupportAdmin):
    belongs_by = "workspace"
    fields = (
        *("id", "workspace", "email", "role", "invited_by"),
        *("created_at", "expires_at", "accepted_at", "withdrawn_at"),
    )
    list_display = ("email", "workspace", "role", "created_at", "expires_at", "accepted_at", "withdrawn_at")
    list_select_related = ("workspace", "invited_by")
    search_fields = ("id", "workspace", "email__iexact", "workspace__slug")


@admin.register(User)
class UserAdmin(SupportAdmin):
    fields = ("id", "email", "name", "is_active", "is_staff", "is_superuser", "last_login", "created_at")
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    list_select_related = ()
    search_fields = ("id", "email__iexact")

    def subjects(self, rows: Iterable[Any]) -> list[Subject]:
        """The workspaces of each person: none, one or more."""
        memberships = Membership.objects.filter(user__in=list(rows))  # all-tenants: to tell each of them
        return [membership.workspace for membership in memberships.select_related("workspace").order_by("pk")]
