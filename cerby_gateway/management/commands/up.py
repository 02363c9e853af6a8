"""`manage.py up`: prepares everything and serves the product."""

from __future__ import annotations

import argparse
import contextlib
import errno
import functools
import json
import multiprocessing
import socket
import threading
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels

from cerby_gateway import delivery_worker, env, preparation, serving, tls
from integrations import addresses, one_time_links
from integrations.kit.errors import Refused
from integrations.models import Membership, Role

DEFAULT_PORT = 8000
NEXT_PORTS = 20
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - shown, not bound
UNASKED = (
    "It listens on {host}, but answers to localhost and 127.0.0.1 alone. Name the address that others use: "
    "PUBLIC_URL=http://NAME:{port}"
)
START_WAIT_S = 60
STOP_WITHIN_S = 8


class Command(BaseCommand):
    help = "Prepares the database and serves the console and SCIM on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument(
            "--json", action="store_true", help="say where it runs as one JSON object on one line"
        )
        parser.add_argument("--port", type=int, help="port (default PORT, else 8000 or the next free one)")
        parser.add_argument(
            "--without-delivery",
            action="store_true",
            help="leave the carrying of changes to `manage.py deliver` elsewhere",
        )

    def handle(self, *, host: str, port: int | None, **options: Any) -> None:
        port = _port(host, _port_setting() if port is None else port)
        try:
            tls.check()
            preparation.prepare()
        except Refused as refused:
            raise CommandError(refused.message) from refused
        if _nobody_may_ask(host):
            self.stderr.write(UNASKED.format(host=host, port=port))
        address = _address(host, port)
        base = settings.PUBLIC_URL or address
        key = _start_key()
        start_url = f"{base}/start/{key}/" if key else ""
        words = (
            json.dumps({"url": base, "start_url": start_url})
            if options["json"]
            else _greeting(base, start_url)
        )
        greet = functools.partial(self._greet, host, port, address=address, words=words)
        threading.Thread(target=greet, daemon=True).start()
        with delivery_worker.running(wanted=not options["without_delivery"]):
            try:
                serving.run(functools.partial(_server, host, port))
            except serving.GaveUpError as error:
                raise CommandError(
                    f"The server ended {serving.MOST_DEATHS} times within a minute: it is not started again. "
                    "The lines above say why its workers end."
                ) from error

    def _greet(self, host: str, port: int, *, address: str, words: str) -> None:
        """Says and keeps where it runs once it does: an address that is printed works, and a start that
        fails leaves the one that was kept."""
        if _answers(EVERYWHERE.get(host, host), port):
            addresses.record(address, public=settings.PUBLIC_URL)
            self.stdout.write(words)
            self.stdout.flush()


def _greeting(base: str, start_url: str) -> str:
    lines = [
        "",
        "Cerby Gateway is running.",
        "",
        f"  Console            {base}/",
        f"  SCIM Gateway URLs  {base}/scim/v2/<integration id>",
        f"  Data               {settings.DATA_DIR}",
        "  Stop               Ctrl-C",
        "",
    ]
    if start_url:
        lines += ["Set up the first Owner here (works once, for an hour):", f"  {start_url}", ""]
    return "\n".join(lines)


def _port_setting() -> int | None:
    try:
        return env.integer("PORT", 0, most=65535) or None
    except ImproperlyConfigured as error:
        raise CommandError(str(error)) from error


def _port(host: str, asked: int | None) -> int:
    """The port that was asked for, or a CommandError when it is taken; else the first free one from 8000
    on."""
    if asked is not None:
        if not 1 <= asked <= 65535:
            raise CommandError(f"{asked} is not a port: they go from 1 to 65535.")
        if not _is_free(host, asked):
            raise CommandError(
                f"Port {asked} is taken by another program. Choose another with --port or PORT."
            )
        return asked
    for port in range(DEFAULT_PORT, DEFAULT_PORT + NEXT_PORTS):
        if _is_free(host, port):
            return port
    raise CommandError(
        f"Ports {DEFAULT_PORT} to {DEFAULT_PORT + NEXT_PORTS - 1} are all taken. Choose one with --port."
    )


def _is_free(host: str, port: int) -> bool:
    try:
        family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise CommandError(f"{host} is not an address of this machine.") from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise CommandError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
    return True


def _nobody_may_ask(host: str) -> bool:
    """Whether other machines reach the server and are refused all the same, for no name of theirs is
    allowed."""
    is_loopback = addresses.is_loopback_host
    return not is_loopback(host) and all(map(is_loopback, settings.ALLOWED_HOSTS))


def _address(host: str, port: int) -> str:
    scheme = "https" if settings.TLS_CERT else "http"
    return f"{scheme}://{EVERYWHERE.get(host, host)}:{port}"


def _start_key() -> str:
    """The key of a fresh start link while no workspace has an Owner, else ""."""
    has_owner = Membership.objects.filter(role=Role.OWNER).exists()  # all-tenants: the very first one
    key = "" if has_owner else one_time_links.start()
    connection.close()
    return key


def _answers(host: str, port: int) -> bool:
    deadline = time.monotonic() + START_WAIT_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((host.strip("[]"), port), timeout=1):
            return True
        time.sleep(0.05)
    return False


def _server(host: str, port: int) -> Any:
    # Workers start from nothing: a fork would share database connections and locks that belong to this
    # process.
    multiprocessing.set_start_method("spawn", force=True)
    # SQLite has one writer: one process with threads queues better than several processes do.
    workers = 1 if connection.vendor == "sqlite" else 2
    return Granian(
        "cerby_gateway.served:application",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        websockets=False,
        # Slow clients are cut off while they still send their headers; rsgi.py waits for bodies.
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        http=HTTPModes.auto,
        respawn_failed_workers=True,
        # A connection that a client keeps open does not keep the product from ending.
        workers_kill_timeout=STOP_WITHIN_S,
        log_level=LogLevels.warning,
        working_dir=settings.BASE_DIR,
        ssl_cert=Path(settings.TLS_CERT) if settings.TLS_CERT else None,
        ssl_key=Path(settings.TLS_KEY) if settings.TLS_KEY else None,
        ssl_protocol_min=SSLProtocols.tls12,
    )
