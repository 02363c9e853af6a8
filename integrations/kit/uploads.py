"""How much a form may bring: more is refused before any of it is kept."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# The most that any form takes, five files of 5 MiB (delivery/hands/evidence.py), and more, so that files that
# are a little too large are told at their field.
LARGEST_BYTES = 32 * 1024 * 1024


class Bounded(FileUploadHandler):
    """Keeps nothing itself: the handlers behind it do."""

    def handle_raw_input(self, *given: Any, **_more: Any) -> None:
        _input, _meta, content_length, *_rest = given
        if content_length > LARGEST_BYTES:
            raise RequestDataTooBig(f"A form may hold {LARGEST_BYTES} bytes at most.")

    def receive_data_chunk(self, raw_data: bytes, _start: int) -> bytes:
        return raw_data

    def file_complete(self, _size: int) -> None:
        return None
