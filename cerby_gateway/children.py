"""Processes of ours beside this one: `manage.py` commands, started and stopped."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings


def start(*words: str, env: Mapping[str, str], **options: Any) -> subprocess.Popen[str]:
    """`manage.py` with these words, on the same data; `options` are Popen's."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    return subprocess.Popen(  # noqa: S603 - our own command, with our own words
        command, cwd=settings.BASE_DIR, env={**os.environ, **env}, text=True, **options
    )


def stop(process: subprocess.Popen[str], *, within_s: float) -> None:
    """Asks it to end, and ends it when it does not in time."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
