"""Dialogs over a page: a fragment for htmx; without scripts the page with the dialog open in it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from integrations import sign_in

Context = dict[str, Any]


def show(request: HttpRequest, template: str, context: Context, *, status: int = 200) -> HttpResponse:
    """`context` is all that the page `page_template` shows; `leave_url` leads back to it, and `return_to`
    names what gets the focus then."""
    name = PurePosixPath(template).stem.removeprefix("_").replace("_", "-")
    context |= {"dialog_id": name}
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return render(request, template, context, status=status)
    context |= {"dialog": template, "standalone": True}
    return render(request, context["page_template"], context, status=status)


def refuse(request: HttpRequest, context: Context, *, heading: str | Promise, text: str) -> HttpResponse:
    """Says why nothing happened; the page behind it shows how things stand now."""
    more = {"heading": heading, "text": text}
    return show(request, "console/_nothing_done.html", context | more, status=409)


def confirm_first(request: HttpRequest, back: str) -> HttpResponse:
    """For a sign-in older than ten minutes: nothing was made, and nothing is sent again."""
    text = _("Nothing was made yet. Confirm that it is you, then press the button again.")
    messages.info(request, text)
    return go(request, sign_in.confirm_url(back))


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Leads the browser on, from a page and from a fragment."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)  # type: ignore[attr-defined]
