"""Answers to what no view handled: pages for people, SCIM JSON and problem JSON below their prefixes."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy
from django.views import defaults

from integrations.addresses import SCIM_ROOT
from integrations.api import door as api_door
from integrations.api import problems
from integrations.kit import context
from scim.core.errors import BadRequest, NotFound, ScimError
from scim.endpoints import render as scim_render

UNKNOWN_HOST = gettext_lazy(
    "It came under a host name that is not allowed here. Whoever runs this installation names the host in "
    "PUBLIC_URL or ALLOWED_HOSTS, and starts it again."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    is_host = isinstance(exception, DisallowedHost)
    fault = BadRequest(str(UNKNOWN_HOST) if is_host else "The request is malformed.")
    return _answer(request, fault, lambda: _bad_page(str(UNKNOWN_HOST) if is_host else ""))


def _bad_page(text: str) -> HttpResponse:
    """Made without the request: nothing of it can be relied on."""
    return HttpResponseBadRequest(loader.render_to_string("400.html", {"text": text}))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001 - from Django
    return _answer(
        request, NotFound("There is nothing at this address."), lambda: _page(request, "404.html", 404)
    )


def server_error(request: HttpRequest) -> HttpResponseBase:
    fault = ScimError(f"Something went wrong here; reference {context.current.get().trace_id}.")
    return _answer(request, fault, lambda: defaults.server_error(request))


def _answer(request: HttpRequest, fault: ScimError, page: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    if request.path.startswith(SCIM_ROOT):
        return scim_render.error(fault)
    return problems.outside(fault.status) if request.path.startswith(api_door.PREFIX) else page()


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    return render(request, template, {"reference": context.current.get().trace_id}, status=status)
