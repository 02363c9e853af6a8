"""The short way in: a SCIM request needs no session, no messages, no form token and no page around it."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from integrations.addresses import SCIM_PREFIX
from scim.endpoints import urls

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SLASHES = re.compile("//+")


def scim_door(get_response: GetResponse) -> GetResponse:
    """Middleware: serves what is below the SCIM prefix; the rest of the stack is for people's browsers."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        path = SLASHES.sub("/", request.path_info)  # some clients join the base and a slash
        integration, slash, rest = path.removeprefix(SCIM_PREFIX).partition("/")
        if not path.startswith(SCIM_PREFIX) or not integration:
            return get_response(request)
        response = urls.serve(request, integration, slash + rest)
        return _secured(response) if isinstance(response, HttpResponse) else response

    return middleware


def _secured(response: HttpResponse) -> HttpResponse:
    """What SecurityMiddleware would add."""
    response["X-Content-Type-Options"] = "nosniff"
    if settings.SECURE_HSTS_SECONDS:
        response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return response
