"""What an admin starts from who sends something else in the place of a delivery."""

from __future__ import annotations

from typing import Any

from integrations.delivery.connector import Order
from integrations.delivery.errands import connecting, orders
from integrations.delivery.models import Delivery


def of(delivery: Delivery) -> dict[str, Any]:
    """What would be sent for it now; {} where nothing would be. Refused while no connector is chosen."""
    connection = connecting.of(delivery.integration)
    used = connecting.equipment(delivery.integration, connection)
    (order,) = orders.prepare([delivery], orders.Way(connection, used.connector))
    if not isinstance(order, Order):
        return {}
    connector = used.connector(used.context())
    try:
        return connector.draft(order)
    finally:
        connector.close()
