"""The delivery worker beside the server: a process of its own, started again when it ends."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator

import structlog
from django.conf import settings

from cerby_gateway import children

log = structlog.get_logger("gateway.delivery")
AGAIN_AFTER_S = 1.0
STOP_WITHIN_S = 20.0


@contextlib.contextmanager
def running(*, wanted: bool = True) -> Iterator[None]:
    """A worker while the block runs."""
    if not wanted:
        yield
        return
    keeper = _Keeper()
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper(threading.Thread):
    """Watches over the worker's process."""

    def __init__(self) -> None:
        super().__init__(name="delivery-keeper", daemon=True)
        self._ending = threading.Event()
        self._process = _begin()

    def run(self) -> None:
        while True:
            code = self._process.wait()
            if self._ending.wait(AGAIN_AFTER_S):
                return
            log.warning("delivery.worker_ended", code=code)
            self._process = _begin()

    def stop(self) -> None:
        """Lets it finish what it is at."""
        self._ending.set()
        children.stop(self._process, within_s=STOP_WITHIN_S)


def _begin() -> subprocess.Popen[str]:
    # In a session of its own, so that Ctrl-C reaches the server alone, which then stops the worker in turn.
    # It ends with this process, however that ends.
    return children.start(
        "deliver",
        env={"DATA_DIR": str(settings.DATA_DIR), "GATEWAY_PARENT": str(os.getpid())},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
