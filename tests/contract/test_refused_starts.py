"""A start under wrong settings ends with a sentence that names them, and leaves everything as it was."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests import running

NOBODY = "postgres://gateway:s3cret@127.0.0.1:1/gateway"


def ended(data_dir: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, "DATA_DIR": str(data_dir), "PUBLIC_URL": "", "DATABASE_URL": "", **env}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=running.ROOT, env=whole, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("words", "env", "sentence"),
    [
        (["up"], {"DATABASE_URL": NOBODY}, "CommandError: The database of DATABASE_URL cannot be reached: "),
        (["deliver"], {"DATABASE_URL": NOBODY}, "CommandError: The database of DATABASE_URL cannot be"),
        (["sign_in_link", "a@b.example"], {"DATABASE_URL": NOBODY}, "CommandError: The database of DATABA"),
        (["up"], {"TLS_CERT": "/nowhere.pem"}, "CommandError: TLS_CERT is set and TLS_KEY is not"),
        (["up"], {"EMAIL_URL": "foo"}, "EMAIL_URL must look like smtp+tls://"),
    ],
    ids=["up without database", "deliver without database", "a command without", "half of TLS", "mail"],
)
def test_a_wrong_setting_is_named_in_a_sentence(tmp_path, words, env, sentence):
    (tmp_path / "address").write_text("http://127.0.0.1:8123", encoding="utf-8")

    done = ended(tmp_path, *words, **env)

    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr
    assert (tmp_path / "address").read_text(encoding="utf-8") == "http://127.0.0.1:8123"


def test_others_on_the_machine_cannot_read_the_database(tmp_path):
    """Nor one that was made before, for everybody to read."""
    database = tmp_path / "gateway.sqlite3"
    database.touch(mode=0o644)
    with running.first_start(tmp_path):
        files = [database, *tmp_path.glob("gateway.sqlite3-*")]
        modes = {stat.S_IMODE(file.stat().st_mode) for file in files}

    assert modes == {0o600}


def test_under_a_name_that_is_not_allowed_the_answer_says_which_setting_allows_it(tmp_path):
    with running.product(tmp_path) as product:
        answer = httpx.get(f"{product.url}/sign-in/", headers={"host": "gateway.internal"})

    assert answer.status_code == 400
    assert "PUBLIC_URL or ALLOWED_HOSTS" in answer.text
