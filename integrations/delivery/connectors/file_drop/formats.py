"""How rows stand in a file: CSV (RFC 4180) or JSON lines, both in UTF-8."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
# A spreadsheet takes a cell that begins so for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LARGEST_CELL = 16 * 1024 * 1024
csv.field_size_limit(LARGEST_CELL)


class Unreadable(Exception):
    """The file does not hold rows of its format."""


@dataclass(frozen=True, slots=True)
class Format:
    """`read` raises Unreadable."""

    suffix: str
    write: Callable[[Sequence[str], Sequence[Row]], bytes]
    read: Callable[[bytes], list[Row]]


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula; several values are joined by |."""
    text = _text(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "|".join(_text(one).replace("\\", r"\\").replace("|", r"\|") for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def _write_csv(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180 2.1
    writer.writerow([cell(name) for name in columns])
    writer.writerows([cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue().encode()


def _read_csv(content: bytes) -> list[Row]:
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable from error
    header = lines[0] if lines else []
    if any(len(line) not in {0, len(header)} for line in lines):
        raise Unreadable
    return [dict(zip(header, line, strict=True)) for line in lines[1:] if line]


def _write_json_lines(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    chosen = ({name: row.get(name) for name in columns} for row in rows)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in chosen).encode()


def _read_json_lines(content: bytes) -> list[Row]:
    try:
        rows = [json.loads(line) for line in content.decode().split("\n") if line.strip()]
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable
    return rows


FORMATS = {
    "csv": Format("csv", _write_csv, _read_csv),
    "jsonl": Format("jsonl", _write_json_lines, _read_json_lines),
}
