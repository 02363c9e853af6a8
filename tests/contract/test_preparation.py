"""Commands that prepare the same folder at once wait for each other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PREPARE = "import django; django.setup(); from cerby_gateway import preparation; preparation.prepare()"


def fresh(folder: Path) -> dict[str, str]:
    """What a process needs to work on a folder of its own."""
    return {
        **os.environ,
        "DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "cerby_gateway.settings",
    }


@pytest.mark.thorough
def test_three_at_once_on_a_fresh_folder_all_end_well(tmp_path):
    env = fresh(tmp_path)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PREPARE], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]

    errors = [process.communicate(timeout=120)[1] for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], errors
    assert (tmp_path / "gateway.sqlite3").exists()
    assert (tmp_path / "static" / "collected").exists()
