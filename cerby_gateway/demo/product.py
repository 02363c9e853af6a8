"""Where the demo's requests go: the product that runs on this data, else one started for the time."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable
from types import TracebackType

from cerby_gateway import children
from integrations import addresses
from integrations.kit.errors import Refused
from scim.emulators.request import Request
from scim.emulators.session import EmulatorError, Session

START_WAIT_S = 90
STOP_WAIT_S = 20
# Ours is asked over loopback alone, without TLS, whatever the real one is set to.
OWN_SETTINGS = {"TLS_CERT": "", "TLS_KEY": ""}


class Product:
    """A context manager: leaving it stops what it started, and nothing else."""

    def __init__(self) -> None:
        self._address = ""
        self._own: subprocess.Popen[str] | None = None

    def __enter__(self) -> Product:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if self._own is not None:
            children.stop(self._own, within_s=STOP_WAIT_S)

    def address(self, knows_us: Callable[[str], bool]) -> str:
        """Scheme, host and port; chosen at the first call.

        `knows_us` tells whether what answers at an address works on this data. It is asked only where the
        product answers at all, since it shows a token. Raises Refused when none can be started.
        """
        if not self._address:
            here = addresses.recorded().here
            is_ours = _is_alive(here) and knows_us(here)
            self._address = here if is_ours else self._start()
        return self._address

    def _start(self) -> str:
        port = _free_port()
        here, public = addresses.recorded()
        words = ("up", "--json", "--port", str(port))
        self._own = children.start(*words, env=OWN_SETTINGS, stdout=subprocess.PIPE)
        runs = _says_that_it_runs(self._own)
        # Links go on leading to the real one, not to this one that will be gone.
        addresses.record(here or addresses.FALLBACK, public=public)
        if not runs:
            raise Refused("up", "The product could not be started for the demo. Try `manage.py up`.")
        return f"http://127.0.0.1:{port}"


def _is_alive(address: str) -> bool:
    try:
        answer = Session(address).send(Request("GET", "/healthz"), 200)
    except EmulatorError:
        return False
    return answer.body == {"status": "ok"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _says_that_it_runs(process: subprocess.Popen[str]) -> bool:
    """`up --json` prints one line once it answers; it ends, or is ended, without one when it cannot."""
    timer = threading.Timer(START_WAIT_S, process.kill)
    timer.start()
    try:
        return bool(process.stdout and process.stdout.readline())
    finally:
        timer.cancel()
