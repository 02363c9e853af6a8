"""The backup that the README names: made while the product runs, read by its owner alone, and put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.running import ROOT, Product, product


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("data")
    with product(folder) as started:
        started.command("create_workspace", "Northwind", "--owner", "owner@northwind.example")
        yield started


def refused(env: dict[str, str], *words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "backup_database", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.strip()


def test_a_backup_of_the_product_that_runs_is_whole_and_its_owners_alone(running: Product, tmp_path):
    path = tmp_path / "copy.sqlite3"

    said = running.command("backup_database", str(path))

    assert said == {"path": str(path), "size_bytes": path.stat().st_size}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["copy.sqlite3"]
    with sqlite3.connect(path) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("SELECT slug FROM integrations_workspace").fetchall() == [("northwind",)]


def test_a_backup_that_is_put_back_with_the_keys_is_the_product_again(running: Product, tmp_path):
    restored = tmp_path / "restored"
    shutil.copytree(Path(running.env["DATA_DIR"]) / "keys", restored / "keys")

    running.command("backup_database", str(restored / "gateway.sqlite3"))

    elsewhere = replace(running, env={**running.env, "DATA_DIR": str(restored)})
    assert elsewhere.command("sign_in_link", "owner@northwind.example")["sign_in_url"]


def test_a_backup_goes_over_no_file_that_is_there(running: Product, tmp_path):
    path = tmp_path / "copy.sqlite3"
    path.write_text("mine", encoding="utf-8")

    assert refused(running.env, path) == f"CommandError: {path} is there already. Name a new file."
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_backup_that_cannot_be_made_leaves_nothing(running: Product, tmp_path):
    nowhere = refused(running.env, tmp_path / "nowhere" / "copy.sqlite3")
    empty = refused({**running.env, "DATA_DIR": str(tmp_path / "empty")}, tmp_path / "copy.sqlite3")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "gateway.sqlite3").write_bytes(os.urandom(8192))
    broken = refused({**running.env, "DATA_DIR": str(tmp_path / "broken")}, tmp_path / "copy.sqlite3")

    assert "cannot be written: No such file or directory." in nowhere
    assert "There is no database" in empty
    assert "The copy failed: file is not a database." in broken
    assert not (tmp_path / "copy.sqlite3").exists()


def test_postgresql_has_a_backup_of_its_own(running: Product, tmp_path):
    env = {**running.env, "DATABASE_URL": "postgres://gateway@127.0.0.1:1/gateway"}

    said = refused(env, tmp_path / "copy.sqlite3")

    assert said == "CommandError: The database is PostgreSQL: `pg_dump` makes its backup."
