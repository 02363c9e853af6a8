"""Every flow of every recorded identity provider runs green over HTTP against a live server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from integrations.traffic.models import RequestLog
from scim.models import ScimUser
from tests import factories
from tests.contract.traffic import FOLDER, Player, placeholders

pytestmark = pytest.mark.django_db(transaction=True)

FILES = sorted(FOLDER.glob("*.json"))
FLOWS = [(file, flow) for file in FILES for flow in json.loads(file.read_text())["flows"]]

# What has to be there before a flow begins, beyond the placeholders it names.
BEFORE = {
    "create_conflict": {"user_1"},
    "match_by_external_id": {"user_1"},
    "match_by_work_email": {"user_1"},
    "username_case": {"user_1"},
    "group_adopt": {"group_1"},
    "rehire": {"user_1"},
}
# Who is in the group when a flow begins: all people that the flow names, or those listed here.
MEMBERS = {
    "group_add_member": set(),
    "group_add_member_filter": set(),
    "group_add_many": set(),
    "group_create": set(),
    "group_change_members": {"user_1"},
    "group_empty": {"user_1"},
    "remove_all_members": {"user_1"},
    "group_full_push": {"user_1"},
}


def test_the_folder_holds_every_provider():
    assert len(FILES) == 10
    assert len(FLOWS) > 100


@pytest.mark.parametrize(("file", "flow"), FLOWS, ids=[f"{file.stem}-{flow['id']}" for file, flow in FLOWS])
def test_flow(live_server, file: Path, flow: dict[str, Any]):
    recording = json.loads(file.read_text())
    integration = factories.make_integration(factories.make_workspace())
    issued = factories.make_token(integration)
    base = f"{live_server.url}/scim/v2/{integration.pk}"
    player = Player(base, issued.text, integration, recording["common_headers"])
    prepare(player, recording, flow)

    for step in flow["steps"]:
        player.play(step)

    if "must" in flow:
        assert flow["must"].startswith("nothing of this reaches the app")
        people = ScimUser.objects.for_integration(integration)
        assert all(person.test_only for person in people)
        integration.refresh_from_db()
        assert (integration.people_count, integration.group_count) == (0, 0)
    kept = RequestLog.objects.for_integration(integration).filter(status__gte=500)
    assert not kept.exists()


def prepare(player: Player, recording: dict[str, Any], flow: dict[str, Any]) -> None:
    """Makes what the flow finds, through SCIM as its provider would."""
    wanted = placeholders(flow) | BEFORE.get(flow["id"], set())
    members = MEMBERS.get(flow["id"], {name for name in wanted if name.startswith("user")}) & wanted
    for name in sorted(wanted - {"group_1"}):
        player.names[name] = make(player, "/Users", user_body(recording, name))
    if "group_1" in wanted:
        value = [{"value": player.names[name]} for name in sorted(members - {"group_1"})]
        player.names["group_1"] = make(player, "/Groups", {"displayName": "App Editors", "members": value})
    if flow["id"] == "rehire":
        assert player.send("DELETE", f"/Users/{player.names['user_1']}", {}).status == 204


def make(player: Player, path: str, body: dict[str, Any]) -> str:
    answer = player.send("POST", path, {"body": body})
    assert answer.status == 201, answer
    return answer.body["id"]


def user_body(recording: dict[str, Any], name: str) -> dict[str, Any]:
    """The person as the provider itself creates them: the first is in its file, the others are like it."""
    number = {"user_1": "one", "user_2": "two", "user_3": "three"}[name]
    posts = [
        step["body"]
        for flow in recording["flows"]
        if flow["id"] == "create_user"
        for step in flow["steps"]
        if step["method"] == "POST"
    ]
    plain = {
        "userName": "person.one@example.test",
        "emails": [{"value": "person.one@example.test", "type": "work"}],
    }
    body = json.loads(json.dumps(posts[0] if posts else plain).replace("one@example", f"{number}@example"))
    if name != "user_1":
        body["userName"] = body["userName"].replace("person-one", f"person-{number}")
        body.pop("externalId", None)
    return body
