"""Who may ask: an API key that works, within its role and its rate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations import api_keys
from integrations.kit import rates
from integrations.models import ApiKey
from tests import factories
from tests.api import Api, read


@pytest.fixture(autouse=True)
def _nobody_was_refused():
    rates.limiter.storage.reset()


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (None, "There is no Authorization header"),
        ("Bearer", "holds no whole API key"),
        ("Basic b3duZXI6c2VjcmV0", "holds no whole API key"),
        ("Bearer cgk_0123456789ab_short", "holds no whole API key"),
    ],
)
def test_a_header_without_a_whole_key_is_told_what_is_wrong_with_it(db, header, said):
    sent = {"authorization": header} if header else {}

    response = Client().get("/api/v1/workspace/", headers=sent)

    assert said in read(response, 401)["detail"]
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_wrong_secret_an_expired_and_a_revoked_key_are_told_the_same(api, workspace):
    other = Api(workspace)
    ApiKey.objects.filter(pk=other.key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked = Api(workspace)
    api_keys.revoke(revoked.key, by=factories.OPERATOR)
    forged = Api(workspace)
    forged.text = f"cgk_{forged.key.public_id}_{api.text[17:]}"

    said = [each.get("workspace/", 401)["detail"] for each in (other, revoked)]

    assert said == ["The API key is not valid.", "The API key is not valid."]
    assert forged.get("workspace/", 401)["code"] == "authentication_failed"


def test_a_gateway_token_opens_nothing_here_and_an_api_key_nothing_at_scim(api, integration, issued):
    sent = {"authorization": f"Bearer {issued.text}"}
    assert Client().get("/api/v1/workspace/", headers=sent).status_code == 401

    answer = api.call("GET", f"/scim/v2/{integration.pk}/Users")

    assert answer.status_code == 401
    assert answer["Content-Type"].startswith("application/scim+json")


def test_a_session_of_the_console_opens_nothing_here(as_owner):
    assert as_owner.get("/api/v1/workspace/").status_code == 401


def test_a_read_only_key_sees_everything_and_changes_nothing(workspace, integration):
    api = Api(workspace, ApiKey.Role.READ_ONLY)
    here = f"integrations/{integration.pk}/"

    assert api.get(here)["name"] == integration.name
    assert api.get("audit/")["results"]
    refused = api.patch(here, {"name": "Other"}, 403)
    assert (refused["code"], "Admin, Super Admin" in refused["detail"]) == ("role", True)
    assert api.post(f"{here}tokens/", {}, 403)["code"] == "role"
    integration.refresh_from_db()
    assert integration.name == "Hootsuite"


def test_an_admin_key_is_told_which_role_archives(workspace, integration):
    api = Api(workspace, ApiKey.Role.ADMIN)

    assert api.patch(f"integrations/{integration.pk}/", {"name": "Hootsuite 2"})["name"] == "Hootsuite 2"
    assert (
        "It takes: Super Admin." in api.post(f"integrations/{integration.pk}/archive/", expect=403)["detail"]
    )
    assert api.get("audit/", 403)["code"] == "role"


def test_a_super_admin_key_gives_no_role_above_admin(api, owner):
    refused = api.post("invitations/", {"email": "new@northwind.example", "role": "owner"}, 403)

    assert "Owner" in refused["detail"]
    assert api.patch(f"members/{owner.pk}/", {"role": "admin"}, 403)["code"] == "role"


def test_its_latest_use_is_noted_once_a_minute(api):
    api.get("workspace/")
    first = ApiKey.objects.get(pk=api.key.pk).last_used_at
    api.get("workspace/")

    assert first is not None
    assert ApiKey.objects.get(pk=api.key.pk).last_used_at == first


def test_a_key_that_asks_too_often_is_told_when_to_go_on(api, workspace, settings):
    settings.API_RATE_LIMIT = 2
    api.get("workspace/")
    api.get("workspace/")

    response = api.call("GET", "workspace/")

    assert read(response, 429)["code"] == "rate"
    assert 0 < int(response["Retry-After"]) <= 60
    Api(workspace).get("workspace/")


def test_whoever_keeps_guessing_is_slowed_down_and_a_true_key_is_not(api):
    for _ in range(60):
        Client().get("/api/v1/workspace/")

    assert "Retry-After" in Client().get("/api/v1/workspace/").headers
    api.get("workspace/")
