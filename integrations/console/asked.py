"""What the query of a page asks for."""

from __future__ import annotations

from django.http import HttpRequest

LONGEST_TEXT = 200
# A cursor holds the name at which a page ends.
LONGEST_CURSOR = 3_000


def text(request: HttpRequest, name: str) -> str:
    """A parameter as typed. PostgreSQL takes no NUL."""
    return request.GET.get(name, "").replace("\0", "").strip()[:LONGEST_TEXT]


def cursor(request: HttpRequest) -> str:
    return request.GET.get("cursor", "").replace("\0", "")[:LONGEST_CURSOR]
