"""The product as its users run it: `manage.py up` in a process of its own, with its own data."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Product:
    """One running product; `start_url` is "" once there is an Owner."""

    url: str
    start_url: str
    process: subprocess.Popen[str]
    env: dict[str, str]

    def command(self, *words: str) -> dict[str, Any]:
        """Runs a `manage.py` command on the same data; its --json answer."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words, "--json"],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def workers(self) -> list[int]:
        """The process ids of the server's workers (Linux)."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        commands = {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in children}
        others = ("resource_tracker", "\0deliver\0")
        return [pid for pid, command in commands.items() if not any(one in command for one in others)]


@contextlib.contextmanager
def product(data_dir: Path, *, database_url: str = "", **env: str) -> Iterator[Product]:
    """Starts it on a free port, waits until it says that it runs, and stops it with Ctrl-C. An empty folder
    is filled as the first start would: that takes ten seconds, and has tests of its own."""
    if not any(data_dir.glob("*")):
        others = ["gateway.sqlite3*"] if database_url else []
        ignored = shutil.ignore_patterns("address", *others)
        shutil.copytree(_prepared(), data_dir, dirs_exist_ok=True, ignore=ignored)
    with first_start(data_dir, database_url=database_url, **env) as started:
        yield started


@functools.cache
def _prepared() -> Path:
    """A folder as a first start leaves it; made once in a test run, by each of its workers."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with first_start(folder):
        pass
    return folder


@contextlib.contextmanager
def first_start(data_dir: Path, *, database_url: str = "", **env: str) -> Iterator[Product]:
    """As `product`, from whatever is in the folder."""
    port = free_port()
    whole = {**os.environ, "DATA_DIR": str(data_dir), "PUBLIC_URL": "", "DATABASE_URL": database_url, **env}
    command = [sys.executable, "-u", "manage.py", "up", "--json", "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=whole,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,
    )
    try:
        said = _said(process)
        yield Product(said["url"], said["start_url"], process, whole)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


@contextlib.contextmanager
def fresh_postgres(url: str) -> Iterator[str]:
    """The URL of an empty database on the same server, dropped afterwards."""
    name = f"gateway_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def end_connections(url: str) -> None:
    """Ends everybody's connections to this database at once, as its superuser. Tests share a server, which
    cannot be started anew for one of them."""
    parts = urlsplit(url)
    superuser = parts._replace(netloc=f"postgres@{parts.hostname}:{parts.port or 5432}", path="/postgres")
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    with psycopg.connect(superuser.geturl(), autocommit=True) as connection:
        connection.execute(ended, [parts.path.lstrip("/")])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _hear_ctrl_c() -> None:
    """A shell's background job, as CI may be, ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _said(process: subprocess.Popen[str]) -> dict[str, str]:
    """The one line that `up --json` prints once it answers."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"manage.py up ended with {process.wait()} before it ran"
    return json.loads(line)
