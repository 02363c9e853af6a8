"""From an identity provider's request to the file, and to the app's answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import timezone

from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery
from integrations.delivery.turns import worker
from integrations.kit.errors import Refused
from integrations.models import Integration
from tests import factories
from tests.contract.connectors.file_drop.drops import SECRETS, data_files, rows
from tests.contract.connectors.file_drop.sftp_server import Server
from tests.db import console
from tests.db.scim import wire

Status = Delivery.Status


@pytest.fixture
def opened(integration: Integration, tmp_path: Path, settings) -> Path:
    """The folder that the operator has opened for the integration's workspace."""
    settings.FILE_DROP_ROOT = tmp_path
    found = tmp_path / integration.workspace.slug
    found.mkdir()
    return found


def live(integration: Integration, time_machine, **more: object) -> console.Provider:
    """An identity provider of a live integration, whose people are no connection test."""
    values = {"place": "folder", "content": "delta", "format": "csv", **more}
    connecting.change(integration, "file_drop", values, secrets=SECRETS, by=factories.OPERATOR)
    connecting.go_live(integration, by=factories.OPERATOR)
    time_machine.move_to(timezone.now(), tick=False)
    found = console.provider(integration)
    found.person("lasting")
    time_machine.shift(61)
    worker.drain(integration.pk)
    return found


def of_ada(integration: Integration) -> Delivery:
    return Delivery.objects.for_integration(integration).filter(label__startswith="ada").latest("number")


def test_a_person_who_arrives_and_leaves_becomes_two_files(integration, opened, time_machine):
    idp = live(integration, time_machine)
    ada = idp.person("ada", title="=cmd()")
    worker.drain(integration.pk)
    wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "active", "value": False})
    worker.drain(integration.pk)

    told = [row for path in data_files(opened) for row in rows(path) if row["id"] == ada]

    assert [(row["action"], row["active"], row["title"]) for row in told] == [
        ("create", "true", "'=cmd()"),
        ("deactivate", "false", "'=cmd()"),
    ]
    delivery = of_ada(integration)
    receipt = json.loads((opened / f"{delivery.proof['seen']['file']}.receipt.json").read_text())
    assert (delivery.status, delivery.proof["seen"]) == (Status.DELIVERED, receipt)


def test_no_change_waits_for_an_answer_once_the_app_is_not_to_answer_any_more(
    integration, opened, time_machine
):
    idp = live(integration, time_machine, app_answers=True)
    ada = idp.person("ada")
    worker.drain(integration.pk)
    assert of_ada(integration).status == Status.CONFIRMING

    values = {"place": "folder", "content": "delta", "format": "csv", "app_answers": False}
    connecting.change(integration, "file_drop", values, by=factories.OPERATOR)
    worker.drain(integration.pk)

    assert of_ada(integration).status == Status.DELIVERED
    assert len([path for path in data_files(opened) if rows(path)[0]["id"] == ada]) == 1


def test_a_change_waits_for_the_apps_answer(integration, opened, time_machine):
    idp = live(integration, time_machine, app_answers=True)
    ada = idp.person("ada")
    worker.drain(integration.pk)
    assert of_ada(integration).status == Status.CONFIRMING
    (path,) = [path for path in data_files(opened) if rows(path)[0]["id"] == ada]
    (opened / f"{path.name}.answer.json").write_text('{"status": "done"}')

    time_machine.shift(301)
    worker.drain(integration.pk)

    delivery = of_ada(integration)
    assert (delivery.status, delivery.proof["seen"]["rows"]) == (Status.DELIVERED, 1)
    assert AppAccount.objects.for_integration(integration).get(line=ada).ref == ada


def test_an_app_that_says_no_makes_the_delivery_dead_with_its_reason(integration, opened, time_machine):
    idp = live(integration, time_machine, app_answers=True)
    ada = idp.person("ada")
    worker.drain(integration.pk)
    (path,) = [path for path in data_files(opened) if rows(path)[0]["id"] == ada]
    (opened / f"{path.name}.answer.json").write_text('{"status": "failed", "reason": "No seat is free."}')

    time_machine.shift(301)
    worker.drain(integration.pk)

    delivery = of_ada(integration)
    assert delivery.status == Status.DEAD
    assert "No seat is free." in delivery.problem


def test_an_sftp_server_gets_it_too(integration, server: Server, time_machine):
    idp = live(integration, time_machine, **server.settings(content="full", format="jsonl"))
    ada = idp.person("ada")
    worker.drain(integration.pk)

    people = [json.loads(line) for line in (server.root / "drop/people.jsonl").read_text().splitlines()]

    assert ada in [row["id"] for row in people]
    assert of_ada(integration).status == Status.DELIVERED


def test_another_workspaces_folder_is_not_reached(integration, opened, time_machine):
    other = opened.parent / "fabrikam"
    other.mkdir()

    with pytest.raises(Refused):
        live(integration, time_machine, folder="../fabrikam")
    idp = live(integration, time_machine, folder="fabrikam")
    idp.person("ada")
    worker.drain(integration.pk)

    assert list(other.iterdir()) == []
