"""The cheapest door there can be: one fixed token, compared in memory."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse

KNOWN = SimpleNamespace(is_anonymous=False, is_authenticated=True)


def bearer(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: Any) -> HttpResponse:
        if request.headers.get("Authorization") == "Bearer bench":
            request.user = KNOWN
        return get_response(request)

    return middleware
