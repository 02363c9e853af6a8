"""A folder of an SFTP server."""

from __future__ import annotations

import contextlib
import errno
import stat
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from integrations.delivery.connector import Finding
from integrations.delivery.connectors.file_drop import places
from integrations.delivery.connectors.file_drop.places import Trouble
from integrations.delivery.connectors.file_drop.ssh import Session

PIECE_BYTES = 32 * 1024


class Sftp:
    """`check` is asked before each effect."""

    def __init__(self, session: Session, folder: str, check: Callable[[], None]) -> None:
        self.session = session
        self.folder = PurePosixPath(folder or ".")
        self.check = check
        self.words = f"{session.server.host}:{self.folder}"
        with self._explained():
            self._files = session.files()

    def read(self, name: str) -> bytes | None:
        try:
            with self._explained(), self._files.open(self._path(name), "rb") as file:
                size = file.stat().st_size or 0
                if size > places.LARGEST_FILE:
                    raise places.too_large(name)
                content = file.read(size)
        except FileNotFoundError:
            return None
        return bytes(content)

    def write(self, name: str, content: bytes) -> None:
        self.check()
        draft = self._path(places.draft(name))
        try:
            with self._explained():
                self._write(draft, content)
                self.check()
                self._rename(draft, self._path(name))
        except FileNotFoundError as error:
            raise places.gone(self.words) from error
        except BaseException:
            with contextlib.suppress(Trouble, OSError), self._explained():
                self._files.remove(draft)
            raise

    def remove(self, name: str) -> None:
        self.check()
        with contextlib.suppress(FileNotFoundError), self._explained():
            self._files.remove(self._path(name))

    def look(self) -> list[Finding]:
        try:
            with self._explained():
                mode = self._files.stat(str(self.folder)).st_mode
        except FileNotFoundError:
            return [places.gone(self.words).finding()]
        if mode is not None and not stat.S_ISDIR(mode):
            return [places.gone(self.words).finding()]
        key = _("The host key is the one that is entered: %s.") % self.session.fingerprint
        words = _("The folder %(folder)s is there. Whether files can be written there, the first one shows.")
        return [Finding(ok=True, words=key), Finding(ok=True, words=words % {"folder": self.words})]

    def close(self) -> None:
        self.session.close()

    def _path(self, name: str) -> str:
        return str(self.folder / name)

    def _write(self, draft: str, content: bytes) -> None:
        with self._files.open(draft, "wbx") as file:
            for start in range(0, len(content), PIECE_BYTES):
                file.write(content[start : start + PIECE_BYTES])
            self._files.fsync(file.handle)
        # The client hides what goes wrong at the end of a file, such as a full disk.
        if self._files.stat(draft).st_size != len(content):
            raise OSError(errno.EIO, _("the file did not arrive whole"))

    def _rename(self, draft: str, path: str) -> None:
        try:
            self._files.posix_rename(draft, path)
        except OSError as error:
            if error.errno != errno.EOPNOTSUPP:
                raise
            self._rename_where_free(draft, path)

    def _rename_where_free(self, draft: str, path: str) -> None:
        """What every server knows: it refuses where a file of the name stands."""
        try:
            self._files.rename(draft, path)
        except OSError as error:
            raise places.unusable(
                _("%(place)s cannot replace a file in one step.") % {"place": self.words},
                _("Choose one file for each change, or a server that knows posix-rename."),
            ) from error

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """A missing file is the caller's to judge."""
        try:
            with self.session.explained():
                yield
        except FileNotFoundError:
            raise
        except PermissionError as error:
            raise places.refused(self.words, error.strerror or str(error)) from error
        except OSError as error:
            raise places.not_now(self.words, error.strerror or str(error)) from error
