"""Visits to an app while somebody waits for what comes of it: few at once, each with an end.

An app that is slow, or means harm, would take every thread that answers pages (cerby_gateway/rsgi.py).
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from django.utils.translation import gettext as _

from integrations.delivery.connector import Connector
from integrations.delivery.errands.carrying import Equipment
from integrations.kit import outbound
from integrations.kit.errors import Busy

# In a process: fewer than there are threads for pages.
AT_ONCE = 2
# For all calls of a visit together.
WHOLE_S = 30.0
_places = threading.BoundedSemaphore(AT_ONCE)


@contextlib.contextmanager
def begun(used: Equipment) -> Iterator[Connector]:
    """The connector, closed afterwards. Raises Busy where others are on a visit."""
    place = contextlib.nullcontext() if used.connector.limits.is_local else _place()
    with place, outbound.within(WHOLE_S):
        connector = used.connector(used.context())
        try:
            yield connector
        finally:
            connector.close()


@contextlib.contextmanager
def _place() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Busy("busy", _("Other apps are being tested now. Try again in a moment."))
    try:
        yield
    finally:
        _places.release()
