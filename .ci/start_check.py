"""Starts a copy of the project from nothing with the README's command and follows its start link to the sign-
in page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

LIMIT_S = 240
LINK = re.compile(r"http://[\d.:]+/start/\S+/")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="a bare copy ") as folder:
        copy = Path(folder) / "cerby gateway"
        subprocess.run(["git", "clone", "-q", ".", str(copy)], check=True)
        started = time.monotonic()
        # No variable of the machine but the path: nothing set by hand may be what makes it work.
        bare = {
            key: os.environ[key]
            for key in os.environ
            if key in {"PATH", "HOME", "LANG"} or key.startswith("PIP_")
        }
        server = subprocess.Popen(
            [sys.executable, "start.py"],
            cwd=copy,
            env=bare,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell's background job ignores Ctrl-C, and so would all that it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            link = wait_for_link(server)
            seconds = time.monotonic() - started
            with urllib.request.urlopen(link, timeout=10) as answer:
                page = answer.read().decode()
            assert "<form" in page, page[:500]
            sign_in = link[: link.index("/start/")] + "/sign-in/"
            with urllib.request.urlopen(sign_in, timeout=10) as answer:
                assert answer.status == 200
        finally:
            os.killpg(server.pid, signal.SIGINT)
            server.wait(timeout=40)
            shutil.rmtree(copy, ignore_errors=True)
    sys.stdout.write(
        f"start.py: from a bare clone to the start page in {seconds:.1f} s; stopped with Ctrl-C\n"
    )
    return 0


def wait_for_link(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    deadline = time.monotonic() + LIMIT_S
    for line in server.stdout:
        if match := LINK.search(line):
            return match[0]
        if time.monotonic() > deadline:
            break
    raise SystemExit("start.py printed no start link")


if __name__ == "__main__":
    sys.exit(main())
