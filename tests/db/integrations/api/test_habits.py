"""What scripts expect of every operation: strict input, pages, answers given once, entity tags."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.test import Client

from integrations import catalog, workspaces
from integrations.api.models import KeptAnswer
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection
from integrations.kit import transactions
from integrations.models import GatewayToken, Integration
from tests import factories
from tests.api import Api, read
from tests.db import console


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"name": "Miro", "colour": "red"}', "There is no such field here."),
        (b'{"name": 7}', "Not a valid string."),
        (b'{"name": "Miro", "name": "Miro 2"}', "gives a key twice"),
        (b'{"name": NaN}', "NaN"),
        (b'{"name": "Miro"', "is not JSON"),
        (b'["Miro"]', "no JSON object"),
        (b'{"name": "\xff"}', "not UTF-8"),
        (b'{"name": "\\u0000"}', "cannot be kept"),
        (b'{"name": "\\ud800"}', "cannot be kept"),
        (b'{"name": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"name": ' + b"[" * 40 + b"]" * 40 + b"}", "nested deeper than 32 levels"),
        (b'{"name": 123456789012345678901234567890}', "beyond 2^63"),
        (b'{"name": 1e999}', "too large"),
        (b"{}", "This field is required."),
        (b'{"name": "' + b"x" * 81 + b'"}', "no more than 80 characters"),
        (b'{"name": "Miro", "sign_in_url": "javascript:alert(1)"}', "It must start with https://."),
    ],
)
def test_a_body_that_is_not_understood_is_refused_with_a_sentence(api, body, said):
    found = api.post("integrations/", body, 400)

    assert said in json.dumps(found, ensure_ascii=False)
    assert Integration.objects.count() == 0


def test_a_field_that_is_at_fault_is_named(api):
    found = api.post("integrations/", {"name": "", "idp": "acme", "x": 1}, 400)

    assert found["errors"] == [
        {"field": "x", "code": "unknown", "detail": "There is no such field here."},
    ]
    found = api.post("integrations/", {"name": "", "idp": "acme"}, 400)
    assert {error["field"] for error in found["errors"]} == {"name", "idp"}
    assert found["detail"] == "2 fields are at fault."


def test_a_body_too_large_is_refused_before_it_is_read_to_its_end(api, settings):
    settings.API_BODY_LIMIT = 100

    assert api.post("integrations/", {"name": "x" * 200}, 413)["code"] == "too_large"


def test_a_body_that_the_server_left_unread_is_refused_by_its_length(api, integration):
    answer = api.client.post(
        f"/api/v1/integrations/{integration.pk}/archive/",
        headers={"authorization": f"Bearer {api.text}"},
        content_type="application/json",
        CONTENT_LENGTH="40000000",
    )

    assert read(answer, 413)["code"] == "too_large"


@pytest.mark.parametrize(
    "query", ["nme=Miro", "limit=0", "limit=1001", "limit=ten", "limit=1&limit=2", "cursor=x"]
)
def test_a_query_that_is_not_understood_is_400_and_widens_nothing(api, query):
    assert api.get(f"integrations/?{query}", 400)["code"] == "invalid"


def test_methods_and_media_that_are_not_there(api):
    response = api.call("PUT", "integrations/", {})
    assert read(response, 405)["code"] == "method_not_allowed"
    assert response["Allow"] == "GET, POST, HEAD"
    assert api.call("OPTIONS", "integrations/").status_code == 405
    assert read(api.call("GET", "integrations/", accept="text/csv"), 406)["status"] == 406
    sent = {"authorization": f"Bearer {api.text}"}
    form = Client().post("/api/v1/integrations/", {"name": "Miro"}, headers=sent)
    assert "application/json" in read(form, 415)["detail"]


def test_an_address_works_with_and_without_its_last_slash_and_an_unknown_one_says_so(api):
    assert api.post("integrations", {"name": "Miro"}, 201)["name"] == "Miro"
    assert api.get("integration/", 404)["code"] == "not_found"
    assert Client().get("/api/v1/nothing").json()["code"] == "not_found"
    assert Client().get("/api/").json()["code"] == "not_found"


def test_pages_show_everything_once_whatever_comes_meanwhile(api, workspace):
    names = [factories.make_integration(workspace, f"App {number}").name for number in range(5)]
    seen, path = [], "integrations/?limit=2"
    while True:
        page = api.get(path)
        seen += [row["name"] for row in page["results"]]
        if page["next_cursor"] is None:
            break
        path = f"integrations/?limit=2&cursor={page['next_cursor']}"
        factories.make_integration(workspace, "Later") if len(seen) == 2 else None

    assert seen == [*names, "Later"]


def test_a_list_that_no_table_holds_is_paged_alike(api):
    kinds = [one["kind"] for one in api.get("connectors/")["results"]]
    first = api.get("connectors/?limit=2")
    rest = api.get(f"connectors/?cursor={first['next_cursor']}")

    assert [one["kind"] for one in first["results"] + rest["results"]] == kinds == sorted(kinds)
    assert len(first["results"]) == 2
    assert rest["next_cursor"] is None


def test_a_cursor_is_good_for_its_own_list_and_filters_alone(api, workspace):
    for number in range(3):
        factories.make_integration(workspace, f"App {number}")
    cursor = api.get("integrations/?limit=1")["next_cursor"]

    assert api.get(f"integrations/?limit=1&name=App&cursor={cursor}", 400)["errors"][0]["field"] == "cursor"
    assert api.get(f"members/?cursor={cursor}", 400)["errors"][0]["field"] == "cursor"
    assert api.get(f"integrations/?cursor={cursor[:-1]}", 400)["errors"][0]["field"] == "cursor"
    assert len(api.get(f"integrations/?limit=2&cursor={cursor}")["results"]) == 2


def test_a_request_sent_again_under_its_key_makes_nothing_more_and_answers_the_same(api, integration):
    path = f"integrations/{integration.pk}/tokens/"
    first = api.call("POST", path, {"label": "Okta"}, idempotency_key="rollout-7")
    again = api.call("POST", path, {"label": "Okta"}, idempotency_key="rollout-7")

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert GatewayToken.objects.count() == 1
    refused = api.post(path, {"label": "Entra"}, 422, idempotency_key="rollout-7")
    assert refused["code"] == "idempotency_key"


def test_a_kept_answer_opens_with_the_api_key_alone(api, integration):
    path = f"integrations/{integration.pk}/tokens/"
    token = api.post(path, {}, 201, idempotency_key="rollout-7")["token"]

    kept = KeptAnswer.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM api_keptanswer")
        stored = repr(cursor.fetchall())

    assert token not in stored
    assert token[17:] not in stored
    assert "rollout-7" not in stored
    assert kept.status == 201


def test_another_key_has_idempotency_keys_of_its_own(api, workspace):
    api.post("integrations/", {"name": "Miro"}, 201, idempotency_key="a")

    assert (
        Api(workspace).post("integrations/", {"name": "Figma"}, 201, idempotency_key="a")["name"] == "Figma"
    )


def test_a_refusal_is_not_kept(api, integration, issued):
    path = f"integrations/{integration.pk}/tokens/"
    api.post(path, {}, 409, idempotency_key="a")
    api.post(f"{path}{issued.token.pk}/revoke/")

    assert api.post(path, {}, 201, idempotency_key="a")["token"]


def test_after_a_day_a_key_begins_anew(api):
    api.post("integrations/", {"name": "Miro"}, 201, idempotency_key="a")
    kept = KeptAnswer.objects.get()
    KeptAnswer.objects.update(created_at=kept.created_at - timedelta(hours=25))

    api.post("integrations/", {"name": "Figma"}, 201, idempotency_key="a")

    assert Integration.objects.count() == 2
    assert KeptAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "ä", "x" * 256])
def test_an_idempotency_key_that_no_header_holds_is_refused(api, key):
    assert api.post("integrations/", {"name": "Miro"}, 400, idempotency_key=key)["code"] == "idempotency_key"


def test_what_changed_since_it_was_read_is_not_overwritten(api, integration):
    path = f"integrations/{integration.pk}/"
    etag = api.call("GET", path)["ETag"]
    changed = api.call("PATCH", path, {"name": "Hootsuite EU"}, if_match=etag)
    assert changed.status_code == 200

    assert api.patch(path, {"name": "Hootsuite US"}, 412, if_match=etag)["code"] == "changed"

    assert api.get(path)["name"] == "Hootsuite EU"
    assert changed["ETag"] == api.call("GET", path)["ETag"]
    assert api.patch(path, {"name": "Hootsuite US"}, if_match="*")["name"] == "Hootsuite US"


@pytest.mark.parametrize("below", ["", "connector/", "delivery/"])
def test_figures_that_move_by_themselves_change_no_tag_and_are_never_held_back(
    api, integration, issued, below
):
    path = f"integrations/{integration.pk}/{below}"
    etag = api.call("GET", path)["ETag"]
    console.provider(integration, issued).person("ada")
    factories.make_delivery(integration, status="dead", place=3)
    AppConnection.objects.create(integration=integration, findings=[{"ok": True, "words": "", "fix": ""}])

    read_again = api.call("GET", path, if_none_match=etag)

    assert (read_again.status_code, read_again["ETag"]) == (200, etag)
    body = {"kind": "manual", "settings": {}} if below == "connector/" else {}
    changed = api.call("PUT" if body else "PATCH", path, body, if_match=etag)
    assert changed.status_code == 200


def test_who_has_a_member_already_is_told_so(api, admin):
    path = f"members/{admin.pk}/"
    etag = api.call("GET", path)["ETag"]

    assert api.call("GET", path, if_none_match=etag).status_code == 304
    assert api.call("PATCH", path, {"role": "member"}, if_match=etag)["ETag"] != etag
    assert api.call("GET", path, if_none_match=etag).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "resource"),
    [
        ("DELETE", "integrations/{}/", "integrations/{}/"),
        ("POST", "integrations/{}/archive/", "integrations/{}/"),
        ("POST", "integrations/{}/pause/", "integrations/{}/"),
        ("POST", "integrations/{}/delivery/start/", "integrations/{}/delivery/"),
        ("POST", "integrations/{}/delivery/stop/", "integrations/{}/delivery/"),
        ("DELETE", "members/{member}/", "members/{member}/"),
    ],
)
def test_a_verb_and_a_removal_obey_the_tag_too(api, integration, admin, method, path, resource):
    connecting.change(integration, "manual", {}, by=factories.OPERATOR)
    path, resource = (one.format(integration.pk, member=admin.pk) for one in (path, resource))
    for wrong in ('"0"', 'W/"0"', ""):
        assert read(api.call(method, path, if_match=wrong), 412)["code"] == "changed"
    if path == resource:
        api.post(f"{path}archive/") if "integrations" in path else None

    right = api.call(method, path, if_match=f'"0", {api.call("GET", resource)["ETag"]}')

    assert right.status_code == (204 if method == "DELETE" else 200)
    assert right.has_header("ETag") is (method == "POST")


def test_what_others_hold_for_long_is_answered_as_to_be_sent_again(api, integration, monkeypatch):
    def held(*_args: object, **_named: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(catalog, "change", held)

    answer = api.call("PATCH", f"integrations/{integration.pk}/", {"name": "Miro"})

    assert read(answer, 503)["code"] == "busy"
    assert answer["Retry-After"] == str(transactions.AGAIN_S)


def test_where_nothing_has_a_tag_if_match_is_not_overlooked(api, integration):
    assert api.post("integrations/", {"name": "Miro"}, 400, if_match="*")["code"] == "if_match"
    assert api.post(f"integrations/{integration.pk}/tokens/", {}, 400, if_match='"0"')["code"] == "if_match"


def test_open_invitations_say_which_member_made_them(api, workspace, owner):
    workspaces.invite(workspace, "grace@northwind.example", "admin", by=owner)
    api.post("invitations/", {"email": "alan@northwind.example", "role": "admin"}, 201)

    rows = api.get("invitations/")["results"]

    assert {row["email"]: row["invited_by"] for row in rows} == {
        "grace@northwind.example": owner.user.email,
        "alan@northwind.example": None,
    }


def test_an_invitation_is_mailed_behind_the_answer(api, settings, django_capture_on_commit_callbacks):
    settings.MAIL_CONFIGURED = True
    with django_capture_on_commit_callbacks(execute=True):
        made = api.post("invitations/", {"email": "grace@northwind.example", "role": "admin"}, 201)

    assert made["link"] is None
    assert api.call("GET", "workspace/")["Cache-Control"] == "no-store"
    for thread in [each for each in threading.enumerate() if each.name == "mail"]:
        thread.join(10)
    assert [message.to for message in mail.outbox] == [["grace@northwind.example"]]
