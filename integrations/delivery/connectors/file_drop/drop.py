"""Files and their receipts in a place, as both kinds of content are written there."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Exchange
from integrations.delivery.connectors.file_drop import names
from integrations.delivery.connectors.file_drop.formats import Format, Row
from integrations.delivery.connectors.file_drop.places import Place
from integrations.kit import redact

SHOWN_CHARACTERS = 2048
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Put:
    """What lies there: its receipt, whether it lay there before, whether the app has said that it is done."""

    receipt: Json
    already: bool = False
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """`note` keeps what was written for the timeline."""

    place: Place
    format: Format
    columns: Sequence[str]
    note: Callable[[Exchange], None] = field(repr=False)

    def content(self, rows: Sequence[Row]) -> bytes:
        return self.format.write(self.columns, rows)

    def write(self, name: str, content: bytes, row: Row) -> None:
        """`row` is what of the content is new."""
        started = time.perf_counter()
        self.place.write(name, content)
        ms = int((time.perf_counter() - started) * 1000)
        words = _("Wrote %(name)s (%(size)d bytes)") % {"name": name, "size": len(content)}
        self.note(Exchange(words, ms=ms, sent=redact.body(row, limit=SHOWN_CHARACTERS)))

    def leave_receipt(self, receipt: Json) -> None:
        text = json.dumps(receipt, indent=2, ensure_ascii=False)
        self.place.write(names.receipt(receipt["file"]), f"{text}\n".encode())
