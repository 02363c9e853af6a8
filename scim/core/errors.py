"""One class for each error SCIM knows, with its status, its scimType and plain words on how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimError(Exception):
    """A refusal (RFC 7644 3.12); `detail` says what is wrong, `remedy` how to mend it (may be "").

    `expected` and `received` set the two side by side, for the console; "" where the detail says it all.
    """

    status: ClassVar[int] = 500
    scim_type: ClassVar[str | None] = None

    def __init__(self, detail: str, *, remedy: str = "", expected: str = "", received: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        self.expected = expected
        self.received = received

    def to_dict(self) -> dict[str, Any]:
        """The body of the answer. The status is text: RFC 7644 3.12."""
        body: dict[str, Any] = {"schemas": [ERROR_SCHEMA], "status": str(self.status)}
        if self.scim_type is not None:
            body["scimType"] = self.scim_type
        body["detail"] = f"{self.detail} {self.remedy}".rstrip()
        return body


class BadRequest(ScimError):
    """The request cannot be served as it is (RFC 7644 3.12, status 400 without a scimType)."""

    status = 400


class InvalidFilter(BadRequest):
    """The filter is not understood, or compares what cannot be compared so (RFC 7644 3.12, table 9)."""

    scim_type = "invalidFilter"


class TooMany(BadRequest):
    """The filter yields more than the server is willing to work through (RFC 7644 3.12, table 9)."""

    scim_type = "tooMany"


class Uniqueness(ScimError):
    """A value is in use already, or reserved (RFC 7644 3.12, table 9; 409 by 3.3)."""

    status = 409
    scim_type = "uniqueness"


class Mutability(BadRequest):
    """The change is not compatible with the attribute's mutability or state (RFC 7644 3.12, table 9)."""

    scim_type = "mutability"


class InvalidSyntax(BadRequest):
    """The body's structure is not valid, or does not follow its schema (RFC 7644 3.12, table 9)."""

    scim_type = "invalidSyntax"


class InvalidPath(BadRequest):
    """The path of a PATCH operation is malformed or names no attribute (RFC 7644 3.12, table 9)."""

    scim_type = "invalidPath"


class NoTarget(BadRequest):
    """The path yields nothing to work on (RFC 7644 3.12, table 9)."""

    scim_type = "noTarget"


class InvalidValue(BadRequest):
    """A required value is missing, or a value does not fit its attribute (RFC 7644 3.12, table 9)."""

    scim_type = "invalidValue"


class InvalidVersion(BadRequest):
    """The SCIM protocol version asked for is not supported (RFC 7644 3.12, table 9; 3.13)."""

    scim_type = "invalidVers"


class InvalidCursor(BadRequest):
    """The cursor was not made here, or for another search (RFC 9865 2.1)."""

    scim_type = "invalidCursor"


class ExpiredCursor(BadRequest):
    """The cursor is older than cursorTimeout (RFC 9865 2.1)."""

    scim_type = "expiredCursor"


class InvalidCount(BadRequest):
    """The count of a page by cursor cannot be used (RFC 9865 2.1)."""

    scim_type = "invalidCount"


class Sensitive(ScimError):
    """The request carries personal data in its URI and is refused (RFC 7644 3.12, table 9; 7.5.2)."""

    status = 403
    scim_type = "sensitive"


class Unauthorized(ScimError):
    """The Authorization header is invalid or missing (RFC 7644 3.12, table 8)."""

    status = 401


class Forbidden(ScimError):
    """The operation is not permitted with the credentials given (RFC 7644 3.12, table 8)."""

    status = 403


class NotFound(ScimError):
    """There is no such resource or endpoint (RFC 7644 3.12, table 8)."""

    status = 404


class MethodNotAllowed(ScimError):
    """The endpoint exists but does not take this method (RFC 9110 15.5.6); `allowed` are those it takes."""

    status = 405

    def __init__(self, method: str, allowed: Sequence[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(f"{method[:20]} is not possible here.", remedy=f"Use {self.allowed}.")


class NotAcceptable(ScimError):
    """No media type that the client accepts can be given (RFC 9110 15.5.7)."""

    status = 406


class Conflict(ScimError):
    """The version on the server is newer, or two changes met (RFC 7644 3.12, table 8)."""

    status = 409


class PreconditionFailed(ScimError):
    """The resource has changed since the version named in If-Match (RFC 7644 3.14)."""

    status = 412


class PayloadTooLarge(ScimError):
    """The body is larger than the limit, which the detail names (RFC 7644 3.12, table 8)."""

    status = 413


class UnsupportedMediaType(ScimError):
    """The body is not in a media type that is read here (RFC 9110 15.5.16; RFC 7644 3.1)."""

    status = 415


class TooManyRequests(ScimError):
    """The token has used up its rate; Retry-After says when to go on (RFC 6585 4)."""

    status = 429


class NotImplementedByServer(ScimError):
    """The operation is part of SCIM but not offered here (RFC 7644 3.12, table 8)."""

    status = 501


class RequestTimeout(ScimError):
    """The request did not come whole within the time that it is waited for (RFC 9110 15.5.9)."""

    status = 408


class Unavailable(ScimError):
    """The server cannot answer truthfully just now; the request may be sent again (RFC 9110 15.6.4).

    `retry_after_s`: when that is worth trying; 0 where nobody knows (RFC 9110 10.2.3).
    """

    status = 503
    retry_after_s: ClassVar[int] = 0
