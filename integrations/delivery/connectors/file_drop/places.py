"""What a place for files can do, and how it fails."""

from __future__ import annotations

import secrets
from typing import Protocol

from django.utils.translation import gettext as _

from integrations.delivery.connector import Failed, Finding, Kind, Retry

LARGEST_FILE = 32 * 1024 * 1024


class Trouble(Exception):
    """The place cannot be used; `outcome` says for how long, and what to do about it."""

    def __init__(self, outcome: Retry | Failed) -> None:
        super().__init__(str(outcome.reason))
        self.outcome = outcome

    def finding(self) -> Finding:
        fix = str(self.outcome.fix) if isinstance(self.outcome, Failed) else ""
        return Finding(ok=False, words=str(self), fix=fix)


class Place(Protocol):
    """A folder somewhere. Every call may raise Trouble; effects also LaneLostError."""

    @property
    def words(self) -> str:
        """Where it is, for an admin."""

    def read(self, name: str) -> bytes | None:
        """The file's content; None where there is no such file."""

    def write(self, name: str, content: bytes) -> None:
        """The file appears whole, or not at all; it replaces one of its name."""

    def remove(self, name: str) -> None:
        """The file is gone, or was not there."""

    def look(self) -> list[Finding]:
        """What can be said of the place without writing."""

    def close(self) -> None: ...


def draft(name: str) -> str:
    """What a file is called until it is whole: never twice the same, so that two writers never meet."""
    return f".{name}.{secrets.token_hex(4)}.part"


def unusable(reason: str, fix: str) -> Trouble:
    """It would be the same for everybody: the lane is held, and nobody's delivery dies of it."""
    return Trouble(Failed(Kind.PERMISSION, reason, fix))


def too_large(name: str) -> Trouble:
    return unusable(
        _("%(name)s is larger than %(size)d MiB.") % {"name": name, "size": LARGEST_FILE // 1024**2},
        _("Choose one file for each change, or move the file away."),
    )


def refused(words: str, reason: str) -> Trouble:
    return unusable(
        _("Writing into %(place)s is refused: %(reason)s.") % {"place": words, "reason": reason},
        _("Allow the gateway to make, rename and remove files there."),
    )


def gone(words: str) -> Trouble:
    return Trouble(
        Failed(
            Kind.GONE,
            _("There is no folder %(place)s.") % {"place": words},
            _("Make the folder, or enter another one in the delivery settings."),
        )
    )


def not_now(words: str, reason: str) -> Trouble:
    """A full disk, or a server that says no more than "failure"."""
    return Trouble(Retry(_("%(place)s takes no file now: %(reason)s.") % {"place": words, "reason": reason}))
