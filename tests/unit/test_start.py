"""The two start commands set up once, and say plainly what is missing."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

START = Path(__file__).resolve().parents[2] / "start.py"


@pytest.fixture
def start(tmp_path, monkeypatch) -> Any:
    """start.py of a copy of the project whose commands are written down instead of run."""
    spec = importlib.util.spec_from_file_location("start", START)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.HERE, module.VENV = tmp_path, tmp_path / ".venv"
    module.PYTHON = module.VENV / "bin" / "python"
    for lock in module.TEST_LOCKS:
        (tmp_path / lock).write_text(f"content of {lock}")
    module.called = []
    monkeypatch.setattr(module, "call", module.called.append)
    monkeypatch.setattr(module, "works", lambda command, option="--version": made_venv(module, command))
    monkeypatch.setattr(module, "run", module.called.append)
    return module


def made_venv(module: ModuleType, command: list[str]) -> bool:
    if command[1:3] == ["-m", "venv"]:
        shutil.rmtree(module.VENV, ignore_errors=True)
        module.PYTHON.parent.mkdir(parents=True)
        module.PYTHON.touch()
        write_version(module, f"{sys.version_info[0]}.{sys.version_info[1]}.0")
    return True


def write_version(module: ModuleType, version: str, *, name: str = "version") -> None:
    (module.VENV / "pyvenv.cfg").write_text(f"home = /usr/bin\n{name} = {version}\n")


def test_the_locked_set_is_installed_by_its_hashes_and_the_product_served(start):
    start.main(["--port", "9000"])

    install, serve = start.called
    assert "--require-hashes" in install
    assert install[-1].endswith("requirements.lock")
    assert serve == [str(start.HERE / "manage.py"), "up", "--port", "9000"]


def test_a_second_start_installs_nothing(start):
    start.main([])
    start.called.clear()

    start.main([])

    assert len(start.called) == 1


def test_a_changed_lock_is_installed(start):
    start.main([])
    (start.HERE / "requirements.lock").write_text("new")
    start.called.clear()

    start.main([])

    assert "install" in start.called[0]


@pytest.mark.parametrize("name", ["version", "version_info"])
def test_after_an_upgrade_of_python_the_environment_is_made_anew(start, name):
    start.main(["test"])
    write_version(start, "3.1.4", name=name)
    (start.VENV / "of_old").touch()
    start.called.clear()

    start.main([])

    install, _serve = start.called
    assert install[-1].endswith("requirements.lock")
    assert not (start.VENV / "of_old").exists()
    assert f"{name} = 3.1.4" not in (start.VENV / "pyvenv.cfg").read_text()


def test_an_environment_that_names_no_version_is_left_as_it_is(start):
    start.main([])
    (start.VENV / "pyvenv.cfg").unlink()
    start.called.clear()

    start.main([])

    assert len(start.called) == 1


def test_running_after_testing_installs_nothing(start):
    start.main(["test"])
    assert sum("install" in command for command in start.called) == 2
    start.called.clear()

    start.main([])

    assert len(start.called) == 1


def test_further_words_go_on_to_pytest(start):
    start.main(["test", "tests/unit", "-x"])

    assert start.called[-1][:2] == ["-m", "pytest"]
    assert start.called[-1][-2:] == ["tests/unit", "-x"]


def test_an_old_python_is_refused_in_one_sentence(start, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11"):
        start.main([])


def test_without_venv_and_pip_the_command_that_mends_it_is_named(start, monkeypatch):
    monkeypatch.setattr(start, "works", lambda *_args: False)

    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        start.main([])
    assert not start.VENV.exists()


def test_without_ensurepip_the_outer_pip_installs(start, monkeypatch):
    def works(command, option="--version"):
        return "ensurepip" not in command and made_venv(start, command)

    def call(command):
        start.called.append(command)
        made_venv(start, command)

    monkeypatch.setattr(start, "works", works)
    monkeypatch.setattr(start, "call", call)

    start.main([])

    make, install = start.called[:2]
    assert "--without-pip" in make
    assert install[:4] == [sys.executable, "-m", "pip", "--python"]
