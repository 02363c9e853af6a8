"""Answers to what no view handled: pages for people, SCIM JSON and problem JSON below their prefixes."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext_lazy
from django.views import defaults

from integrations.addresses import SCIM_ROOT
from integrations.api import door as api_door
from integrations.api import problems
from integrations.kit import context, uploads
from scim.core.errors import BadRequest, NotFound, PayloadTooLarge, ScimError
from scim.endpoints import render as scim_render

UNKNOWN_HOST = gettext_lazy(
    "It came under a host name that is not allowed here. Whoever runs this installation names the host in "
    "PUBLIC_URL or ALLOWED_HOSTS, and starts it again."
)
TOO_LARGE = gettext_lazy(
    "A form takes at most %(n)d MiB, its files included. Nothing was changed. Go back, and send fewer or "
    "smaller files."
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if isinstance(exception, RequestDataTooBig):
        return _too_large(request)
    is_host = isinstance(exception, DisallowedHost)
    fault = BadRequest(str(UNKNOWN_HOST) if is_host else "The request is malformed.")
    return _answer(request, fault, lambda: _bad_page(str(UNKNOWN_HOST) if is_host else ""))


def _too_large(request: HttpRequest) -> HttpResponseBase:
    words = TOO_LARGE % {"n": uploads.LARGEST_BYTES // 1024**2}
    fault = PayloadTooLarge("The body is larger than what is taken here.")
    return _answer(request, fault, lambda: _page(request, "errors/413.html", 413, text=words))


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


def _page(request: HttpRequest, template: str, status: int, *, text: str = "") -> HttpResponse:
    shown = {"reference": context.current.get().trace_id, "text": text}
    return render(request, template, shown, status=status)
