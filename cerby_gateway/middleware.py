"""What every request gets: a trace id, its true origin, and security headers on the answer."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from integrations.kit import ids
from integrations.kit.context import Context, current

GetResponse = Callable[[HttpRequest], HttpResponse]
# Only features that browsers know: an unknown name is a warning in the console.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)"


def request_context(get_response: GetResponse) -> GetResponse:
    """Gives the request a trace id of ours (answered as X-Request-Id) and finds out where it comes from."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        # Out of META, which is there: request.headers would be made for these alone.
        sent = request.META.get
        here = Context(
            trace_id=ids.trace(),
            caller_trace=sent("HTTP_TRACEPARENT", sent("HTTP_X_REQUEST_ID", ""))[:200],
            ip=_origin(request),
            user_agent=sent("HTTP_USER_AGENT", "")[:200],
        )
        token = current.set(here)
        try:
            response = get_response(request)
        finally:
            current.reset(token)
        response["X-Request-Id"] = here.trace_id
        return response

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """Pages of the console are never kept: whoever goes back after signing out sees nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def _origin(request: HttpRequest) -> str | None:
    """The caller's address.

    X-Forwarded-For counts only as far as trusted proxies wrote it: from the right.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    while hops and _is_trusted(peer):
        peer = hops.pop()
    return peer if _address(peer) else None


def _is_trusted(peer: str) -> bool:
    networks = settings.TRUSTED_NETWORKS
    address = _address(peer) if networks else None
    return address is not None and any(address in network for network in networks)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
