"""Imports beside others who write, on PostgreSQL."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connection, transaction

from integrations.configuration import exporting
from integrations.delivery.errands import connecting
from integrations.delivery.queue import lanes
from integrations.models import Integration
from tests import factories
from tests.db import races
from tests.db.integrations.configuration import files

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
BY = factories.OPERATOR


def edited(integration: Integration) -> Any:
    found = json.loads(exporting.text(integration.workspace))
    found["integrations"][0]["brake_people"] = 1
    return found


def test_who_changes_it_while_the_import_waits_is_seen(integration):
    connecting.change_settings(integration, "manual", {}, by=BY)
    found, outcomes = edited(integration), []

    def work() -> None:
        outcomes.extend(races.at_once(lambda: files.apply(integration.workspace, found)))

    importer = threading.Thread(target=work)
    with transaction.atomic():
        lanes.lock(integration.pk)
        importer.start()
        importer.join(0.3)
        assert importer.is_alive()
        # Whoever holds the lane may write to the integration: the import has locked nothing of it yet.
        connecting.set_meaning(integration, {"width": 2}, by=BY)
    importer.join()

    assert outcomes == ["moved_on"]
    assert connecting.of(integration).brake_people == 5


def test_two_imports_of_one_file_make_each_integration_once(integration):
    found = files.one(integration)
    new = {**found["integrations"][0], "name": "Second"}
    del new["id"]
    found["integrations"].append(new)

    def work() -> object:
        return files.apply(integration.workspace, found)

    assert races.at_once(work, work) == ["made", "made"]
    assert Integration.objects.for_workspace(integration.workspace).filter(name="Second").count() == 1
    connection.close()
