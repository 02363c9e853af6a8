"""Small servers on this machine that stand for an app, and a DNS that says what a test wants."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

# Gets the connection and the whole request; whether the connection stays open afterwards.
Behave = Callable[[socket.socket, bytes], Any]
Real = socket.getaddrinfo


@dataclass
class Target:
    """A server that is running: what it was asked, on how many connections."""

    host: str
    port: int
    requests: list[bytes] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


def answer(body: bytes = b"ok", *, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def answering(whole: bytes) -> Behave:
    """Answers every request with these bytes and keeps the connection."""

    def behave(connection: socket.socket, _request: bytes) -> bool:
        connection.sendall(whole)
        return True

    return behave


@contextlib.contextmanager
def serving(
    behave: Behave, *, host: str = "127.0.0.1", context: ssl.SSLContext | None = None
) -> Iterator[Target]:
    with socket.create_server((host, 0)) as listener:
        target = Target(host, listener.getsockname()[1])
        threads = [threading.Thread(target=_accept, args=[listener, target, behave, context])]
        threads[0].start()
        try:
            yield target
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            for connection in target.connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            threads[0].join(timeout=10)


def _accept(listener: socket.socket, target: Target, behave: Behave, context: ssl.SSLContext | None) -> None:
    threads = []
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            break
        target.connections.append(connection)
        threads.append(threading.Thread(target=_serve, args=[connection, target, behave, context]))
        threads[-1].start()
    for thread in threads:
        thread.join(timeout=10)


def _serve(raw: socket.socket, target: Target, behave: Behave, context: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), raw:
        connection = context.wrap_socket(raw, server_side=True) if context else raw
        with connection:
            while request := read_request(connection):
                target.requests.append(request)
                if not behave(connection, request):
                    break


def read_request(connection: socket.socket) -> bytes:
    """One request whole; b"" when the other side has gone."""
    read = b""
    while b"\r\n\r\n" not in read:
        if not (piece := connection.recv(65536)):
            return b""
        read += piece
    head, _blank, body = read.partition(b"\r\n\r\n")
    sizes = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    size = int(sizes[0]) if sizes else 0
    while len(body) < size:
        if not (piece := connection.recv(65536)):
            return b""
        body += piece
    return head + b"\r\n\r\n" + body


def name_server(monkeypatch: pytest.MonkeyPatch, **names: list[list[str]]) -> list[str]:
    """Answers look-ups of these names ("_" for "."): the first list of addresses first, the last for ever.

    Returns the look-ups as they happen.
    """
    asked: list[str] = []
    known = {name.replace("_", "."): list(rounds) for name, rounds in names.items()}

    def look_up(host: str, port: int, *rest: int, **_named: int) -> list[Any]:
        if host not in known:
            return Real(host, port, *rest)
        asked.append(host)
        addresses = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [found for address in addresses for found in Real(address, port, *rest)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def certificate(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS and the file of the authority that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test")])
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives.append(x509.IPAddress(ipaddress.ip_address("127.0.0.9")))
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, public
