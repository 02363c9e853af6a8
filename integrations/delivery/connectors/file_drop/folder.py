"""A folder of this machine, beneath what the operator opened for the workspace."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.utils.translation import gettext as _

from integrations.delivery.connector import Finding
from integrations.delivery.connectors.file_drop import places

# The group may read: the app's own user is in it.
MODE = 0o640
NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# ELOOP and ENOTDIR: a link stands there, and links are not followed.
NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


def parts(folder: str) -> tuple[str, ...]:
    """The folder's way from the workspace's own. ValueError where it leads out of it."""
    path = PurePosixPath(folder)
    if path.is_absolute() or ".." in path.parts or "\\" in folder or "\0" in folder:
        raise ValueError(folder)
    return path.parts


@dataclass(slots=True)
class Folder:
    """Held open while it is used, so that nobody can put another in its place; no link is followed.

    `check` is asked before each effect.
    """

    words: str
    check: Callable[[], None]
    handle: int

    def read(self, name: str) -> bytes | None:
        with _explained(self.words):
            try:
                handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self.handle)
            except FileNotFoundError:
                return None
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise places.refused(self.words, _("%(name)s is no file") % {"name": name})
                content = file.read(places.LARGEST_FILE + 1)
        if len(content) > places.LARGEST_FILE:
            raise places.too_large(name)
        return content

    def write(self, name: str, content: bytes) -> None:
        self.check()
        draft = places.draft(name)
        with _explained(self.words):
            try:
                self._write(draft, content)
                self.check()
                os.rename(draft, name, src_dir_fd=self.handle, dst_dir_fd=self.handle)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(draft, dir_fd=self.handle)
                raise
            os.fsync(self.handle)

    def remove(self, name: str) -> None:
        self.check()
        with _explained(self.words), contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.handle)

    def look(self) -> list[Finding]:
        if not os.access(self.handle, os.W_OK | os.X_OK):
            return [places.refused(self.words, os.strerror(errno.EACCES)).finding()]
        return [Finding(ok=True, words=_("The folder %(folder)s is there.") % {"folder": self.words})]

    def close(self) -> None:
        os.close(self.handle)

    def _write(self, draft: str, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(draft, flags, MODE, dir_fd=self.handle), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def enter(workspace: str, folder: str, check: Callable[[], None]) -> Folder:
    """Raises Trouble where the operator allows none, or there is none."""
    root = settings.FILE_DROP_ROOT
    if root is None or not workspace:
        raise places.unusable(
            _("Folders of this machine are switched off."),
            _("The operator of this gateway sets FILE_DROP_ROOT; or choose an SFTP server."),
        )
    words = str(PurePosixPath(workspace, folder))
    try:
        way = parts(folder)
    except ValueError:
        raise places.gone(words) from None
    with _explained(words):
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        for part in (workspace, *way):
            above = handle
            try:
                handle = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
            finally:
                os.close(above)
    return Folder(words, check, handle)


@contextlib.contextmanager
def _explained(words: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        if error.errno in NOT_THERE:
            raise places.gone(words) from error
        if error.errno in NOT_ALLOWED:
            raise places.refused(words, reason) from error
        raise places.not_now(words, reason) from error
