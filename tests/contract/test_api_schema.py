"""The management API against its own schema: whatever is sent, it answers as the schema says."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from integrations.kit import rates
from tests import api


@functools.cache
def wsgi() -> Any:
    return get_wsgi_application()


def application(environ: Any, start: Any) -> Any:
    """Built at the first request, under the settings of tests."""
    return wsgi()(environ, start)


schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
schema.config.update(base_url="http://localhost")
# Every other id of those that are made up stands for one that is there.
ODD = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{11}[13579bdf]")
schema.app = application


# What our schema does not say: "blank" is of a text of nothing but blanks, the last of one with a NUL in it.
OF_MEANING = {
    *("cursor", "after", "idempotency_key", "changed", "malformed"),
    *("sign_in_url", "unknown", "role", "width", "meaning", "blank", "null_characters_not_allowed"),
}


@pytest.fixture
def here(integration, issued, settings) -> Iterator[dict[str, Any]]:
    """A workspace in use: its ids by the names that addresses have for them, and a key.

    The test's transaction stays open from request to request, as with Django's own test client.
    """
    settings.API_RATE_LIMIT = 0
    found = api.lived_in(integration, issued) | {"key": api.Api(integration.workspace).text}
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield found
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_the_schema_says(case: Any, here: dict[str, str]):
    rates.limiter.storage.reset()
    for name in set(case.path_parameters or {}) & set(here):
        if ODD.fullmatch(str(case.path_parameters[name])):
            case.path_parameters[name] = here[name]
    headers = {"Authorization": f"Bearer {here['key']}"}
    answer = case.call(headers=headers)
    excluded = [positive_data_acceptance] if is_of_meaning(answer) else []
    case.validate_response(answer, headers=headers, excluded_checks=excluded)


def is_of_meaning(answer: Any) -> bool:
    """Whether it refuses what no schema can say: whose cursor, which person, what a connector asks for."""
    said = answer.json() if answer.content else {}
    if answer.status_code not in {400, 412, 422}:
        return False
    return bool({said["code"], *(error["code"] for error in said.get("errors", []))} & OF_MEANING)
