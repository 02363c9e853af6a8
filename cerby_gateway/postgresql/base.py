"""Django's PostgreSQL, which asks a connection less often whether it still lives; ENGINE names it."""

from __future__ import annotations

import select
import time
from typing import Any

from django.db.backends.postgresql import base

# A server or a router that gives up an idle connection may say so late; none does within so short a time.
RECENT_S = 10.0


class DatabaseWrapper(base.DatabaseWrapper):
    """The check of a connection before a request's first statement costs a busy process no round trip.

    A server that stops, or that ends the connection, closes its socket: that is seen here at once. Where
    nothing was asked for ten seconds, or something waits in the socket, the server is asked as by Django.
    """

    health_check_done: bool
    _used_at = float("-inf")

    def close_if_health_check_failed(self) -> None:
        if self.connection is None or self.health_check_done:
            return
        now = time.monotonic()
        if now - self._used_at < RECENT_S and _is_quiet(self.connection):
            self.health_check_done = True
        else:
            super().close_if_health_check_failed()
        self._used_at = now

    def close_if_unusable_or_obsolete(self) -> None:
        """After an error the connection goes: a plan that it keeps may be older than a migration."""
        if self.errors_occurred and not self.in_atomic_block:
            self.close()
        super().close_if_unusable_or_obsolete()


def _is_quiet(connection: Any) -> bool:
    """Whether nothing waits in the connection's socket, not even the news that it was closed.

    Windows cannot tell so cheaply: there the server is asked.
    """
    if connection.closed or not hasattr(select, "poll"):
        return False
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return not waiting.poll(0)
