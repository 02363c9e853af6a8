"""The way in of the management API: an address works with and without the slash at its end."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

PREFIX = "/api/"


GetResponse = Callable[[HttpRequest], HttpResponseBase]


def api_door(get_response: GetResponse) -> GetResponse:
    """Middleware: a redirect would make a GET of a POST, and lose what was sent."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(PREFIX) and not request.path_info.endswith("/"):
            request.path_info += "/"
            request.path += "/"
        return get_response(request)

    return middleware
