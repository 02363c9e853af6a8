"""What scripts come for, and that the console leaves the same rows and the same audit."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from integrations import tokens
from integrations.audit.models import AuditEntry
from integrations.delivery.errands import connecting, visits
from integrations.delivery.models import AppConnection, Delivery, Task
from integrations.models import GatewayToken, Integration, Membership
from tests import api as apis
from tests import factories, sessions
from tests.db import console


def test_a_token_is_replaced_with_an_overlap_and_the_replacement_is_called_off(api, integration, issued):
    here = f"integrations/{integration.pk}/tokens/"

    made = api.post(f"{here}rotate/", {"overlap_minutes": 90, "label": "Q3"}, 201)

    assert tokens.verify(f"Bearer {made['token']}", integration.pk)
    assert made["about"]["replaces"] == str(issued.token.pk)
    refused = api.post(f"{here}rotate/", {}, 409)
    assert [token["state"] for token in refused["tokens"]] == ["retiring", "unused"]
    assert api.post(f"{here}cancel/")["state"] == "unused"
    assert api.post(f"{here}cancel/", expect=409)["code"] == "no_rotation"
    assert [row["state"] for row in api.get(here)["results"]] == ["unused", "revoked"]
    assert [row["state"] for row in api.get(f"{here}?live=true")["results"]] == ["unused"]
    assert [row["state"] for row in api.get(f"{here}?live=false")["results"]] == ["revoked"]


def test_a_connector_is_set_and_its_secrets_are_shown_to_nobody(api, integration):
    here = f"integrations/{integration.pk}/connector/"
    set_up = {"kind": "webhook", "settings": {"url": "https://hooks.northwind.example/in"}}

    made = api.put(here, set_up)

    secret = made["made_secrets"]["signing_secret"]
    assert secret.startswith("whsec_")
    assert AppConnection.objects.get().secrets["signing_secret"] == secret
    read = api.get(here)
    assert secret not in str(read)
    assert [one["name"] for one in read["secrets"] if one["set_at"]] == ["signing_secret"]
    assert api.put(here, set_up)["made_secrets"] == {}
    unknown = api.put(here, {**set_up, "settings": {"uri": "x"}}, 400)
    assert unknown["errors"][0]["field"] == "settings.uri"
    wrong = api.put(here, {**set_up, "settings": {"url": "ftp://northwind.example"}}, 400)
    assert wrong["errors"][0]["field"] == "settings.url"
    assert secret not in str(list(AuditEntry.objects.values()))


def test_a_connector_of_another_kind_takes_no_secret_over(api, integration):
    here = f"integrations/{integration.pk}/connector/"
    sftp = {"place": "sftp", "host": "files.northwind.example", "user_name": "gateway"}
    sftp |= {"content": "delta", "format": "csv", "sign_in": "password"}
    api.put(here, {"kind": "file_drop", "settings": sftp, "secrets": {"password": "of the files"}})
    basic = {"base_url": "https://app.northwind.example/scim", "sign_in": "basic", "user_name": "gateway"}

    refused = api.put(here, {"kind": "scim_push", "settings": basic}, 400)

    assert refused["errors"][0]["field"] == "secrets.password"
    assert AppConnection.objects.get().secrets == {"password": "of the files"}


@pytest.mark.parametrize("errand", ["test", "plan"])
def test_an_app_is_asked_by_few_at_once_and_who_comes_beyond_them_is_told_when(
    api, integration, issued, errand
):
    person = console.provider(integration, issued).person("ada")
    api.put(
        f"integrations/{integration.pk}/connector/",
        {"kind": "webhook", "settings": {"url": "https://hooks.northwind.example/in"}},
    )
    integration.refresh_from_db()
    connection = connecting.of(integration)
    used = connecting.equipment(integration, connection)

    with visits.begun(used), visits.begun(used):
        path = f"integrations/{integration.pk}/connector/{errand}/"
        answer = api.call("POST", path, {"user": person} if errand == "plan" else None)

    assert apis.read(answer, 503)["code"] == "busy"
    assert answer["Retry-After"] == "10"


def test_failed_deliveries_are_retried_and_skipped_with_a_reason(api, integration):
    here = f"integrations/{integration.pk}/deliveries/"
    dead = [factories.make_delivery(integration, status="dead", place=3) for _ in range(2)]
    ended = factories.make_delivery(integration, status="delivered", place=None)

    ids = [str(one.id) for one in (dead[0], ended)]
    assert api.post(f"{here}retry/", {"ids": ids}) == {"touched": 1, "missed": 1}
    assert api.post(f"{here}skip/", {"ids": [str(dead[1].id)], "reason": "Left long ago."})["touched"] == 1

    assert [row["status"] for row in api.get(here)["results"]] == ["delivered", "skipped", "retrying"]
    shown = api.get(f"{here}{dead[1].id}/")
    assert (shown["status"], shown["problem"]) == ("skipped", "Left long ago.")
    assert api.get(f"{here}?status=skipped")["results"][0]["id"] == str(dead[1].id)


def test_a_task_is_given_to_a_member_and_finished_on_the_keys_word(api, integration, admin):
    task = factories.make_task(integration)
    here = f"tasks/{task.pk}/"

    assert api.post(f"{here}take/", {"member": str(admin.pk)})["assignee"] == str(admin.pk)
    done = api.post(f"{here}finish/", {"note": "Done by the nightly job."})

    assert (done["state"], done["note"]) == ("done", "Done by the nightly job.")
    assert done["done_by"].startswith("API key pipeline (cgk_")
    assert Delivery.objects.get(pk=task.delivery_id).status == "delivered"
    assert api.post(f"{here}finish/", {"note": "again"}, 409)["code"] == "closed"
    assert [row["id"] for row in api.get("tasks/?state=done")["results"]] == [str(task.pk)]


def test_people_groups_and_what_happened_to_them(api, integration, issued):
    here = apis.lived_in(integration, issued)
    base = f"integrations/{integration.pk}/"

    person = api.get(f"{base}users/?user_name=LEAD@northwind.example")["results"][0]
    assert (person["id"], person["provisioning_state"]) == (here["user_id"], "observed")
    assert api.get(f"{base}users/{here['user_id']}/")["resource"]["userName"] == "lead@northwind.example"
    members = api.get(f"{base}groups/{here['group_id']}/members/")["results"]
    assert [row["id"] for row in members] == [here["user_id"]]
    changes = api.get(f"{base}changes/?resource={here['user_id']}")["results"]
    assert [row["event"] for row in changes] == ["user.created"]
    requests = api.get(f"{base}requests/?trace_id={changes[0]['trace_id']}")["results"]
    assert [(row["method"], row["status"]) for row in requests] == [("POST", 201)]
    assert "lead@northwind" in api.get(f"{base}requests/{requests[0]['id']}/")["request_body"]
    assert api.get(f"{base}requests/?result=refused")["results"] == []


def test_changes_are_replayed_in_parts(api, integration, issued, monkeypatch):
    monkeypatch.setattr("integrations.delivery.turns.controls.CHUNK", 2)
    connecting.change(
        integration, "webhook", {"url": "https://x.example"}, secrets=SIGNING, by=factories.OPERATOR
    )
    connecting.go_live(integration, by=factories.OPERATOR)
    sender = console.provider(integration, issued)
    for name in ("ada", "grace", "joan"):
        sender.person(name)
    here = f"integrations/{integration.pk}/deliveries/replay/"

    first = api.post(here, {"since": "2026-01-01T00:00:00Z"}, 201)
    rest = api.post(
        here, {"since": "2026-01-01T00:00:00Z", "until": first["until"], "after": first["next"]}, 201
    )

    assert (first["deliveries"], rest["deliveries"], rest["next"]) == (2, 1, None)
    assert Delivery.objects.count() == 6
    assert api.post(here, {"since": "2026-01-01T00:00:00"}, 400)["errors"][0]["field"] == "since"


SIGNING = {"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
# What differs between two who did the same: ids, moments, who and from where.
OF_THE_ACT = {
    *("id", "at", "actor_kind", "actor_id", "actor_label", "ip", "trace_id", "workspace_id"),
    *("target_id", "target_label", "integration_id"),
}


@pytest.mark.parametrize("errand", ["integration", "tokens", "delivery", "members"])
def test_console_and_api_leave_the_same_rows_and_the_same_audit(workspace, owner, errand):
    other = factories.make_workspace("Fabrikam")
    by_api, by_hand = apis.Api(workspace), sessions.sign_in(Client(), other.memberships.get())

    ERRANDS[errand](by_api, by_hand, workspace, other)

    assert rows(workspace) == rows(other)
    assert audit(workspace) == audit(other)


def rows(workspace: Any) -> list[Any]:
    """What an errand leaves, without ids, moments and secrets."""
    integrations = Integration.objects.for_workspace(workspace)
    return [
        list(integrations.values("name", "app", "sign_in_url", "idp", "rehire", "mode", "connector")),
        list(AppConnection.objects.filter(integration__in=integrations).values("settings", "roles", "width")),
        [
            token.state(token.created_at)
            for token in GatewayToken.objects.filter(integration__in=integrations)
        ],
        sorted(Membership.objects.for_workspace(workspace).values_list("role", flat=True)),
        list(Task.objects.filter(integration__in=integrations).values("state", "note")),
    ]


def audit(workspace: Any) -> list[dict[str, Any]]:
    entries = AuditEntry.objects.for_workspace(workspace).exclude(action="api_key.made").order_by("id")
    told = [
        {name: value for name, value in entry.items() if name not in OF_THE_ACT} for entry in entries.values()
    ]
    for each in told:
        each["detail"].pop("replaces", None)
    return told


def _integrations(api: apis.Api, hand: Client, ours: Any, theirs: Any) -> None:
    facts = {"name": "Miro", "sign_in_url": "https://miro.example/login"}
    made = api.post("integrations/", facts, 201)
    api.patch(f"integrations/{made['id']}/", {"idp": "okta", "rehire": "refuse"})
    api.post(f"integrations/{made['id']}/archive/")
    hand.post(f"/w/{theirs.slug}/integrations/new/", facts)
    there = Integration.objects.for_workspace(theirs).get()
    more = {"app": "Miro", "idp": "okta", "rehire": "refuse", "nested_groups": "refuse", "test_user_name": ""}
    hand.post(console.path("console:general", there), {**facts, **more})
    hand.post(console.path("console:archive", there))


def _tokens(api: apis.Api, hand: Client, ours: Any, theirs: Any) -> None:
    here, there = factories.make_integration(ours), factories.make_integration(theirs)
    api.post(f"integrations/{here.pk}/tokens/", {}, 201)
    new = api.post(f"integrations/{here.pk}/tokens/rotate/", {"overlap_minutes": 60}, 201)["about"]["id"]
    api.post(f"integrations/{here.pk}/tokens/{new}/revoke/")
    hand.post(console.path("console:token-generate", there), {"form_key": factories.form_key()})
    choice = {"form_key": factories.form_key(), "overlap": "60", "life": "365"}
    hand.post(console.path("console:token-new", there), choice)
    token = tokens.live(there)[-1].pk
    hand.post(console.path("console:token-revoke", there, token_id=token), {"confirm": there.name})


def _delivery(api: apis.Api, hand: Client, ours: Any, theirs: Any) -> None:
    here, there = factories.make_integration(ours), factories.make_integration(theirs)
    base = f"integrations/{here.pk}/"
    settings = {"app_url": "https://hootsuite.example/users", "instructions": ""}
    api.put(f"{base}connector/", {"kind": "manual", "settings": settings})
    api.post(f"{base}delivery/start/")
    api.post(f"{base}pause/")
    api.post(f"{base}resume/")
    path = console.path("console:delivery-connector", there)
    hand.post(f"{path}?kind=manual", {"kind": "manual", **settings})
    hand.post(console.path("console:delivery-on", there))
    hand.post(console.path("console:delivery-pause", there))
    hand.post(console.path("console:delivery-resume", there))


def _members(api: apis.Api, hand: Client, ours: Any, theirs: Any) -> None:
    here, there = factories.make_member(ours), factories.make_member(theirs)
    api.post("invitations/", {"email": "new@northwind.example", "role": "admin"}, 201)
    api.patch(f"members/{here.pk}/", {"role": "member"})
    base = f"/w/{theirs.slug}/members/"
    hand.post(f"{base}invite/", {"email": "new@northwind.example", "role": "admin"})
    hand.post(f"{base}{there.pk}/role/", {"role": "member"})


ERRANDS = {"integration": _integrations, "tokens": _tokens, "delivery": _delivery, "members": _members}


def test_an_admin_keeps_their_integrations_where_one_of_the_new_ones_is_not_there(api, integration, admin):
    path, own = f"members/{admin.pk}/", str(integration.pk)
    foreign = str(factories.make_integration(factories.make_workspace("Contoso"), "Secret app").pk)
    api.patch(path, {"integrations": [own]})

    found = api.patch(path, {"role": "admin", "integrations": [foreign, own]}, 400)

    assert found["errors"][0]["field"] == "integrations.0"
    assert api.patch(path, {"role": "member", "integrations": [own]}, 400)["errors"][0]["code"] == "role"
    kept = api.get(path)
    assert (kept["role"], kept["integrations"]) == ("admin", [own])


def test_attributes_and_rules_are_judged_as_in_the_console(api, integration):
    path = f"integrations/{integration.pk}/delivery/"

    found = api.patch(path, {"attributes": {"": "not a path!!"}}, 400)
    twice = api.patch(path, {"roles": [{"group": group, "value": "x"} for group in ("A", "a")]}, 400)

    assert found["errors"][0]["field"] == "attributes."
    assert (twice["errors"][0]["field"], twice["detail"]) == (
        "roles.1",
        "This stands in another row already.",
    )
    assert (api.get(path)["attributes"], api.get(path)["roles"]) == ({}, [])
