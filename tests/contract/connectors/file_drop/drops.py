"""Carries orders by a file drop, and reads what it wrote."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from integrations.delivery.connector import Done, Order, Outcome
from integrations.delivery.connectors.file_drop.connector import FileDrop
from tests.contract.connectors import orders
from tests.contract.connectors.file_drop import sftp_server

FOLDER = {"place": "folder", "folder": "drop"}
SECRETS = {"password": sftp_server.PASSWORD}


def carry(settings: dict[str, Any], order: Order, secrets: dict[str, str] | None = None) -> Outcome:
    return using(settings, lambda connector: connector.carry(order), secrets)


def using(settings: dict[str, Any], do: Callable[[FileDrop], Any], secrets: dict[str, str] | None = None):
    connector = FileDrop(orders.context(settings, SECRETS if secrets is None else secrets))
    try:
        return do(connector)
    finally:
        connector.close()


def data_files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if not path.name.endswith((".json", ".last")) and path.is_file()
    )


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


def is_already(outcome: Outcome) -> bool:
    return isinstance(outcome, Done) and outcome.already
