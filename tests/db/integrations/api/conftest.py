"""A key of the workspace, and the API called with it."""

from __future__ import annotations

import pytest

from integrations.models import Workspace
from tests.api import Api


@pytest.fixture
def api(workspace: Workspace) -> Api:
    return Api(workspace)
