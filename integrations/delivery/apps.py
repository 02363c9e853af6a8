"""The Django app of this room: its tables and migrations."""

from __future__ import annotations

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "integrations.delivery"
    verbose_name = "Delivery"
