"""The contract of connectors, as pages use it."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from integrations.delivery import registry


@pytest.mark.parametrize("kind", list(registry.OURS))
def test_a_page_shows_a_connector_by_its_title(kind):
    connector = registry.get(kind)

    shown = Template("{{ connector.title }}: {{ connector.summary }}").render(
        Context({"connector": connector})
    )

    assert shown.startswith(str(connector.title))
