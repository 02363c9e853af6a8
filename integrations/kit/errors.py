"""The one way a verb says no."""

from __future__ import annotations


class Refused(Exception):
    """A verb refuses: `code` for programs, `message` for the person, `field` where the fault lies in one
    input."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class NotAllowed(Refused):
    """The person's role does not allow it; the message names the roles that may."""


class Busy(Refused):
    """There is no room for it now, and there will be in a moment."""
