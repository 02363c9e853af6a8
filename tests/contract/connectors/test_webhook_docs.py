"""What docs/connectors/webhook.md shows to whoever writes a receiver, run as it stands there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.delivery.connector import Done, Entitlement, Failed, Kind, Order
from integrations.delivery.queue.change import ChangeEvent
from integrations.delivery.telling import signing
from tests import running, targets
from tests.contract.connectors.test_webhook import connector, event, order
from tests.receivers import OTHER, SECRET, Receiver

PAGE = Path(__file__).resolve().parents[3] / "docs/connectors/webhook.md"
TEXT = PAGE.read_text(encoding="utf-8")
RECEIVER, ANSWER = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
USER = event().id


@contextmanager
def receiver() -> Iterator[tuple[Receiver, subprocess.Popen[str]]]:
    """The receiver of the page, in a process of its own."""
    port = running.free_port()
    env = {**os.environ, "SIGNING_SECRET": SECRET, "PORT": str(port)}
    command = [sys.executable, "-c", RECEIVER]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        _wait_for(port)
        yield Receiver(url=f"http://127.0.0.1:{port}/"), process
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "the receiver of the page does not start"
            time.sleep(0.05)
        else:
            return


def test_the_receiver_is_as_short_as_it_looks():
    assert len(RECEIVER.strip().splitlines()) <= 30
    assert sum(1 for line in RECEIVER.splitlines() if line.strip()) <= 25


def test_the_receiver_takes_each_change_once_and_drops_what_comes_late(loopback):
    first = order(sequence=7)
    later = replace(order(sequence=9), key="0195f6c4-0000-7000-8000-000000000009.1")
    edited = replace(later, key="0195f6c4-0000-7000-8000-000000000009.2")
    with receiver() as (there, process):
        for one in (first, first, later, first, edited, later):
            assert isinstance(connector(there).carry(one), Done)
        assert all(finding.ok for finding in connector(there).test())
        other = connector(there, secrets={"signing_secret": OTHER}).carry(order(sequence=99))
        process.terminate()
        said, _nothing = process.communicate(timeout=10)

    assert isinstance(other, Failed)
    assert other.kind is Kind.AUTH
    assert said.splitlines() == [f"user.updated {USER}"] * 3


def test_the_receiver_takes_a_membership_of_a_lower_number_than_the_person_has_seen(loopback):
    """Whoever puts many people into a group draws their numbers before others do who are done sooner."""

    def member(kind: str, number: int, group: str) -> Order:
        told = event(type=kind, entitlement=Entitlement("Editors", "Editors", group))
        key = f"0195f6c4-0000-7000-8000-{number:012d}.1"
        return order(sequence=number, key=key, event=told)

    with receiver() as (there, process):
        for one in (
            order(sequence=5100),
            member("group.member_added", 150, "g1"),
            member("group.member_removed", 170, "g2"),
            member("group.member_added", 160, "g2"),
            order(sequence=5000, key="0195f6c4-0000-7000-8000-000000005000.1"),
        ):
            assert isinstance(connector(there).carry(one), Done)
        process.terminate()
        said, _nothing = process.communicate(timeout=10)

    types = [line.partition(" ")[0] for line in said.splitlines()]
    assert types == ["user.updated", "group.member_added", "group.member_removed"]


def test_the_late_answer_is_one_that_is_taken(monkeypatch):
    monkeypatch.setenv("SIGNING_SECRET", SECRET)
    shown: dict = {}
    exec(compile(ANSWER, str(PAGE), "exec"), shown)

    with targets.serving(
        targets.answering(targets.answer(b"{}", headers="Connection: close\r\n"))
    ) as gateway:
        assert shown["answer"](f"{gateway.url}/callbacks/x.1/", "failed", "No licence is left.") == 200

    head, _blank, body = gateway.requests[0].partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:])
    signature = re.search(rb"(?i)webhook-signature: (\S+)", head)
    assert signature
    headers["webhook-signature"] = signature[1].decode()
    assert signing.is_genuine(body, headers, [SECRET])
    assert body == b'{"status": "failed", "reason": "No licence is left."}'


@pytest.mark.parametrize("name", [event.value for event in ChangeEvent if "members" not in event.value])
def test_every_type_stands_on_the_page(name):
    assert f"`{name}`" in TEXT
