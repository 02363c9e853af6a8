"""Files that prove a task: judged by what they hold, kept with their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations import roles
from integrations.delivery.models import Task, TaskFile
from integrations.kit.errors import Refused
from integrations.roles import By

MOST_FILES = 5
LARGEST_FILE = 5 * 1024 * 1024
# How each kind begins; what a browser calls a file is its sender's word alone.
_BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
}
# What a kept file's name ends with: a browser opens it by its end.
_ENDINGS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".log"),
}
LONGEST_NAME = 200
TYPES = (*_BEGINNINGS, "text/plain")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as it was sent."""

    name: str
    content_type: str
    content: bytes


def check(files: Sequence[Evidence]) -> None:
    """Raises Refused for too many, too large ones, and for what is no picture, PDF or text."""
    if len(files) > MOST_FILES:
        raise Refused("too_many", _("Attach at most %(number)d files.") % {"number": MOST_FILES}, "proof")
    for one in files:
        if len(one.content) > LARGEST_FILE:
            words = _("A file may have at most 5 MiB. This one is larger: %(name)s.")
            raise Refused("too_large", words % {"name": one.name}, "proof")
        if not _is_what_it_says(one):
            words = _("Attach a picture, a PDF or a text file. This is none: %(name)s.")
            raise Refused("type", words % {"name": one.name}, "proof")


def keep(task: Task, files: Sequence[Evidence], *, by: By) -> list[TaskFile]:
    return [
        TaskFile.objects.create(
            task=task,
            name=_name(one),
            content_type=one.content_type,
            size_bytes=len(one.content),
            digest=hashlib.sha256(one.content).hexdigest(),
            content=one.content,
            added_by=roles.label(by),
        )
        for one in files
    ]


def _is_what_it_says(file: Evidence) -> bool:
    if file.content_type != "text/plain":
        return file.content.startswith(_BEGINNINGS.get(file.content_type, ()))
    try:
        text = file.content.decode()
    except UnicodeDecodeError:
        return False
    return "\0" not in text


def _name(file: Evidence) -> str:
    """A name without what breaks a line, turns its direction or leads elsewhere; its end is that of what the
    file was judged to be."""
    last = file.name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(character for character in last if character.isprintable()).strip()
    name, endings = shown[:LONGEST_NAME] or _("File"), _ENDINGS[file.content_type]
    if name.lower().endswith(endings):
        return name
    return f"{name[: LONGEST_NAME - len(endings[0])]}{endings[0]}"
