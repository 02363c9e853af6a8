"""In which form a request comes and wants its answer: JSON, as it is (RFC 7644 3.1 and 3.8)."""

from __future__ import annotations

import re

from django.http import HttpRequest

from scim.core.errors import NotAcceptable, UnsupportedMediaType

USUAL_ACCEPT = {"", "*/*", "application/scim+json", "application/json"}
TAKEN = ("application/scim+json", "application/json")
_NEVER = re.compile(r"q\s*=\s*0(\.0*)?")


def check_accept(request: HttpRequest) -> None:
    """RFC 7644 3.8: JSON is all there is. Clients that ask for nothing in particular get it as well."""
    accept = request.META.get("HTTP_ACCEPT", "")
    if accept in USUAL_ACCEPT or _takes_json(accept):
        return
    raise NotAcceptable(
        f"The client accepts {accept[:100]}; answers are application/scim+json.",
        remedy="Accept application/scim+json or application/json.",
    )


def check_body(request: HttpRequest) -> None:
    """UnsupportedMediaType for a body that is not JSON, or packed."""
    media_type = request.content_type or ""
    if media_type and media_type not in TAKEN:
        raise UnsupportedMediaType(
            f"The body came as {media_type[:100]}.", remedy="Send application/scim+json."
        )
    packing = request.META.get("HTTP_CONTENT_ENCODING", "")
    if packing.strip().lower() not in ("", "identity"):
        # RFC 9110 8.4: 415 for a coding that is not taken.
        raise UnsupportedMediaType(f"The body came packed as {packing[:100]}.", remedy="Send it as it is.")


def _takes_json(accept: str) -> bool:
    """RFC 9110 12.5.1: the most particular range decides, and q=0 excludes. Other parameters, such as a
    charset, change nothing for JSON."""
    ranges: dict[str, bool] = {}
    for part in accept.lower().split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        is_taken = not any(_NEVER.fullmatch(one) for one in parameters)
        ranges[media_range] = ranges.get(media_range, False) or is_taken
    return any(
        next((ranges[one] for one in (media_type, "application/*", "*/*") if one in ranges), False)
        for media_type in TAKEN
    )
