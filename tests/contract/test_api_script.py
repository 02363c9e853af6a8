"""The script of the docs does what it says, against a running product and a real receiver of webhooks."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests import receivers, running
from tests.running import ROOT


def test_the_rollout_of_the_docs(tmp_path):
    with (
        receivers.receiving() as app,
        running.product(tmp_path, OUTBOUND_ALLOWED_NETWORKS="127.0.0.0/8") as product,
    ):
        workspace = product.command("create_workspace", "Northwind", "--owner", "owner@northwind.example")
        key = product.command(
            "create_api_key", workspace["workspace"], "--label", "rollout", "--role", "admin"
        )
        env = {**os.environ, "GATEWAY_URL": product.url, "GATEWAY_API_KEY": key["api_key"]}
        env["WEBHOOK_SECRET"] = receivers.SECRET
        script = [sys.executable, str(ROOT / "docs/examples/rollout.py"), "Miro", app.url]

        running_script = subprocess.Popen(
            script, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        while running_script.poll() is None:
            outlive_the_settle_window(tmp_path / "gateway.sqlite3")
            time.sleep(0.5)

        said = running_script.communicate()[0].splitlines()
        assert running_script.returncode == 0, said
        assert said[0].startswith("token cgw_")
        assert said[1].startswith("delivered ada@northwind.example")
        assert app.told() == ["gateway.test", "user.created"]

        again = subprocess.run(script, env=env, capture_output=True, text=True, check=False)
        assert again.returncode == 0, again.stderr
        assert again.stdout.splitlines() == said
        assert app.told() == ["gateway.test", "user.created", "gateway.test"]


def outlive_the_settle_window(database: Path) -> None:
    """The minute that the first person waits is over."""
    with sqlite3.connect(database, timeout=20) as connection:
        connection.execute("UPDATE delivery_delivery SET due_at = '2026-01-01 00:00:00'")
    connection.close()
