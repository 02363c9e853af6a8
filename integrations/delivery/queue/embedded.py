"""The embedded engine's file: wake-ups of one machine, without a server that could call its workers."""

from __future__ import annotations

import threading
import time
from typing import Any

from huey.storage import SqliteStorage

# A look is one read of an index: a hundred a second are a few thousandths of a processor.
LOOK_EVERY_S = 0.01
# After this long a thread gives its turn to another, and sees whether it is to stop.
TURN_S = 1.0


class WatchedFile(SqliteStorage):  # type: ignore[misc]  # huey is not typed
    """One thread at a time looks for wake-ups, often: how soon one is seen does not depend on how many
    threads are free, as it would if each looked for itself and slept."""

    blocking = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turn = threading.Lock()

    def dequeue(self) -> bytes | None:
        """The next wake-up; None after a while without one."""
        if not self._turn.acquire(timeout=TURN_S):
            return None
        try:
            until = time.monotonic() + TURN_S
            while True:
                found: bytes | None = super().dequeue()
                if found is not None or time.monotonic() >= until:
                    return found
                time.sleep(LOOK_EVERY_S)
        finally:
            self._turn.release()
