"""The Django app of this room: its tables and migrations."""

from __future__ import annotations

from django.apps import AppConfig


class TrafficConfig(AppConfig):
    name = "integrations.traffic"
    verbose_name = "Traffic"
