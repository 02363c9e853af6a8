"""Real programs on this machine: each outcome, and everything a program can do wrong."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.delivery.connector import (
    Context,
    Done,
    Failed,
    Intent,
    Kind,
    NeedsPerson,
    Order,
    Outcome,
    Retry,
)
from integrations.delivery.connectors.script.connector import Script
from integrations.delivery.connectors.script.settings_form import ScriptForm
from integrations.kit import programs
from tests.contract.connectors import orders

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, settings) -> Write:
    """Puts a Python program where the operator allows the workspace's scripts."""
    settings.SCRIPT_ROOT = tmp_path / "scripts"
    folder = settings.SCRIPT_ROOT / orders.WORKSPACE
    folder.mkdir(parents=True)

    def program(code: str, *, name: str = "people.py", interpreter: str = sys.executable) -> Path:
        path = folder / name
        path.write_text(f"#!{interpreter}\n{code}\n")
        path.chmod(0o755)
        return path

    return program


def context(path: Path, **more: Any) -> Context:
    secrets = {"secrets": more.pop("secrets")} if "secrets" in more else {}
    return orders.context({"path": str(path), **more}, secrets)


def carry(path: Path, order: Order | None = None, **more: Any) -> Outcome:
    return Script(context(path, **more)).carry(order or orders.order())


def saying(answer: dict[str, Any]) -> str:
    return f"import sys, json; sys.stdin.read(); print(json.dumps({answer!r}))"


def test_a_program_is_told_the_person_on_standard_input_alone(write, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@host/db")
    monkeypatch.setenv("LANG", "C.UTF-8")
    heard = tmp_path / "heard.json"
    path = write(
        "import json, os, sys\n"
        "told = json.load(sys.stdin)\n"
        f"open({str(heard)!r}, 'w').write(json.dumps([told, sys.argv, dict(os.environ), os.getcwd()]))\n"
        "print(json.dumps({'outcome': 'done', 'ref': 'u-17', 'reason': 'Made.', 'proof': {'status': 201}}))"
    )
    order = orders.order(Intent.DEACTIVATE, is_repeat=True)

    outcome = carry(path, order, values="REGION = eu\n", secrets="TOKEN=s3cr3t-value")

    told, argv, environment, folder = json.loads(heard.read_text())
    assert told == {
        "key": order.key,
        "intent": "deactivate",
        "is_repeat": True,
        "person": {
            "id": "id-ada",
            "ref": "",
            "user_name": "ada@northwind.example",
            "external_id": "",
            "active": False,
            "attributes": orders.person().attributes,
            "roles": ["editor"],
        },
        "settings": {"REGION": "eu"},
        "secrets": {"TOKEN": "s3cr3t-value"},
    }
    assert argv == [str(path)]
    assert set(environment) <= {"PATH", "HOME", "LANG", "LC_CTYPE"}  # Python sets the last one itself
    assert folder == str(path.parent)
    assert isinstance(outcome, Done)
    assert (outcome.ref, outcome.proof.words, outcome.proof.seen) == ("u-17", "Made.", {"status": 201})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"outcome": "already_so"}, Done),
        (
            {"outcome": "retry", "reason": "Busy.", "after_s": 30},
            Retry("Busy.", timedelta(seconds=30), False),
        ),
        ({"outcome": "retry", "reason": "Down.", "kind": "rate"}, Retry("Down.", of_app=True)),
        ({"outcome": "retry", "reason": "x", "after_s": -1}, Retry("x", of_app=False)),
        (
            {"outcome": "failed", "kind": "licence", "reason": "No seat.", "fix": "Buy one."},
            Failed(Kind.LICENCE, "No seat.", "Buy one."),
        ),
        ({"outcome": "failed", "kind": "odd", "reason": "No."}, Failed(Kind.UNKNOWN, "No.")),
        ({"outcome": "needs_person", "reason": "Which Ada?"}, NeedsPerson("Which Ada?")),
        ({"outcome": "perhaps"}, Failed),
        ({}, Failed),
    ],
)
def test_each_answer_means_something(write, answer, expected):
    outcome = carry(write(saying(answer)))

    if isinstance(expected, type):
        assert isinstance(outcome, expected)
    else:
        assert outcome == expected


def test_already_so_is_done_before(write):
    outcome = carry(write(saying({"outcome": "already_so"})))

    assert isinstance(outcome, Done)
    assert outcome.already
    assert outcome.ref == "ada@northwind.example"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print('oops')", Failed),
        ("print('[1]')", Failed),
        ('print(\'{"outcome": "done"} and more\')', Failed),
        ("import sys; sys.stdout.buffer.write(b'\\xff\\xfe')", Failed),
        ("print('[' * 60000)", Failed),
        ("import sys; sys.exit(1)", Failed),
        ("import sys; sys.exit(75)", Retry),
        ("import os; os.kill(os.getpid(), 9)", Failed),
        ("raise SystemExit('no')", Failed),
    ],
    ids=["words", "list", "trailing", "no text", "deep", "code 1", "code 75", "killed", "message"],
)
def test_garbage_and_codes(write, code, expected):
    started = time.monotonic()

    outcome = carry(write(code))

    assert isinstance(outcome, expected)
    assert time.monotonic() - started < 5


def test_the_code_counts_more_than_the_answer(write):
    outcome = carry(write('import sys; print(\'{"outcome": "done", "reason": "Later."}\'); sys.exit(75)'))

    assert outcome == Retry("Later.", of_app=False)


def test_what_no_database_keeps_is_taken_out_of_an_answer(write):
    outcome = carry(
        write('print(r\'{"outcome": "done", "reason": "a\\u0000\\ud800", "proof": {"n": NaN}}\')')
    )

    assert isinstance(outcome, Done)
    assert "\0" not in outcome.proof.words
    outcome.proof.words.encode()
    assert outcome.proof.seen == {"n": None}


def test_a_program_that_hangs_is_stopped_with_all_that_it_started(write, tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "WHOLE_S", 1.0)
    child = tmp_path / "child"
    path = write(
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen(['sleep', '60']); open({str(child)!r}, 'w').write(str(p.pid))\n"
        "time.sleep(60)"
    )

    outcome = carry(path)

    assert isinstance(outcome, Retry)
    assert outcome.timed_out
    assert ended(int(child.read_text()))


def test_what_a_program_leaves_behind_holds_nobody_up(write, tmp_path):
    child = tmp_path / "child"
    path = write(
        "import subprocess, sys\n"
        f"p = subprocess.Popen(['sleep', '60']); open({str(child)!r}, 'w').write(str(p.pid))\n"
        'print(\'{"outcome": "done"}\')'
    )
    started = time.monotonic()

    assert isinstance(carry(path), Done)

    assert time.monotonic() - started < 5
    assert ended(int(child.read_text()))


def ended(number: int) -> bool:
    """Whether the process has gone, or waits to be buried by whoever took it over."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_endless_output_ends(write, monkeypatch, stream):
    monkeypatch.setattr(programs, "WHOLE_S", 2.0)
    path = write(f"import sys\nwhile True: sys.{stream}.write('x' * 65536)")

    outcome = carry(path)

    expected = Failed if stream == "stdout" else Retry
    assert isinstance(outcome, expected)


def test_a_program_that_does_not_listen_is_heard_all_the_same(write):
    who = orders.person(attributes={"title": "x" * 1_000_000})

    outcome = carry(write('import os; os.close(0); print(\'{"outcome": "done"}\')'), orders.order(who=who))

    assert isinstance(outcome, Done)


def test_secrets_stay_out_of_everything_that_is_kept(write):
    path = write(
        "import json, sys\n"
        "told = json.load(sys.stdin); token = told['secrets']['TOKEN']\n"
        "sys.stderr.write('signing in with ' + token)\n"
        "print(json.dumps({'outcome': 'done', 'reason': token, 'proof': {'seen': token, token: 1}}))"
    )
    used = context(path, secrets="TOKEN=s3cr3t-value")

    outcome = Script(used).carry(orders.order())
    (exchange,) = used.exchanges

    assert "s3cr3t-value" not in f"{outcome}{exchange}"
    assert "signing in with" in exchange.received
    assert exchange.words == "Ran people.py"


def test_what_is_written_to_standard_error_is_cut(write):
    used = context(write("import sys; sys.stderr.write('e' * 100000); print('{}')"))

    Script(used).carry(orders.order())

    assert len(used.exchanges[0].received) < 5000


def test_a_program_is_run_without_a_shell(write, tmp_path):
    path = write(saying({"outcome": "done"}), name="a; touch gone.py")

    assert isinstance(carry(path), Done)
    assert not (path.parent / "gone.py").exists()


@pytest.mark.parametrize(
    "where", ["relative", "outside", "link", "dots", "other", "missing", "folder", "mode", "all"]
)
def test_other_programs_are_not_run(write, tmp_path, where):
    inside = write(saying({"outcome": "done"}))
    outside = tmp_path / "scripts" / "other.py"
    outside.write_text(inside.read_text())
    outside.chmod(0o755)
    (inside.parent / "link.py").symlink_to(outside)
    paths: dict[str, Path | str] = {
        "relative": "people.py",
        "outside": "/bin/true",
        "link": inside.parent / "link.py",
        "dots": inside.parent / ".." / "other.py",
        "other": outside,
        "missing": inside.parent / "gone.py",
        "folder": inside.parent,
        "mode": inside,
        "all": inside,
    }
    if where == "mode":
        inside.chmod(0o644)
    if where == "all":
        inside.chmod(0o777)

    script = Script(orders.context({"path": str(paths[where])}))

    outcome = script.carry(orders.order())
    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.PERMISSION
    assert outcome.fix
    assert not script.test()[0].ok


def test_a_program_that_cannot_start_holds_the_lane(write):
    script = Script(context(write("", interpreter="/nowhere/python")))

    outcome = script.carry(orders.order())

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.PERMISSION
    assert not script.test()[0].ok


def test_without_the_operators_word_nothing_is_run(write, settings):
    path = write(saying({"outcome": "done"}))
    settings.SCRIPT_ROOT = None

    outcome = carry(path)

    assert isinstance(outcome, Failed)
    assert "SCRIPT_ROOT" in outcome.reason
    assert "path" in ScriptForm({"path": str(path)}).errors


def test_a_test_runs_nothing(write, tmp_path):
    mark = tmp_path / "ran"
    path = write(f"open({str(mark)!r}, 'w')")

    assert Script(context(path)).test()[0].ok
    assert not mark.exists()


def test_a_plan_shows_what_would_be_told_without_secrets(write):
    path = write(saying({"outcome": "done"}))

    (step,) = Script(context(path, secrets="TOKEN=s3cr3t-value")).plan(orders.order())

    assert json.loads(step.detail)["person"]["id"] == "id-ada"
    assert "s3cr3t-value" not in step.detail


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"path": "people.py"}, "path"),
        ({"path": "/x", "values": "no equals"}, "values"),
        ({"path": "/x", "secrets": "1X=no name"}, "secrets"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_their_field(write, values, field):
    assert field in ScriptForm(values).errors


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_nothing_is_left_open(write):
    path = write(saying({"outcome": "done"}))
    carry(path)
    before = open_files()

    for _ in range(5):
        carry(path)

    assert open_files() == before
