"""The readable reference of the API: a page for people, open to everybody as the schema is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from integrations import addresses
from integrations.api import reference


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    context = {"shelves": reference.shelves(), "base": addresses.base(request)}
    return render(request, "api/docs.html", context)
