"""`manage.py up`: what it refuses before it serves anything."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from cerby_gateway.management.commands import up
from integrations import keys, one_time_links
from integrations.models import OneTimeLink
from tests.running import ROOT, free_port


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def taken():
    """A port of this machine that another program listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(data, taken):
    with pytest.raises(CommandError, match=f"Port {taken} is taken by another program"):
        call_command("up", port=taken)

    assert list(data.iterdir()) == []


def test_a_port_of_the_environment_that_is_taken_is_an_error(data, taken, monkeypatch):
    monkeypatch.setenv("PORT", str(taken))

    with pytest.raises(CommandError, match=f"Port {taken} is taken by another program"):
        call_command("up")


def test_the_default_port_alone_moves_on(monkeypatch, taken):
    monkeypatch.setattr(up, "DEFAULT_PORT", taken)

    assert taken < up._port("127.0.0.1", None) < taken + up.NEXT_PORTS


@pytest.mark.parametrize("port", [0, -1, 65536, 99999])
def test_a_number_that_is_no_port_is_an_error(data, port):
    with pytest.raises(CommandError, match=f"{port} is not a port: they go from 1 to 65535."):
        call_command("up", port=port)


@pytest.mark.parametrize("port", ["abc", "-1", "65536", "80a"])
def test_a_port_of_the_environment_that_is_none_is_an_error(data, monkeypatch, port):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(CommandError, match="PORT must be a whole number from 0 to 65535"):
        call_command("up")


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("nowhere.invalid", "nowhere.invalid is not an address of this machine."),
        ("203.0.113.9", "Cannot listen on 203.0.113.9, port 8000"),
    ],
)
def test_a_host_that_is_not_this_machine_is_an_error(data, host, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("up", host=host)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        *((name, "x" * 64) for name in ("SECRET_KEY", "TOKEN_HASH_PEPPER", "TOKEN_TAG_PEPPER")),
        ("GATEWAY_KEYS", ["x" * 43 + "="]),
    ],
)
def test_a_start_under_other_keys_is_refused(db, data, settings, name, other):
    keys.check()
    setattr(settings, name, other)

    with pytest.raises(CommandError, match="is not the one this database was made with"):
        call_command("up", port=free_port())

    assert not (data / "address").exists()


def test_a_second_start_makes_a_fresh_link_and_the_older_stops(db, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)
    older = up._start_key()

    newer = up._start_key()

    assert one_time_links.find(OneTimeLink.Kind.START, older) is None
    assert one_time_links.find(OneTimeLink.Kind.START, newer) is not None


def test_no_link_is_made_once_there_is_an_owner(owner, monkeypatch):
    monkeypatch.setattr(connection, "close", lambda: None)

    assert up._start_key() == ""
    assert not OneTimeLink.objects.exists()


def test_a_setting_that_is_not_understood_stops_the_start_with_a_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "DEBUG": "maybe", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == ["DEBUG must be 1 or 0, not 'maybe'."]
