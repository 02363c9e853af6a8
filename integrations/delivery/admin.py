"""What goes out, in the Django admin: what was done and how it went. Values are people's, and not here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from integrations.audit.support import Subject, SupportAdmin
from integrations.delivery.models import AppAccount, Attempt, Change, Delivery, Lane, Planning, Task

# As large a number as every database counts up to.
DIGITS = re.compile("[0-9]{1,18}")


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


@admin.register(Lane)
class LaneAdmin(SupportAdmin):
    fields = (
        *("integration", "paused_at", "paused_by", "held_at", "held_for", "alarmed_at", "next_attempt_at"),
        *("failures", "trouble", "has_timed_out", "fence", "lease_owner", "lease_until"),
    )
    list_display = ("integration", "paused_at", "held_at", "next_attempt_at", "failures", "lease_until")
    search_fields = ("integration",)


@admin.register(Planning)
class PlanningAdmin(SupportAdmin):
    fields = (
        "integration",
        "state",
        "trace_id",
        "total",
        "seen",
        "made",
        "by",
        "began_at",
        "beat_at",
        "ended_at",
    )
    list_display = ("integration", "state", "total", "seen", "made", "began_at", "ended_at")
    search_fields = ("integration", "trace_id")


class NumberedAdmin(SupportAdmin):
    """Rows that are found by a number too."""

    by_number: ClassVar[frozenset[str]] = frozenset()

    def narrow(self, rows: QuerySet[Any], lookup: str, term: str) -> QuerySet[Any]:
        if lookup in self.by_number and not DIGITS.fullmatch(term):
            raise ValidationError(term)
        return super().narrow(rows, lookup, term)


@admin.register(Delivery)
class DeliveryAdmin(NumberedAdmin):
    fields = (
        *("number", "id", "integration", "change", "trace_id", "line", "label", "intent", "version"),
        *("group_id", "group_name", "revision", "is_edited", "status", "place", "due_at", "attempts"),
        *("first_tried_at", "problem", "remedy", "digest", "created_at", "ended_at"),
    )
    list_display = ("number", "integration", "intent", "label", "status", "attempts", "due_at", "ended_at")
    list_select_related = ("integration__workspace", "change")
    ordering = ("-number",)
    search_fields = ("id", "trace_id", "line", "number", "integration")
    by_number = frozenset({"number"})

    @admin.display(description=_("written by a person"), boolean=True)
    def is_edited(self, delivery: Delivery) -> bool:
        return delivery.override is not None

    @admin.display(description=_("digest of the proof"))
    def digest(self, delivery: Delivery) -> str:
        return str(delivery.proof.get("digest", ""))


@admin.register(Attempt)
class AttemptAdmin(NumberedAdmin):
    fields = ("delivery", "number", "started_at", "ms", "result", "words", "calls")
    list_display = ("delivery", "number", "started_at", "ms", "result", "calls")
    list_select_related = ("delivery__integration__workspace",)
    ordering = ("-pk",)
    search_fields = ("delivery__id", "delivery")
    by_number = frozenset({"delivery"})

    def subjects(self, rows: Iterable[Any]) -> list[Subject]:
        return [row.delivery.integration for row in rows]

    @admin.display(description=_("calls"))
    def calls(self, attempt: Attempt) -> str:
        """What each was answered, without what was sent."""
        return ", ".join(f"{call['status']} ({call['ms']} ms)" for call in attempt.exchanges)


@admin.register(AppAccount)
class AppAccountAdmin(SupportAdmin):
    fields = (
        *("integration", "line", "ref", "user_name", "is_active", "is_gone", "origin", "is_out_of_step"),
        "seen_at",
    )
    list_display = ("integration", "user_name", "is_active", "is_gone", "origin", "seen_at")
    search_fields = ("line", "integration")

    @admin.display(description=_("out of step"), boolean=True)
    def is_out_of_step(self, account: AppAccount) -> bool:
        return bool(account.differences)


@admin.register(Task)
class TaskAdmin(SupportAdmin):
    fields = (
        *("id", "integration", "delivery", "title", "state", "assignee", "due_at", "reminded_at"),
        *("escalated_at", "created_at", "done_at", "done_by", "ticked"),
    )
    list_display = ("title", "integration", "state", "assignee", "due_at", "done_at")
    list_select_related = ("integration__workspace", "delivery", "assignee__user")
    search_fields = ("id", "integration")

    @admin.display(description=_("steps done"))
    def ticked(self, task: Task) -> str:
        done = sum(1 for step in task.steps if step["done_at"])
        return gettext("%(done)d of %(all)d") % {"done": done, "all": len(task.steps)}
