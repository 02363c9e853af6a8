"""Every command of the README does what it says there."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
# The two start commands take over the terminal; `.ci/run` runs them on a bare copy.
STARTS = {"python3 start.py", "python3 start.py test"}
# What a command before has told.
KNOWN = {"INTEGRATION_ID": "id", "PUBLIC_ID": "public_id"}
# A minute of waiting that test_demo has already.
DEMO = ".venv/bin/python manage.py demo"


def commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [line for block in BLOCK.findall(text) for line in block.splitlines()]


def test_the_two_start_commands_stand_in_the_readme_and_are_run_by_ci():
    assert set(commands()) >= STARTS
    assert "python3 start.py test" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert '"start.py"' in (ROOT / ".ci/start_check.py").read_text(encoding="utf-8")


def test_the_demo_stands_in_the_readme_as_its_own_test_runs_it():
    assert DEMO in commands()
    assert 'product.command("demo")' in (ROOT / "tests/contract/test_demo.py").read_text(encoding="utf-8")


def test_every_other_command_works_one_after_the_other(tmp_path):
    env = {**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "PUBLIC_URL": ""}
    said: dict[str, str] = {}
    # Part of the first start.
    subprocess.run(
        [sys.executable, "manage.py", "migrate"], cwd=ROOT, env=env, capture_output=True, check=True
    )

    for line in commands():
        if line in {*STARTS, DEMO}:
            continue
        words = [said.get(KNOWN.get(word, ""), word) for word in shlex.split(line)]
        assert words[0] == ".venv/bin/python"
        done = subprocess.run(
            [sys.executable, *words[1:]], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        if "--json" in words:
            answer = json.loads(done.stdout)
            if secret := answer.get("token") or answer.get("api_key"):
                assert secret.split("_")[1] == answer["public_id"]
            said |= answer

    assert said["scim_gateway_url"].endswith(f"/scim/v2/{said['id']}")
