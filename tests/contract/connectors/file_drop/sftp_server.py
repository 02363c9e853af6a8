"""A real SFTP server on this machine, which stores into a folder and fails as a test wants."""

from __future__ import annotations

import base64
import contextlib
import errno
import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko
from paramiko.sftp import CMD_EXTENDED

USER, PASSWORD = "gateway", "correct horse"


@dataclass
class Server:
    """`full`: every write fails. `denied`: no file can be made. `drops_after`: bytes after which the
    connection goes. `plain`: no extensions are known. `slow`: writes wait until it is set."""

    root: Path
    host_key: paramiko.PKey = field(default_factory=paramiko.ECDSAKey.generate)
    user_key: str = ""
    port: int = 0
    full: bool = False
    denied: bool = False
    plain: bool = False
    drops_after: int = 0
    slow: threading.Event | None = None
    passwords: list[str] = field(default_factory=list)
    synced: list[str] = field(default_factory=list)
    transports: list[paramiko.Transport] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(self.host_key.asbytes()).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    def settings(self, **more: Any) -> dict[str, Any]:
        values = {"place": "sftp", "host": "127.0.0.1", "port": self.port, "user_name": USER}
        return {**values, "host_key": self.fingerprint, "folder": "drop", "sign_in": "password", **more}


class _Door(paramiko.ServerInterface):
    def __init__(self, server: Server) -> None:
        self.server = server

    def check_auth_password(self, username: str, password: str) -> int:
        self.server.passwords.append(password)
        is_right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        is_right = username == USER and key.get_base64() == self.server.user_key
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"


class _File(paramiko.SFTPHandle):
    def __init__(self, server: Server, path: Path, handle: int) -> None:
        super().__init__()
        self.server, self.path, self.handle = server, path, handle

    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self.handle, length, offset)

    def write(self, offset: int, data: bytes) -> int:
        if self.server.slow:
            self.server.slow.wait(10)
        if self.server.full:
            return paramiko.SFTP_FAILURE
        os.pwrite(self.handle, data, offset)
        if self.server.drops_after and offset + len(data) >= self.server.drops_after:
            self.server.transports[-1].sock.shutdown(socket.SHUT_RDWR)
        return paramiko.SFTP_OK

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.handle))

    def close(self) -> None:
        os.close(self.handle)


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, door: _Door, server: Server) -> None:
        super().__init__(door)
        self.server = server

    def _at(self, path: str) -> Path:
        return self.server.root / self.canonicalize(path).lstrip("/")

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Any:
        if self.server.denied and flags & os.O_CREAT:
            return paramiko.SFTP_PERMISSION_DENIED
        try:
            return _File(self.server, self._at(path), os.open(self._at(path), flags, 0o600))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or errno.EIO)

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(self._at(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or errno.EIO)

    def remove(self, path: str) -> int:
        try:
            self._at(path).unlink()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or errno.EIO)
        return paramiko.SFTP_OK

    def rename(self, oldpath: str, newpath: str) -> int:
        if self._at(newpath).exists():
            return paramiko.SFTP_FAILURE
        return self._rename(oldpath, newpath)

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        return paramiko.SFTP_OP_UNSUPPORTED if self.server.plain else self._rename(oldpath, newpath)

    def _rename(self, oldpath: str, newpath: str) -> int:
        self._at(oldpath).rename(self._at(newpath))
        return paramiko.SFTP_OK


class _Protocol(paramiko.SFTPServer):
    """Knows fsync, as OpenSSH does; `synced` keeps the names."""

    def _process(self, t: int, request_number: int, msg: paramiko.Message) -> None:
        server, here = self.server.server, msg.packet.tell()
        if t == CMD_EXTENDED and not server.plain and msg.get_text() == "fsync@openssh.com":
            server.synced.append(self.file_table[msg.get_binary()].path.name)
            self._send_status(request_number, paramiko.SFTP_OK)
            return
        msg.packet.seek(here)
        super()._process(t, request_number, msg)


@contextlib.contextmanager
def serving(root: Path) -> Iterator[Server]:
    """Runs until the block ends; `drop` is the folder that clients see."""
    (root / "drop").mkdir(parents=True)
    server = Server(root)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=_accept, args=[listener, server])
        thread.start()
        try:
            yield server
        finally:
            if server.slow:
                server.slow.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=10)
            for transport in server.transports:
                transport.close()
                transport.sock.close()


def _accept(listener: socket.socket, server: Server) -> None:
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        transport = paramiko.Transport(connection)
        server.transports.append(transport)
        transport.add_server_key(server.host_key)
        transport.set_subsystem_handler("sftp", _Protocol, _Files, server)
        transport.start_server(threading.Event(), _Door(server))
