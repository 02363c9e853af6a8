"""Each operation works as the reference shows it, and the schema that is kept is the one that is served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from rest_framework.renderers import JSONRenderer

from integrations.delivery.errands import connecting
from integrations.delivery.models import Planning
from tests import api as apis
from tests import factories

SCHEMA = SchemaGenerator().get_schema(public=True)
OPERATIONS = [
    (method.upper(), path, about)
    for path, methods in SCHEMA["paths"].items()
    for method, about in methods.items()
]
NAMES = [about["operationId"] for _method, _path, about in OPERATIONS]
KEPT = Path(settings.BASE_DIR) / "docs/openapi.yaml"
# What has to be so before an operation has something to do.
ARCHIVED = {"integrations_delete", "integrations_restore"}
WITHOUT_TOKEN = {"tokens_create"}
REPLACED = {"tokens_cancel"}
PLANNED = {"delivery_settings_stop_planning"}
LIVE = {"delivery_settings_replan", "deliveries_replay"}
# Names in bodies of ids that only a workspace knows.
IDS = {"user": "user_id", "member": "member_id"}


@pytest.mark.parametrize(("method", "path", "about"), OPERATIONS, ids=NAMES)
def test_it_works_as_it_is_shown(api, integration, issued, method, path, about):
    here = apis.lived_in(integration, issued)
    prepare(api, integration, issued, about["operationId"])
    body = example(about, here)
    status = next(int(code) for code in about["responses"] if code.startswith("2"))

    answer = apis.read(api.call(method, path.format(**here), body), status)

    if answer is not None and "results" in answer:
        assert set(answer) == {"results", "next_cursor"}


def prepare(api: apis.Api, integration: Any, issued: Any, name: str) -> None:
    here = f"integrations/{integration.pk}/"
    connecting.change(integration, "manual", {}, by=factories.OPERATOR)
    if name in ARCHIVED:
        api.post(f"{here}archive/")
    if name in WITHOUT_TOKEN:
        api.post(f"{here}tokens/{issued.token.pk}/revoke/")
    if name in REPLACED:
        api.post(f"{here}tokens/rotate/", {}, 201)
    if name in PLANNED:
        Planning.objects.create(integration=integration, trace_id="0" * 32, by="Command line")
    if name in LIVE:
        connecting.go_live(integration, by=factories.OPERATOR)


def example(about: dict[str, Any], here: dict[str, str]) -> Any:
    """The example of the reference, with ids of this workspace; every body has one."""
    if "requestBody" not in about:
        return None
    examples = about["requestBody"]["content"]["application/json"]["examples"]
    body = dict(next(iter(examples.values()))["value"])
    body |= {name: here[key] for name, key in IDS.items() if name in body}
    return body | ({"ids": [here["delivery_id"]]} if "ids" in body else {})


def test_the_schema_that_is_kept_is_the_one_that_is_served():
    """`manage.py spectacular --file docs/openapi.yaml` renews it."""
    assert KEPT.read_bytes() == OpenApiYamlRenderer().render(SCHEMA, renderer_context={})
    assert Client().get("/api/v1/schema/").content == KEPT.read_bytes()


@pytest.mark.parametrize(
    ("asked", "answered", "read"),
    [
        ("*/*", "application/vnd.oai.openapi; charset=utf-8", yaml.safe_load),
        ("application/yaml", "application/yaml; charset=utf-8", yaml.safe_load),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json", json.loads),
        ("application/json", "application/json", json.loads),
    ],
)
def test_the_schema_is_made_once_in_each_of_its_formats(asked, answered, read, monkeypatch):
    def fail(*_given: object, **_more: object) -> None:
        raise AssertionError

    Client().get("/api/v1/schema/", headers={"accept": asked})
    for part, name in (
        (SchemaGenerator, "get_schema"),
        (OpenApiYamlRenderer, "render"),
        (JSONRenderer, "render"),
    ):
        monkeypatch.setattr(part, name, fail)

    served = Client().get("/api/v1/schema/?lang=de", headers={"accept": asked})

    assert served.status_code == 200
    assert served["Content-Type"] == answered
    assert served["Vary"] == "Accept"
    assert read(served.content)["paths"].keys() == SCHEMA["paths"].keys()


def test_the_reference_shows_every_operation_and_asks_no_other_host():
    page = Client().get("/api/v1/docs/").content.decode()

    assert all(f'id="{name}"' in page for name in NAMES)
    assert "https://" not in page.replace("https://hootsuite.example", "")
    assert "<script>" not in page
