"""A connection to an SSH server whose host key is known beforehand, and which ends in time."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import logging
import re
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import paramiko
from django.utils.translation import gettext as _

from integrations.delivery.connector import Failed, Kind, Retry
from integrations.delivery.connectors.file_drop.client import Client
from integrations.delivery.connectors.file_drop.places import Trouble
from integrations.kit import outbound

# Seconds: for the connection, for each wait on the server, for everything together.
CONNECT_S = 3.0
READ_S = 10.0
WHOLE_S = 12.0
FINGERPRINT = re.compile(r"SHA256:[0-9A-Za-z+/]{43}")
# What goes wrong is said where the delivery is; paramiko would log a traceback of its own thread besides.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)
KEY_TYPES = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


@dataclass(frozen=True, slots=True)
class Server:
    """Where it is, and the fingerprints of its host keys, such as SHA256:…"""

    host: str
    port: int
    user_name: str
    fingerprints: Sequence[str]


class Session:
    """A connection. Everything on it raises Trouble within `explained`."""

    def __init__(self, server: Server, transport: Any) -> None:
        self.server = server
        self.transport = transport
        self.is_late = False
        self._clock = threading.Timer(WHOLE_S, self._end)
        self._clock.daemon = True
        self._clock.start()

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(self.transport.get_remote_server_key().asbytes()).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    def require_known(self) -> None:
        """Nothing is told to a server whose host key is not one that was entered."""
        if self.fingerprint not in self.server.fingerprints:
            raise _unknown(self)

    def sign_in(self, *, password: str = "", private_key: str = "") -> None:
        """By the key where one is given."""
        self.require_known()
        with self.explained():
            self._sign_in(password, private_key)

    def _sign_in(self, password: str, private_key: str) -> None:
        name = self.server.user_name
        try:
            if private_key:
                self.transport.auth_publickey(name, read_key(private_key))
            else:
                self.transport.auth_password(name, password)
        except paramiko.AuthenticationException as error:
            if not self.transport.is_active():
                raise
            raise Trouble(
                Failed(
                    Kind.AUTH,
                    _("%(host)s does not let %(name)s in.") % {"host": self.server.host, "name": name},
                    _("Check the user name and the password or key in the delivery settings."),
                )
            ) from error

    def files(self) -> Client:
        client: Client | None = Client.from_transport(self.transport)
        if client is None:
            raise paramiko.SSHException("No channel was opened.")
        client.get_channel().settimeout(READ_S)
        return client

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """What goes wrong on the way, in words. Errors of files are OSErrors, and pass."""
        try:
            yield
        except TimeoutError as error:
            raise slow(self.server) from error
        except (paramiko.SSHException, paramiko.SFTPError, EOFError) as error:
            raise self._lost() from error
        except OSError as error:
            if self.transport.is_active() and not self.is_late:
                raise
            raise self._lost() from error

    def close(self) -> None:
        self._clock.cancel()
        self.transport.close()
        self.transport.sock.close()  # which the line above leaves open where the other side went first

    def _end(self) -> None:
        self.is_late = True
        self.transport.close()

    def _lost(self) -> Trouble:
        if self.is_late:
            return slow(self.server)
        return Trouble(Retry(_("%(host)s ended the connection.") % {"host": self.server.host}))


def connect(server: Server) -> Session:
    """A connection that has shown its host key; nobody has signed in yet."""
    try:
        address = outbound.check_host(server.host, server.port)
        connection = socket.create_connection((address, server.port), timeout=CONNECT_S)
    except outbound.Refused as error:
        fix = _("Check the server's name in the delivery settings.")
        raise Trouble(Failed(Kind.PERMISSION, str(error), fix)) from error
    except outbound.Failed as error:
        late = isinstance(error, outbound.TimedOut)
        raise Trouble(Retry(str(error), timed_out=late)) from error
    except OSError as error:
        words = _("%(host)s does not answer on port %(port)d.") % {"host": server.host, "port": server.port}
        raise Trouble(Retry(words, timed_out=isinstance(error, TimeoutError))) from error
    transport = paramiko.Transport(connection)
    transport.banner_timeout = READ_S
    # The clock of the session comes first: it tells a slow server from one that says no.
    transport.auth_timeout = transport.channel_timeout = 2 * WHOLE_S
    session = Session(server, transport)
    try:
        with session.explained():
            transport.start_client()
    except BaseException:
        session.close()
        raise
    return session


def read_key(text: str) -> Any:
    """The private key in a text (PEM or OpenSSH). Trouble where it holds none, or one with a passphrase."""
    for kind in KEY_TYPES:
        with contextlib.suppress(paramiko.SSHException, ValueError):
            return kind.from_private_key(io.StringIO(text.strip() + "\n"))
    raise Trouble(
        Failed(
            Kind.AUTH,
            _("The private key is not understood."),
            _("Enter a key of the kind Ed25519, ECDSA or RSA, without a passphrase."),
        )
    )


def slow(server: Server) -> Trouble:
    words = _("%(host)s took too long to answer.") % {"host": server.host}
    return Trouble(Retry(words, timed_out=True))


def _unknown(session: Session) -> Trouble:
    seen = {"host": session.server.host, "fingerprint": session.fingerprint}
    if not session.server.fingerprints:
        words = _("%(host)s shows the host key %(fingerprint)s, and none is entered here.") % seen
    else:
        words = (
            _("%(host)s shows the host key %(fingerprint)s, which is not one that is entered here.") % seen
        )
    fix = _(
        "Ask whoever runs the server whether this is its key. If it is, enter it in the delivery settings."
    )
    return Trouble(Failed(Kind.AUTH, words, fix))
