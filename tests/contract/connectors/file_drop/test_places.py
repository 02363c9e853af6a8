"""Folders of this machine and SFTP servers: where files may go, and what fails on the way."""

from __future__ import annotations

import io
import json
import os
import threading
from typing import Any

import paramiko
import pytest

from integrations.delivery.connector import Done, Failed, Kind, LaneLostError, Retry
from integrations.delivery.connectors.file_drop import ssh
from integrations.delivery.connectors.file_drop.connector import FileDrop
from integrations.delivery.connectors.file_drop.settings_form import FileDropForm
from tests import targets
from tests.contract.connectors import orders
from tests.contract.connectors.file_drop.drops import FOLDER, SECRETS, carry, using

# Folders of this machine


@pytest.mark.parametrize(
    "folder", ["../other", "/etc", "a/../../b", "drop\\..", "link", "link/deeper", "gone"]
)
def test_a_folder_elsewhere_is_not_entered(drop, tmp_path, folder):
    outside = tmp_path / "outside"
    (outside / "deeper").mkdir(parents=True)
    (tmp_path / "files" / "other").mkdir()
    (drop.parent / "link").symlink_to(outside)

    outcome = carry({**FOLDER, "folder": folder}, orders.order())

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.GONE
    assert [path for path in outside.rglob("*") if path.is_file()] == []


def test_a_link_in_the_folder_is_neither_read_nor_written_through(drop, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("id\r\nx\r\n")
    (drop / "people.csv").symlink_to(secret)

    outcome = carry({**FOLDER, "content": "full"}, orders.order())

    assert isinstance(outcome, Failed)
    assert secret.read_text() == "id\nx\n"


def test_without_the_operators_word_there_are_no_folders(settings):
    settings.FILE_DROP_ROOT = None

    outcome = carry(FOLDER, orders.order())
    form = FileDropForm({**FOLDER, "content": "delta", "format": "csv"})

    assert isinstance(outcome, Failed)
    assert "FILE_DROP_ROOT" in outcome.fix
    assert "place" in form.errors


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_full_disk_leaves_nothing_and_is_tried_again(drop, monkeypatch, call):
    def full(*_given: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    if call == "write":
        monkeypatch.setattr("integrations.delivery.connectors.file_drop.folder.Folder._write", full)
    else:
        monkeypatch.setattr(os, call, full)

    outcome = carry(FOLDER, orders.order())

    assert isinstance(outcome, Retry)
    assert outcome.of_app
    assert list(drop.iterdir()) == []


def test_whoever_lost_the_lane_writes_no_more(drop):
    asked = iter([None, LaneLostError()])

    def check() -> None:
        if error := next(asked):
            raise error

    connector = FileDrop(orders.context(FOLDER, check=check))
    with pytest.raises(LaneLostError):
        connector.carry(orders.order())
    connector.close()

    assert list(drop.iterdir()) == []


# SFTP


def test_a_server_whose_host_key_is_another_is_told_nothing(server):
    other = "SHA256:" + "A" * 43
    settings = server.settings(host_key=other)

    outcome = carry(settings, orders.order())

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.AUTH
    assert server.fingerprint in outcome.reason
    assert server.passwords == []


def test_a_test_tells_the_host_key_that_is_seen(server):
    unknown = using(server.settings(host_key=""), lambda connector: connector.test(), {})
    known = using(server.settings(host_key=f"SHA256:{'A' * 43} {server.fingerprint}"), FileDrop.test)

    assert not unknown[0].ok
    assert server.fingerprint in str(unknown[0].words)
    assert [finding.ok for finding in known] == [True, True]
    assert list((server.root / "drop").iterdir()) == []


@pytest.mark.parametrize("secrets", [{"password": "wrong"}, {}], ids=["wrong", "missing"])
def test_a_wrong_password_holds_the_lane(server, secrets):
    outcome = carry(server.settings(), orders.order(), secrets)

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.AUTH


def test_a_private_key_lets_in(server):
    key = paramiko.ECDSAKey.generate()
    text = io.StringIO()
    key.write_private_key(text)
    server.user_key = key.get_base64()

    outcome = carry(server.settings(sign_in="private_key"), orders.order(), {"private_key": text.getvalue()})

    assert isinstance(outcome, Done)


def test_a_host_inside_is_not_reached_without_the_operators_word(server, settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = []

    outcome = carry(server.settings(), orders.order())

    assert isinstance(outcome, Failed)
    assert server.transports == []


@pytest.mark.parametrize(
    ("fault", "expected"), [("full", Retry), ("denied", Failed)], ids=["full disk", "refused write"]
)
def test_a_server_that_takes_no_file_leaves_none(server, fault, expected):
    setattr(server, fault, True)
    connector = FileDrop(orders.context(server.settings(), SECRETS))

    outcome = connector.carry(orders.order())
    findings = connector.test()
    connector.close()

    assert isinstance(outcome, expected)
    assert not findings[0].ok  # so that the lane waits, not one person
    assert list((server.root / "drop").iterdir()) == []


def test_a_connection_that_goes_in_the_midst_leaves_no_half_file(server):
    server.drops_after = 64 * 1024
    who = orders.person(attributes={"title": "x" * 200_000})
    order = orders.order(who=who)
    settings = server.settings(columns="id,title")

    outcome = carry(settings, order)

    assert isinstance(outcome, Retry)
    assert outcome.of_app
    left = [path.name for path in (server.root / "drop").iterdir()]
    assert all(name.startswith(".") and name.endswith(".part") for name in left)
    server.drops_after = 0
    assert isinstance(carry(settings, order), Done)


def test_a_server_that_does_not_answer_is_left_in_time(server, monkeypatch):
    monkeypatch.setattr(ssh, "WHOLE_S", 1.0)
    server.slow = threading.Event()

    outcome = carry(server.settings(), orders.order())

    assert isinstance(outcome, Retry)
    assert outcome.timed_out


def test_a_file_is_on_the_servers_disk_before_it_bears_its_name(server):
    carry(server.settings(), orders.order())

    assert len(server.synced) == 2  # the file, and its receipt
    assert all(name.endswith(".part") for name in server.synced)


def test_what_speaks_no_ssh_is_left_in_time(server, monkeypatch):
    monkeypatch.setattr(ssh, "WHOLE_S", 1.0)

    with targets.serving(targets.answering(b"")) as silent:
        outcome = carry(server.settings(port=silent.port), orders.order())

    assert isinstance(outcome, Retry)
    assert outcome.timed_out


def test_a_port_where_nobody_listens_is_tried_again(server):
    outcome = carry(server.settings(port=1), orders.order())

    assert isinstance(outcome, Retry)
    assert not outcome.timed_out


def test_a_folder_that_is_not_there_is_named(server):
    settings = server.settings(folder="elsewhere")

    outcome = carry(settings, orders.order())
    findings = using(settings, FileDrop.test)

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.GONE
    assert "elsewhere" in str(findings[0].words)


def test_a_server_without_extensions_takes_changes_but_cannot_replace(server):
    server.plain = True
    full = server.settings(content="full")

    assert isinstance(carry(server.settings(), orders.order()), Done)
    assert isinstance(carry(full, orders.order()), Done)
    outcome = carry(full, orders.order(who=orders.person("bob")))

    assert isinstance(outcome, Failed)
    assert "people.csv" in [path.name for path in (server.root / "drop").iterdir()]


# Settings

GOOD = {"place": "sftp", "host": "sftp.example.com", "user_name": "x", "content": "delta", "format": "csv"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"host": ""}, "host"),
        ({"user_name": ""}, "user_name"),
        ({"host_key": "MD5:00"}, "host_key"),
        ({"private_key": "no key"}, "private_key"),
        ({"columns": "id, =cmd"}, "columns"),
        ({"columns": "id, id"}, "columns"),
        ({"content": "full", "columns": "email"}, "columns"),
        ({"content": "full", "app_answers": True}, "app_answers"),
        ({"name": "../people"}, "name"),
        ({"port": 70000}, "port"),
        ({"place": "folder", "folder": "../x"}, "folder"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_their_field(drop, changed, field):
    form = FileDropForm({**GOOD, **changed})

    assert field in form.errors


def test_good_settings_are_json():
    form = FileDropForm(GOOD)

    assert form.is_valid(), form.errors
    assert json.loads(json.dumps(form.cleaned_data))["host"] == "sftp.example.com"
