"""One file for each change."""

from __future__ import annotations

from integrations.delivery.connectors.file_drop import names
from integrations.delivery.connectors.file_drop.drop import Drop, Json, Put
from integrations.delivery.connectors.file_drop.formats import Row
from integrations.kit import json_object


def put(drop: Drop, name: str, row: Row, *, key: str, answers: bool) -> Put:
    """Writes the file once, however often it is called: the receipt, written after the file, tells that it
    was there, wherever the app has taken it since. `answers`: the app answers."""
    receipt = json_object.read(drop.place.read(names.receipt(name)) or b"")
    answer = names.read_answer(drop.place.read(names.answer(name))) if answers and receipt else None
    if answer and not answer.is_done:
        # Somebody has mended what the app complained of, and has it sent again.
        _take_away(drop, name)
    elif receipt:
        return Put(receipt, already=True, is_answered=answer is not None)
    return _put(drop, name, row, key=key)


def _put(drop: Drop, name: str, row: Row, *, key: str) -> Put:
    content = drop.place.read(name)
    already = content is not None
    if content is None:
        content = drop.content([row])
        drop.write(name, content, row)
    receipt: Json = names.receipt_of(name, content, rows=1, key=key)
    drop.leave_receipt(receipt)
    return Put(receipt, already=already)


def _take_away(drop: Drop, name: str) -> None:
    for one in (names.answer(name), names.receipt(name), name):
        drop.place.remove(one)
