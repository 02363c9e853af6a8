"""A model with sealed secrets that no other test knows, and its table for one test."""

from __future__ import annotations

from typing import ClassVar

from django.db import connection, models
from django.test.utils import isolate_apps

from integrations.kit import ids
from integrations.kit.sealed_field import SealedField

with isolate_apps("integrations"):

    class Vault(models.Model):
        id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
        name = models.CharField(max_length=40, default="")
        secrets = SealedField()

        objects: ClassVar[models.Manager[Vault]] = models.Manager()

        class Meta:
            app_label = "integrations"

        def __str__(self) -> str:
            return self.name


def make_table() -> None:
    """Within the test's own transaction, which takes it back."""
    sql, params = connection.schema_editor().table_sql(Vault)
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)


def stored(row: Vault) -> str:
    """What the database holds of the row's secrets."""
    key = row.pk if connection.features.has_native_uuid_field else row.pk.hex
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM integrations_vault WHERE id = %s", [key])
        return cursor.fetchone()[0]
