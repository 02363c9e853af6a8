"""paramiko's SFTP client, which names the server's answer and can make a file last."""

from __future__ import annotations

import errno
from typing import Any

import paramiko
from paramiko.sftp import CMD_EXTENDED, SFTP_EOF, SFTP_NO_SUCH_FILE, SFTP_OK, SFTP_OP_UNSUPPORTED
from paramiko.sftp import SFTP_PERMISSION_DENIED as SFTP_DENIED

ERRORS = {SFTP_NO_SUCH_FILE: errno.ENOENT, SFTP_DENIED: errno.EACCES, SFTP_OP_UNSUPPORTED: errno.EOPNOTSUPP}


class Client(paramiko.SFTPClient):
    """Errors are OSErrors whose `errno` is ENOENT, EACCES, EOPNOTSUPP, or EIO for all else."""

    def fsync(self, handle: bytes) -> None:
        """The open file is on the server's disk, where the server can promise that."""
        try:
            self._request(CMD_EXTENDED, "fsync@openssh.com", handle)
        except OSError as error:
            if error.errno != errno.EOPNOTSUPP:
                raise

    def _convert_status(self, msg: Any) -> None:
        code, text = msg.get_int(), msg.get_text()
        if code == SFTP_EOF:
            raise EOFError(text)
        if code != SFTP_OK:
            raise OSError(ERRORS.get(code, errno.EIO), text)
