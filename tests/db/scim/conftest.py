"""Who else sends to the gateway."""

from __future__ import annotations

import pytest

from tests import factories
from tests.db import console


@pytest.fixture
def stranger(db) -> console.Provider:
    """The identity provider of an integration in another workspace."""
    return console.provider(factories.make_integration(factories.make_workspace("Contoso"), "Contoso app"))
