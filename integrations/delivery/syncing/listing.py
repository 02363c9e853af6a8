"""What the last run has left for people to decide: lists, each at a cost that does not grow with the app."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from integrations.delivery.models import AppAccount, SyncRun
from integrations.delivery.syncing import judging
from integrations.kit import paging
from integrations.kit.paging import Page
from integrations.models import Integration

# So many of a list are counted: "1000+".
COUNTED = 1_000


class Show(models.TextChoices):
    OUT_OF_STEP = "out-of-step", _("Out of step")
    SUGGESTIONS = "suggestions", _("Suggestions")
    FOUND = "found", _("Found in the app only")


def accounts(integration: Integration) -> QuerySet[AppAccount]:
    return AppAccount.objects.for_integration(integration).select_related("integration__workspace")


def out_of_step(integration: Integration) -> QuerySet[AppAccount]:
    """Of people, and with nothing on its way to them."""
    rows = accounts(integration).filter(is_out_of_step=True, line__isnull=False)
    return rows.filter(~Exists(judging.moving(integration.pk).filter(line=OuterRef("line"))))


def unmatched(integration: Integration) -> QuerySet[AppAccount]:
    """Of nobody here. A delivery may have taken one over since it was found."""
    own = AppAccount.objects.for_integration(integration).filter(line__isnull=False, ref=OuterRef("ref"))
    return accounts(integration).filter(~Exists(own), line=None)


def of(integration: Integration, show: str) -> QuerySet[AppAccount]:
    return {
        Show.OUT_OF_STEP: out_of_step,
        Show.SUGGESTIONS: suggestions,
        Show.FOUND: found_only,
    }[Show(show)](integration)


def suggestions(integration: Integration) -> QuerySet[AppAccount]:
    return unmatched(integration).filter(suggestion__isnull=False)


def found_only(integration: Integration) -> QuerySet[AppAccount]:
    return unmatched(integration).filter(suggestion=None)


def page(integration: Integration, show: str, cursor: str) -> Page:
    return paging.by_number(of(integration, show), cursor, key="id")


def counts(integration: Integration) -> dict[str, int]:
    """How many each list holds, counted up to 1,001. One query each."""
    return {show.value: of(integration, show).order_by().values("pk")[: COUNTED + 1].count() for show in Show}


def one(integration: Integration, account_id: int) -> AppAccount:
    """An account of a person or of nobody; Http404 for an id that is not of this integration."""
    found = accounts(integration).filter(pk=account_id).first()
    if found is None:
        raise Http404
    return found


def last_run(integration: Integration) -> SyncRun | None:
    return SyncRun.objects.for_integration(integration).order_by("-started_at", "-pk").first()


def of_person(integration: Integration, person_id: UUID) -> AppAccount | None:
    return accounts(integration).filter(line=person_id).first()
