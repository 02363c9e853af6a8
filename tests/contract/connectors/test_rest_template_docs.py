"""The recipe on docs/connectors/rest_template.md is the one that is shipped, and works."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from cerby_gateway.demo.sample_app import SampleApp
from integrations.delivery.connector import Intent, Kind, Verdict
from integrations.delivery.connectors.rest_template import recipes, request_parts, templates
from tests.contract.connectors.sample import RECIPE, TOKEN, connector, order

PAGE = (Path(__file__).resolve().parents[3] / "docs/connectors/rest_template.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0]


@pytest.fixture
def app(settings) -> Iterator[SampleApp]:
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""
    with SampleApp(TOKEN) as running:
        yield running


def test_the_example_is_the_recipe_that_is_shipped():
    assert json.loads(EXAMPLE) == json.loads(RECIPE)


def test_the_example_carries_a_person(app):
    rest = connector(app, EXAMPLE)

    rest.carry(order(Intent.CREATE))
    seen = rest.verify(order(Intent.CREATE))
    rest.close()

    assert seen.verdict is Verdict.MATCH
    assert [account.roles for account in app.accounts] == [["editor"]]


@pytest.mark.parametrize(
    "name",
    [
        *templates.EVERY_NAME,
        *templates.FILTERS,
        *recipes.OF_ACCOUNTS,
        *recipes.FIND_BY,
        *request_parts.OF_EFFECT,
        *(kind.value for kind in Kind),
    ],
)
def test_the_page_explains(name):
    assert f"`{name}" in PAGE or f"{name}`" in PAGE
