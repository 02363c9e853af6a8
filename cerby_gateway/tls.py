"""The certificate under which the server itself speaks TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

from django.conf import settings

from integrations.kit.errors import Refused


def check() -> None:
    """Raises Refused where TLS_CERT and TLS_KEY are not both there, cannot be read, or are no pair: the
    server would speak plain http, or end with its library's words."""
    certificate, key = settings.TLS_CERT, settings.TLS_KEY
    if bool(certificate) != bool(key):
        given, missing = ("TLS_CERT", "TLS_KEY") if certificate else ("TLS_KEY", "TLS_CERT")
        raise Refused("tls", f"{given} is set and {missing} is not: TLS takes both.")
    if not certificate:
        return
    for name, path in (("TLS_CERT", certificate), ("TLS_KEY", key)):
        _read(name, path)
    try:
        # A key under a password would be asked for at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: b"")
    except (ssl.SSLError, ValueError) as error:
        raise Refused(
            "tls",
            f"TLS_CERT {certificate} and TLS_KEY {key} are no certificate with its private key, in PEM and "
            "without a password.",
        ) from error


def _read(name: str, path: str) -> None:
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise Refused("tls", f"{name}: {path} cannot be read: {error.strerror}.") from error
