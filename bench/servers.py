"""Starts and stops what is measured: gateway, bare view and peers, with the same people in each."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench import load, people, processes

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = HERE / "peers"
PEER_PYTHON = PEERS / ".venv" / "bin" / "python"
MEMBERS_AT_ONCE = 100
# Known, so that a bench can issue cursors into the midst of a list.
SECRET_KEY = "bench-" * 10


@dataclass(slots=True)
class Target:
    """A running server and what is in it: ids of people in the order of their numbers, and of groups."""

    name: str
    port: int
    base: str
    token: str
    pid: int
    environment: Mapping[str, str] = field(default_factory=dict)
    integration_id: str = ""
    people: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    # Stock django-scim2 takes who leaves from the value alone, the others from the path (RFC 7644 3.5.2.2).
    removes_by_value: bool = False

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}"}
        content = people.encoded(body) if body is not None else None
        return load.request(method, self.base + path, headers=headers, body=content)

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request, for setting up; RuntimeError when it is refused."""
        connection = http.client.HTTPConnection("localhost", self.port, timeout=300)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"}
        connection.request(
            method, self.base + path, people.encoded(body) if body is not None else None, headers
        )
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{self.name}: {method} {path} gave {answer.status}: {content[:300]!r}")
        return json.loads(content) if content else {}

    @property
    def database_name(self) -> str:
        """On PostgreSQL; "" elsewhere."""
        url = self.environment.get("DATABASE_URL", "")
        return urlsplit(url).path.lstrip("/") or self.environment.get("STOCK_POSTGRES_NAME", "")

    def cpu_seconds(self) -> float:
        """Processor time so far of the server, and of PostgreSQL's processes that work for it."""
        pids = processes.tree(self.pid)
        if self.database_name:
            pids += processes.of_database(self.database_name)
        return processes.cpu_seconds(pids)

    def fill(self, number: int, group_size: int) -> None:
        """Makes people and one group by requests, as a client would."""
        self.people = [self.call("POST", "/Users", people.body(index))["id"] for index in range(number)]
        group = self.call("POST", "/Groups", people.group_body("Everyone", []))
        self.groups = [group["id"]]
        for first in range(0, group_size, MEMBERS_AT_ONCE):
            members = self.people[first : min(first + MEMBERS_AT_ONCE, group_size)]
            self.call("PATCH", f"/Groups/{group['id']}", people.add_members(members))


@contextlib.contextmanager
def database(kind: str, postgres: str, name: str) -> Iterator[str]:
    """A database URL for the time: "" for SQLite in DATA_DIR, else a fresh database on PostgreSQL."""
    if kind == "sqlite":
        yield ""
        return
    name = f"bench_{name}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(postgres, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@contextlib.contextmanager
def gateway(kind: str, postgres: str = "", *, name: str = "gateway") -> Iterator[Target]:
    """`manage.py up` with a workspace, an integration and a token; nobody in it yet."""
    with scratch() as folder, database(kind, postgres, name) as url:
        environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "SECRET_KEY": SECRET_KEY,
            "TOKEN_RATE_LIMIT": "0",
            "API_RATE_LIMIT": "0",
        }
        port = load.free_port()
        up = [sys.executable, "manage.py", "up", "--port", str(port), "--without-delivery"]
        with running(up, environment, ROOT, port=port) as pid:
            workspace = product(
                "create_workspace", "Bench", "--owner", "o@example.test", environment=environment
            )
            slug = workspace["workspace"]
            made = product("create_integration", "Bench", "--workspace", slug, environment=environment)
            token = product("generate_token", made["id"], environment=environment)["token"]
            yield Target(
                name=f"gateway, {kind}",
                port=port,
                base=f"/scim/v2/{made['id']}",
                token=token,
                pid=pid,
                environment=environment,
                integration_id=made["id"],
            )


def seed(target: Target, number: int, groups: Sequence[int]) -> None:
    """Fills the gateway's tables directly (seeding.py)."""
    words = [target.integration_id, "--people", str(number), "--group", *map(str, groups)]
    made = _json([sys.executable, "bench/seeding.py", *words], target.environment)
    target.people, target.groups = made["people"], made["groups"]


def product(command: str, *words: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """A command of the product with --json."""
    return _json([sys.executable, "manage.py", command, *words, "--json"], environment)


@contextlib.contextmanager
def bare(gateway_target: Target) -> Iterator[Target]:
    """The bare view (bare.py) on the gateway's own database, people and token."""
    port = load.free_port()
    environment = {
        **gateway_target.environment,
        "BARE_INTEGRATION": gateway_target.integration_id,
        "BARE_TOKEN": gateway_target.token,
    }
    workers = "1" if not environment["DATABASE_URL"] else "2"
    with running(granian("bench.bare:application", port, workers), environment, ROOT, port=port) as pid:
        yield Target(
            name=gateway_target.name.replace("gateway", "bare view"),
            port=port,
            base=gateway_target.base,
            token=gateway_target.token,
            pid=pid,
            environment=environment,
            people=gateway_target.people,
        )


@contextlib.contextmanager
def stock(kind: str, postgres: str = "") -> Iterator[Target]:
    """Stock django-scim2 on the same server and database kind."""
    with scratch() as folder, database(kind, postgres, "stock") as url:
        parts = urlsplit(url)
        environment = {
            **os.environ,
            "PYTHONPATH": str(PEERS),
            "STOCK_SQLITE": "" if url else str(folder / "stock.sqlite3"),
            "STOCK_POSTGRES_NAME": parts.path.lstrip("/"),
            "STOCK_POSTGRES_HOST": parts.hostname or "",
            "STOCK_POSTGRES_PORT": str(parts.port or 5432),
            "STOCK_POSTGRES_USER": parts.username or "",
            "STOCK_POSTGRES_PASSWORD": parts.password or "",
            "DJANGO_SETTINGS_MODULE": "stock.settings",
        }
        migrate = [str(PEER_PYTHON), "-m", "django", "migrate", "--verbosity", "0"]
        # First the tables that its own refer to: it has no migrations that could say so.
        for words in (["auth"], ["--run-syncdb"]):
            subprocess.run([*migrate, *words], check=True, env=environment, cwd=PEERS)
        port = load.free_port()
        command = granian("stock.wsgi:application", port, "2" if url else "1", python=str(PEER_PYTHON))
        with running(command, environment, PEERS, port=port) as pid:
            yield Target(
                f"stock django-scim2, {kind}",
                port,
                "/scim/v2",
                "bench",
                pid,
                environment,
                removes_by_value=True,
            )


@contextlib.contextmanager
def scim2_server() -> Iterator[Target]:
    port = load.free_port()
    command = granian("scim2_server_app:application", port, "1", python=str(PEER_PYTHON))
    with running(command, dict(os.environ), PEERS, port=port) as pid:
        yield Target("scim2-server, memory", port, "/v2", "bench", pid)


@contextlib.contextmanager
def scimmy() -> Iterator[Target]:
    port = load.free_port()
    node = shutil.which("node")
    if node is None:
        raise SystemExit("node is not installed: the rows of SCIMMY need it.")
    environment = {**os.environ, "NODE_ENV": "production"}
    with running([node, "server.mjs", str(port)], environment, PEERS / "scimmy", port=port) as pid:
        yield Target("SCIMMY, memory", port, "/scim", "bench", pid)


def granian(app: str, port: int, workers: str, *, python: str = sys.executable) -> list[str]:
    """The product's server with its settings, for another application."""
    words = ["--interface", "wsgi", "--port", str(port), "--workers", workers, "--blocking-threads", "4"]
    return [python, "-m", "granian", *words, "--log-level", "warning", app]


@contextlib.contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, *, port: int
) -> Iterator[int]:
    """The command as a process of its own; its id, once its port answers. Ended with all its children."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, env=dict(environment), cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
        try:
            try:
                load.wait_until_open(port)
            except TimeoutError as error:
                log.seek(0)
                raise RuntimeError(f"{command} did not start: {log.read()[-2000:].decode()}") from error
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _json(command: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        command, env=dict(environment), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command} failed: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer
