"""What every page of the Django admin is built on: read-only, bounded, and each look audited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from integrations.audit import trail
from integrations.audit.events import Event
from integrations.kit import transactions
from integrations.models import Integration, User, Workspace

# Generic for the type checker alone: Django's classes cannot be subscripted when they run.
if TYPE_CHECKING:
    AnyAdmin = ModelAdmin[Any]
    AnyPaginator = Paginator[Any]
else:
    AnyAdmin = ModelAdmin
    AnyPaginator = Paginator

Subject = Workspace | Integration
PAGE_ROWS = 50
MOST_ROWS = 1000
# No column that is searched holds more.
MOST_TERM = 1024


class CappedPaginator(AnyPaginator):
    """Counts and shows the first 1,000 rows: what a list costs does not grow with its table."""

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[:MOST_ROWS].count()


class SearchedList(ChangeList):
    """A list that is empty until somebody searches or filters, in an order that has an index."""

    def get_queryset(self, request: HttpRequest, *exclude: Any, **more: Any) -> QuerySet[Any]:
        rows = super().get_queryset(request, *exclude, **more)
        return rows if self.query.strip() or self.has_active_filters else rows.none()

    def get_ordering(self, request: HttpRequest, *_rows: Any, **_more: Any) -> list[Any]:
        return list(self.model_admin.get_ordering(request))


class SupportAdmin(AnyAdmin):
    """One kind of row for support staff.

    A subclass names its `fields`, all that is ever shown; columns that are not among them stay in the
    database. `search_fields` are lookups, tried one after the other, and the first that finds rows wins: in
    large tables each is an exact one, so that it is one look into one index.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    # The foreign key to what the row belongs to: an integration or a workspace.
    belongs_by: ClassVar[str] = "integration"
    # Lookups whose index starts with the integration: it is entered once for each of them, and they are few.
    in_each_integration: ClassVar[frozenset[str]] = frozenset()
    actions = None
    list_max_show_all = list_per_page = PAGE_ROWS
    list_select_related: ClassVar[tuple[str, ...]] = ("integration__workspace",)
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    paginator = CappedPaginator
    search_help_text = _(
        "Nothing is listed before a search. What you open or find is written into its workspace's audit log."
    )
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    sortable_by = ()

    def has_add_permission(self, *_look: Any, **_more: Any) -> bool:
        return False

    def has_change_permission(self, *_look: Any, **_more: Any) -> bool:
        return False

    def has_delete_permission(self, *_look: Any, **_more: Any) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, *_row: Any, **_more: Any) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def lookup_allowed(
        self,
        lookup: str,
        _value: str,
        request: HttpRequest | None = None,  # noqa: ARG002 - Django looks for this name
    ) -> bool:
        """Only what the filters beside the list ask: by Django's rule `?token_hash__startswith=` would do."""
        return lookup in {f"{name}__exact" for name in self.list_filter}

    def get_readonly_fields(self, *_look: Any, **_more: Any) -> tuple[str, ...]:
        return self.fields

    def get_changelist(self, *_look: Any, **_more: Any) -> type[ChangeList]:
        return SearchedList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        unseen = {field.name for field in self.opts.concrete_fields if not field.primary_key}
        rows = super().get_queryset(request).defer(*unseen.difference(self.fields))
        return rows.select_related(*self.list_select_related)

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (self._search(queryset, term) if term else queryset), False

    def narrow(self, rows: QuerySet[Any], lookup: str, term: str) -> QuerySet[Any]:
        """The rows that one lookup finds. ValidationError where the term cannot be a value of its column."""
        if lookup in self.in_each_integration:
            every = Integration.objects.values("pk")  # all-tenants: support searches them all, audited
            rows = rows.filter(integration__in=every)
        return rows.filter(**{lookup: term})

    def subjects(self, rows: Iterable[Any]) -> list[Subject]:
        """The integrations or workspaces that the rows belong to, one for each row."""
        return [getattr(row, self.belongs_by) for row in rows]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list, with its rows read, after each workspace whose rows it shows has been told."""
        found = super().get_changelist_instance(request)
        shown = Counter(_workspace_of(subject) for subject in self.subjects(found.result_list))
        detail = {"listed": self.opts.model_name, "search": found.query}
        _record(
            request, [(workspace, workspace, {**detail, "rows": rows}) for workspace, rows in shown.items()]
        )
        return found

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page of one row, after the workspaces it belongs to have been told."""
        row = kwargs["obj"]
        detail = {"opened": self.opts.model_name, "id": str(row.pk)}
        _record(request, [(_target(row, each), _workspace_of(each), detail) for each in self.subjects([row])])
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, *_look: Any, **_more: Any) -> HttpResponse:
        """To the audit log of what the row belongs to: Django's own history knows only changes made here."""
        row = self.get_object(request, unquote(object_id))
        queries = [f"?q={subject.pk}" for subject in self.subjects([row] if row else [])]
        return redirect(reverse("admin:audit_auditentry_changelist") + "".join(queries[:1]))

    def _search(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        for lookup in self.search_fields if len(term) <= MOST_TERM else ():
            try:
                rows = self.narrow(queryset, lookup, term)
            except ValidationError:
                continue
            if rows.exists():
                return rows
        return queryset.none()


Look = tuple[trail.Target, Workspace, dict[str, Any]]


def _record(request: HttpRequest, looks: list[Look]) -> None:
    """Writes the looks down in one transaction, before anything is shown."""
    if not looks:
        return
    by = trail.Support(cast("User", request.user))

    def write() -> None:
        for target, workspace, detail in looks:
            trail.record(Event.SUPPORT_VIEWED, target, by=by, workspace=workspace, detail=detail)

    transactions.run(write)


def _target(row: Model, subject: Subject) -> trail.Target:
    """What the audit names: the row where the trail knows its kind, else what it belongs to."""
    return row if isinstance(row, trail.Target) else subject


def _workspace_of(subject: Subject) -> Workspace:
    return subject if isinstance(subject, Workspace) else subject.workspace
