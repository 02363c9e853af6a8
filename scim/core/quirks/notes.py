"""Collects, while a request is read, what departed from the standard and what was set aside."""

from __future__ import annotations

from collections.abc import Iterable

from scim.core.quirks.quirk import Code, Quirk
from scim.core.wording import clip

_MOST = 100
_NAME_CHARACTERS = 120


class Notes:
    """Each note is kept once, in order, and at most 100 of a kind: a hostile body must not fill the log."""

    def __init__(self, quirks: Iterable[Quirk] = (), set_aside: Iterable[str] = ()) -> None:
        self._quirks = dict.fromkeys(quirks)
        self._set_aside = dict.fromkeys(set_aside)

    def quirk(self, code: Code, detail: str = "") -> None:
        if len(self._quirks) < _MOST:
            self._quirks[Quirk(code.value, clip(detail, _NAME_CHARACTERS))] = None

    def set_aside(self, name: str) -> None:
        """An attribute that was sent and is not known; RFC 7644 3.3 lets a server leave it out."""
        if len(self._set_aside) < _MOST:
            self._set_aside[clip(name, _NAME_CHARACTERS)] = None

    @property
    def quirks(self) -> tuple[Quirk, ...]:
        return tuple(self._quirks)

    @property
    def names_set_aside(self) -> tuple[str, ...]:
        return tuple(self._set_aside)
