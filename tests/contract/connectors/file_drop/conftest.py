"""Places for files: a folder of this machine, and an SFTP server."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tests.contract.connectors import orders
from tests.contract.connectors.file_drop import sftp_server
from tests.contract.connectors.file_drop.drops import FOLDER
from tests.contract.connectors.file_drop.sftp_server import Server


@pytest.fixture
def drop(tmp_path: Path, settings) -> Path:
    """A folder that the operator has opened for the workspace."""
    settings.FILE_DROP_ROOT = tmp_path / "files"
    found = settings.FILE_DROP_ROOT / orders.WORKSPACE / "drop"
    found.mkdir(parents=True)
    return found


@pytest.fixture
def server(tmp_path: Path, settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    with sftp_server.serving(tmp_path / "server") as found:
        yield found


@pytest.fixture(params=["folder", "sftp"])
def way(request) -> tuple[Path, dict[str, Any]]:
    """A place of each kind: the folder behind it, and the settings that lead there."""
    if request.param == "folder":
        return request.getfixturevalue("drop"), FOLDER
    found: Server = request.getfixturevalue("server")
    return found.root / "drop", found.settings()
