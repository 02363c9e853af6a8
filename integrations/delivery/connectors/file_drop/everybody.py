"""One file with everybody, kept up to date person by person."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from integrations.delivery.connector import Intent, Order
from integrations.delivery.connectors.file_drop import names, places, rows
from integrations.delivery.connectors.file_drop.drop import Drop, Put
from integrations.delivery.connectors.file_drop.formats import Row, Unreadable


def put(drop: Drop, name: str, row: Row, *, order: Order) -> Put:
    """Changes the person's row in the file that lies there; where the app has taken it, in our own copy.

    Call it from one thread at a time: it reads, changes and writes.
    """
    kept = drop.place.read(name)
    if kept is None:
        kept = drop.place.read(names.last(name))
    wanted = _with(_read(drop, name, kept), row, order.intent)
    content = drop.content(wanted)
    receipt = names.receipt_of(name, content, rows=len(wanted), key=order.key)
    if kept == content or (kept is None and not wanted):
        return Put(receipt, already=True)
    drop.write(name, content, row)
    # After the file: what stands in the copy has certainly been given to the app.
    drop.place.write(names.last(name), content)
    drop.leave_receipt(receipt)
    return Put(receipt)


def _read(drop: Drop, name: str, content: bytes | None) -> list[Row]:
    try:
        return drop.format.read(content) if content else []
    except Unreadable as error:
        raise places.unusable(
            _("%(name)s does not hold what was written there.") % {"name": name},
            _("Move it and the file that ends in .last away, resume, and send everybody again."),
        ) from error


def _with(known: Sequence[Row], row: Row, intent: Intent) -> list[Row]:
    """The rows, with this one in place of the person's old one. Who was never there does not leave."""
    at = next((at for at, one in enumerate(known) if one.get(rows.KEY) == row[rows.KEY]), None)
    if at is None:
        leaves = intent in {Intent.DELETE, Intent.DEACTIVATE}
        return [*known] if leaves else [*known, row]
    return [*known[:at], *([] if intent is Intent.DELETE else [row]), *known[at + 1 :]]
