"""What a client is told where something failed that no rule of SCIM foresees."""

from __future__ import annotations

from typing import ClassVar

import structlog
from django.db import DatabaseError

from integrations.kit import context, transactions
from scim.core.errors import ScimError, Unavailable
from scim.endpoints.exchange import Exchange

log = structlog.get_logger("gateway.scim")
NO_ROOM = "The gateway has no room left for its data: its operator has to make some."
BUSY = "Others are changing the same just now, and have not come to an end."
LATER = "Nothing was changed. Send it again later."


class Busy(Unavailable):
    """Somebody held what it needed for longer than it was waited for (RFC 9110 15.6.4)."""

    retry_after_s: ClassVar[int] = transactions.AGAIN_S


def of_database(error: DatabaseError, exchange: Exchange) -> ScimError:
    """The fault to answer with; why is logged."""
    about = {"method": exchange.request.method, "path": exchange.path}
    if transactions.passes(error):
        log.warning("scim.busy", why=str(error), **about)
        return Busy(BUSY, remedy=LATER)
    log.error("scim.failed", exc_info=error, **about)
    return Unavailable(NO_ROOM, remedy=LATER) if transactions.lacks_room(error) else unforeseen()


def unforeseen() -> ScimError:
    reference = f"Something went wrong here; reference {context.current.get().trace_id}."
    return ScimError(reference, remedy="Nothing was changed.")
