"""A key of one workspace: nothing of another is there for it, whatever the address, the verb or the body."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from drf_spectacular.generators import SchemaGenerator

from integrations.models import Integration
from tests import api as apis
from tests import factories
from tests.api import Api

PATHS = SchemaGenerator().get_schema(public=True)["paths"]
OPERATIONS = [(method.upper(), path) for path, methods in PATHS.items() for method in methods]
WITH_IDS = [(method, path) for method, path in OPERATIONS if "{" in path]
# What holds no id of an address answers with the key's own workspace alone.
LISTS = [path for method, path in OPERATIONS if method == "GET" and "{" not in path]


@pytest.fixture
def theirs(db) -> dict[str, str]:
    """Another workspace, in use."""
    integration = factories.make_integration(factories.make_workspace("Fabrikam"), "Their app")
    return apis.lived_in(integration, factories.make_token(integration))


@pytest.fixture
def ours(integration, issued) -> dict[str, str]:
    return apis.lived_in(integration, issued)


@pytest.mark.parametrize(("method", "path"), WITH_IDS, ids=[f"{m} {p}" for m, p in WITH_IDS])
def test_no_id_of_another_workspace_is_there(api, ours, theirs, method, path):
    before = Integration.objects.get(pk=theirs["integration_id"])
    names = [name for name in ours if f"{{{name}}}" in path]
    for foreign in names:
        ids = {name: (theirs if name == foreign else ours)[name] for name in names}
        body: Any = None if method in {"GET", "DELETE"} else {}
        answer = api.call(method, path.format(**ids), body)
        assert answer.status_code == 404, (ids, answer.content)
        assert answer.json()["code"] == "not_found"

    after = Integration.objects.get(pk=theirs["integration_id"])
    assert (after.name, after.mode, after.archived_at, after.updated_at) == (
        *(before.name, before.mode, before.archived_at, before.updated_at),
    )


@pytest.mark.parametrize("path", LISTS)
def test_no_list_shows_anything_of_another_workspace(api, ours, theirs, path):
    shown = api.call("GET", path).content.decode()

    assert not [name for name, value in theirs.items() if value in shown]
    assert "Their app" not in shown
    assert "Fabrikam" not in shown


def test_ids_of_another_workspace_in_a_body_are_nobody_here(api, ours, theirs):
    here = f"integrations/{ours['integration_id']}/"
    assert api.post(f"{here}deliveries/retry/", {"ids": [theirs["delivery_id"]]}) == {
        "touched": 0,
        "missed": 1,
    }
    assert (
        api.post(f"{here}connector/plan/", {"user": theirs["user_id"]}, 400)["errors"][0]["field"] == "user"
    )
    assert api.post(f"tasks/{ours['task_id']}/take/", {"member": theirs["member_id"]}, 400)
    member = f"members/{ours['member_id']}/"
    given = api.patch(member, {"integrations": [theirs["integration_id"]]}, 400)
    assert given["errors"][0]["field"] == "integrations.0"
    assert api.get(member)["integrations"] == []


def test_a_cursor_of_another_workspace_leads_nowhere(api, ours, theirs):
    other = Api(Integration.objects.get(pk=theirs["integration_id"]).workspace)
    factories.make_integration(other.key.workspace, "Another")
    cursor = other.get("integrations/?limit=1")["next_cursor"]

    found = api.get(f"integrations/?cursor={cursor}")["results"]

    assert {UUID(row["id"]) for row in found} <= {UUID(ours["integration_id"])}
