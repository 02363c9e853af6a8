"""The Django app of this room: its tables and migrations."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "integrations.audit"
    verbose_name = "Audit"
