"""The project as a Django app, for the commands that span all rooms."""

from __future__ import annotations

from django.apps import AppConfig


class CerbyGatewayConfig(AppConfig):
    name = "cerby_gateway"
    verbose_name = "Cerby Gateway"
