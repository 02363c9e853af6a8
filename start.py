#!/usr/bin/env python3
"""Sets everything up and starts Cerby Gateway; `start.py test` runs its tests.

Needs Python 3.11 or newer and nothing else:

python3 start.py [--host HOST] [--port PORT]
python3 start.py test [pytest's words]
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = ["requirements.lock"]
TEST_LOCKS = ["requirements.lock", "requirements-dev.lock"]


def main(words: list[str]) -> None:
    if sys.version_info < (3, 11):
        sys.exit(f"Cerby Gateway needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    testing = words[:1] == ["test"]
    try:
        install(TEST_LOCKS if testing else LOCKS)
    except PermissionError as error:
        sys.exit(
            f"This folder cannot be written: {error.filename}. Copy the project to a folder of your own."
        )
    run(["-m", "pytest", *test_words(words[1:])] if testing else [str(HERE / "manage.py"), "up", *words])


def install(locks: list[str]) -> None:
    """Installs the locked packages into .venv, unless a stamp says that they are there."""
    stamp, wanted = VENV / "installed", digest(locks)
    installed = stamp.read_text().split() if stamp.exists() else []
    # The test set holds the other one, so that running after testing installs nothing anew.
    if is_usable() and set(wanted) <= set(installed):
        return
    print("Setting up: this takes about a minute the first time.", flush=True)
    pip = make_venv()
    for lock in locks:
        call(
            [
                *pip,
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                str(HERE / lock),
            ]
        )
    stamp.write_text("\n".join(wanted))


def digest(locks: list[str]) -> list[str]:
    return [hashlib.sha256((HERE / lock).read_bytes()).hexdigest() for lock in locks]


def is_usable() -> bool:
    """Whether .venv is there and was made by this version of Python.

    After an upgrade of Python its link leads to the new one, which does not look where the packages are.
    """
    made = VENV / "pyvenv.cfg"
    text = made.read_text(encoding="utf-8") if made.exists() else ""
    versions = re.findall(r"^version(?:_info)? *= *(\d+\.\d+)", text, re.MULTILINE)
    return PYTHON.exists() and set(versions) <= {own_version()}


def own_version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def make_venv() -> list[str]:
    """Makes .venv unless it is usable; returns the words that call pip for it."""
    own_pip = [str(PYTHON), "-m", "pip"]
    # Debian's Python may come without ensurepip, and still with a pip that can install into another
    # environment.
    outer_pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    if is_usable():
        return own_pip if works(own_pip) else outer_pip
    if works([sys.executable, "-m", "ensurepip"]) and works(
        [sys.executable, "-m", "venv", str(VENV)], "--clear"
    ):
        return own_pip
    shutil.rmtree(VENV, ignore_errors=True)
    if works([sys.executable, "-m", "pip"]):
        call([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
        return outer_pip
    sudo = "" if hasattr(os, "geteuid") and os.geteuid() == 0 else "sudo "
    need = f"{sudo}apt install python{own_version()}-venv"
    sys.exit(f"This Python cannot make a virtual environment. Install what is missing: {need}")


def works(command: list[str], option: str = "--version") -> bool:
    return subprocess.run([*command, option], capture_output=True, check=False).returncode == 0


def call(command: list[str]) -> None:
    if code := subprocess.run(command, check=False).returncode:
        sys.exit(f"This did not work (exit {code}): {' '.join(command)}")


def test_words(words: list[str]) -> list[str]:
    # In the order of tests/conftest.py: by default files with few tests come last, however long they take.
    # One worker more than processors: many wait, for a browser or for a product that runs.
    number = str(min(4, (os.cpu_count() or 1) + 1))
    workers = ["-n", number, "--dist", "loadfile", "--no-loadscope-reorder"]
    return words if any(word.startswith("-n") for word in words) else [*workers, *words]


def run(words: list[str]) -> None:
    """Becomes the command, so that signals and its exit code are its own; on Windows it waits for it."""
    os.chdir(HERE)
    if os.name == "nt":
        sys.exit(subprocess.run([str(PYTHON), *words], check=False).returncode)
    os.execv(PYTHON, [str(PYTHON), *words])


if __name__ == "__main__":
    main(sys.argv[1:])
