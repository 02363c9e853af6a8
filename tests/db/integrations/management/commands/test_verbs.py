"""The commands of an operator: what they answer to a person and to a program, and what they refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from integrations import api_keys, tokens
from integrations.audit.models import AuditEntry
from integrations.models import (
    ApiKey,
    GatewayToken,
    Integration,
    Membership,
    OneTimeLink,
    Role,
    User,
    Workspace,
)
from tests import factories
from tests.running import ROOT


@pytest.fixture(autouse=True)
def _addresses(settings) -> None:
    settings.PUBLIC_URL = "https://gateway.example.com"


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def answered(*words: str) -> dict[str, Any]:
    """The answer to a program: one JSON object on one line."""
    (line,) = said(*words, "--json").splitlines()
    return json.loads(line)


def refused(*words: str) -> str:
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command(*words, "--json", stdout=out)
    assert out.getvalue() == ""
    assert error.value.returncode == 1
    return str(error.value)


def path_of(url: str) -> str:
    assert url.startswith("https://gateway.example.com/")
    return url.removeprefix("https://gateway.example.com")


def test_create_workspace_makes_the_owner_and_a_link_on_which_they_sign_in(db, client):
    answer = answered("create_workspace", "Northwind Traders", "--owner", "Ada@Northwind.example")

    member = Membership.objects.for_workspace(Workspace.objects.get()).get()
    assert set(answer) == {"workspace", "account_existed", "sign_in_url"}
    assert answer["account_existed"] is False
    assert answer["workspace"] == "northwind-traders"
    assert (member.role, member.user.email) == (Role.OWNER, "ada@northwind.example")
    assert client.post(path_of(answer["sign_in_url"]))["Location"] == "/account/password/set/"
    assert AuditEntry.objects.for_workspace(member.workspace).get().actor_label == "Command line"


def test_create_workspace_takes_an_account_that_is_there(owner):
    answer = answered("create_workspace", "Second", "--owner", owner.user.email.upper())

    assert owner.user.memberships.count() == 2
    assert answer["account_existed"] is True


def test_create_workspace_says_that_the_password_of_an_account_that_is_there_goes_on_working(owner):
    known = said("create_workspace", "Second", "--owner", owner.user.email)
    new = said("create_workspace", "Third", "--owner", "new@northwind.example")

    sentence = "The account existed, and its password goes on working"
    assert (sentence in known, sentence in new) == (True, False)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        pytest.param(["Northwind", "--owner", "ada"], "Enter a whole e-mail address", id="half an address"),
        pytest.param(["", "--owner", "ada@b.example"], "Enter a workspace name", id="no name"),
        pytest.param(["x" * 81, "--owner", "ada@b.example"], "Enter a workspace name", id="long name"),
        pytest.param(["Northwind", "--owner", "off@b.example"], "is switched off", id="account switched off"),
    ],
)
def test_create_workspace_refuses_and_leaves_nothing_half_done(db, words, sentence):
    User.objects.create_user("off@b.example", is_active=False)

    assert sentence in refused("create_workspace", *words)
    assert User.objects.count() == 1
    assert not Workspace.objects.exists()


def test_create_integration_prints_its_addresses(workspace, client):
    answer = answered(
        *("create_integration", "Hootsuite", "--workspace", workspace.slug),
        *("--sign-in-url", "https://app.hootsuite.example/login"),
    )

    integration = Integration.objects.for_workspace(workspace).get()
    assert answer == {
        "id": str(integration.pk),
        "scim_gateway_url": f"https://gateway.example.com/scim/v2/{integration.pk}",
        "bookmark_url": f"https://gateway.example.com/go/{integration.pk}",
    }
    assert client.get(path_of(answer["bookmark_url"]))["Location"] == "https://app.hootsuite.example/login"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["Hootsuite", "--workspace", "nowhere"], "There is no workspace nowhere."),
        (["Hootsuite", "--workspace", "northwind", "--sign-in-url", "javascript:alert(1)"], "https://"),
        (["Hootsuite", "--workspace", "northwind", "--sign-in-url", "http://app.example"], "https://"),
        ([" ", "--workspace", "northwind"], "name"),
    ],
    ids=["unknown workspace", "script", "http", "no name"],
)
def test_create_integration_refuses(workspace, words, sentence):
    assert sentence in refused("create_integration", *words)
    assert not Integration.objects.for_workspace(workspace).exists()


def test_generate_token_prints_one_that_works(integration):
    answer = answered("generate_token", str(integration.pk))

    headers = {"authorization": f"Bearer {answer['token']}"}
    assert set(answer) == {"token", "public_id", "expires_at"}
    assert answer["token"].startswith(f"cgw_{answer['public_id']}_")
    assert Client().get(f"/scim/v2/{integration.pk}/Users", headers=headers).status_code == 200


def test_generate_token_replaces_the_one_that_works_after_the_overlap(integration, issued):
    answer = answered(
        "generate_token", str(integration.pk), "--overlap-minutes", "80", "--expires-in-days", "0"
    )

    issued.token.refresh_from_db()
    assert answer["expires_at"] is None
    assert answer["replaces"] == issued.token.public_id
    assert datetime.fromisoformat(answer["old_token_ends_at"]) == issued.token.retires_at
    assert issued.token.overlap.total_seconds() == 80 * 60


def test_generate_token_says_to_a_person_when_the_old_one_stops(integration, issued):
    words = said("generate_token", str(integration.pk))

    assert f"replaces: {issued.token.public_id}\nold token ends at: " in words
    assert "ten minutes after that" in words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--expires-in-days", "-1"], "--expires-in-days is from 0 to 36500."),
        (["--expires-in-days", "99999"], "--expires-in-days is from 0 to 36500."),
        (["--overlap-minutes", "-5"], "The overlap is at most 24 hours."),
        (["--overlap-minutes", "1441"], "The overlap is at most 24 hours."),
    ],
)
def test_generate_token_refuses_other_terms(integration, issued, words, sentence):
    assert refused("generate_token", str(integration.pk), *words) == sentence
    assert len(tokens.live(integration)) == 1


def test_generate_token_refuses_a_third_and_an_unknown_integration(integration, issued):
    answered("generate_token", str(integration.pk))
    unknown = uuid4()

    assert "Revoke one first" in refused("generate_token", str(integration.pk))
    assert refused("generate_token", str(unknown)) == f"There is no integration {unknown}."
    with pytest.raises(CommandError, match="invalid UUID value"):
        said("generate_token", "not-an-id")


@pytest.mark.parametrize("form", ["public id", "shown name", "whole token"])
def test_revoke_token_ends_it_at_once(integration, issued, form):
    named = {
        "public id": issued.token.public_id,
        "shown name": issued.token.shown_name,
        "whole token": issued.text,
    }

    answer = answered("revoke_token", named[form])

    headers = {"authorization": f"Bearer {issued.text}"}
    assert answer["public_id"] == issued.token.public_id
    assert answer["revoked_at"].endswith("Z")
    assert Client().get(f"/scim/v2/{integration.pk}/Users", headers=headers).status_code == 401


def test_revoke_token_does_not_say_a_secret_again(db):
    assert refused("revoke_token", "cgw_000000000000_s3cret") == "There is no token 000000000000."
    assert refused("revoke_token", "PUBLIC_ID").startswith("This is not the public id of a token: the 12")
    assert not GatewayToken.objects.exists()


def test_create_api_key_prints_one_that_works_and_only_reads(workspace):
    answer = answered("create_api_key", workspace.slug, "--label", "Nightly export")

    key = api_keys.verify(f"Bearer {answer['api_key']}").key
    assert set(answer) == {"api_key", "public_id", "role", "expires_at"}
    assert answer["api_key"].startswith(f"cgk_{answer['public_id']}_")
    assert key.expires_at is not None
    assert (answer["role"], answer["expires_at"]) == ("read_only", key.expires_at.isoformat())
    assert (key.workspace, key.label, key.created_by) == (workspace, "Nightly export", "Command line")


def test_create_api_key_takes_a_role_and_no_end(workspace):
    words = ("--label", "Terraform", "--role", "super_admin", "--expires-in-days", "0")

    answer = answered("create_api_key", workspace.slug, *words)

    assert (answer["role"], answer["expires_at"]) == ("super_admin", None)
    assert api_keys.verify(f"Bearer {answer['api_key']}").key.role == "super_admin"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere", "--label", "x"], "There is no workspace nowhere."),
        (["northwind", "--label", " "], "Say what the key is for"),
        (["northwind", "--label", "x", "--expires-in-days", "-1"], "--expires-in-days is from 0 to 36500."),
        (["northwind", "--label", "x", "--role", "owner"], "invalid choice: 'owner'"),
        (["northwind"], "the following arguments are required: --label"),
    ],
    ids=["unknown workspace", "no words", "days", "role", "no label"],
)
def test_create_api_key_refuses(workspace, words, sentence):
    assert sentence in refused("create_api_key", *words)
    assert not ApiKey.objects.for_workspace(workspace).exists()


@pytest.mark.parametrize("form", ["public id", "shown name", "whole key"])
def test_revoke_api_key_ends_it_at_once(workspace, form):
    made = factories.make_api_key(workspace)
    named = {"public id": made.key.public_id, "shown name": made.key.shown_name, "whole key": made.text}

    answer = answered("revoke_api_key", named[form])

    assert answer["public_id"] == made.key.public_id
    assert answer["revoked_at"].endswith("Z")
    with pytest.raises(api_keys.KeyRefused):
        api_keys.verify(f"Bearer {made.text}")


def test_revoke_api_key_does_not_say_a_secret_again(issued):
    assert refused("revoke_api_key", "cgk_000000000000_s3cret") == "There is no API key 000000000000."
    for other in (issued.text, "KEY_ID", ""):
        assert refused("revoke_api_key", other).startswith("This is not the public id of an API key: the 12")
    assert tokens.live(issued.token.integration) == [issued.token]


def test_sign_in_link_lets_someone_in_and_is_audited(owner, client):
    answer = answered("sign_in_link", owner.user.email.upper())

    assert answer["email"] == owner.user.email
    assert client.post(path_of(answer["sign_in_url"]))["Location"] == "/"
    last = AuditEntry.objects.for_workspace(owner.workspace).latest("pk")
    assert (last.action, last.actor_label) == ("sign_in_link.made", "Command line")


def test_sign_in_link_refuses_who_has_no_active_account(db):
    User.objects.create_user("off@b.example", is_active=False)

    assert refused("sign_in_link", "off@b.example") == "off@b.example has no active account."
    assert refused("sign_in_link", "nobody@b.example") == "nobody@b.example has no active account."
    assert not OneTimeLink.objects.exists()


def test_create_support_makes_an_account_for_the_admin(db, client):
    answer = answered("create_support", "Desk@Vendor.example")

    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("desk@vendor.example", True, False)
    client.post(path_of(answer["sign_in_url"]))
    assert client.get("/admin/").status_code == 200


def test_create_support_takes_no_account_that_is_there_by_itself(db):
    factories.make_user("desk@vendor.example")

    sentence = refused("create_support", "desk@vendor.example")

    assert "has an account already, and nobody has proved whose it is" in sentence
    assert "--existing" in sentence
    assert not User.objects.get().is_staff
    assert not OneTimeLink.objects.exists()


@pytest.mark.parametrize("staff", [False, True])
def test_create_support_takes_an_account_that_is_there_from_whoever_knows_its_password(db, client, staff):
    user, browser = factories.make_user("desk@vendor.example", staff=staff), Client()
    password = {"login": user.email, "password": factories.PASSWORD}
    browser.post("/sign-in/", password)

    answer = answered("create_support", "Desk@Vendor.example", "--existing")

    assert answer["account_existed"] is True
    assert browser.get("/account/sessions/").status_code == 302
    assert not UserSession.objects.exists()
    browser.post("/sign-in/", password)
    assert browser.get("/admin/").status_code == 302
    client.post(path_of(answer["sign_in_url"]))
    assert client.get("/admin/").status_code == 200


def test_create_support_gives_staff_another_link_and_leaves_them_their_password(db):
    user = factories.make_user("desk@vendor.example", staff=True)

    answer = answered("create_support", "desk@vendor.example")

    user.refresh_from_db()
    assert answer["account_existed"] is True
    assert user.check_password(factories.PASSWORD)


def test_create_support_refuses_a_member_and_half_an_address(owner):
    User.objects.create_user("off@b.example", is_active=False)

    assert "is a member of a workspace" in refused("create_support", owner.user.email)
    assert "is a member of a workspace" in refused("create_support", owner.user.email, "--existing")
    assert "Enter a whole e-mail address" in refused("create_support", "desk")
    assert "is switched off" in refused("create_support", "off@b.example")
    assert not User.objects.filter(is_staff=True).exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (
            ["create_workspace", "Contoso", "--owner", "ada@b.example"],
            ["workspace: contoso", "sign in url: https://"],
        ),
        (["create_integration", "Canva", "--workspace", "northwind"], ["id: ", "scim gateway url: https://"]),
        (["sign_in_link", "known@b.example"], ["email: known@b.example", "sign in url: https://"]),
        (["create_support", "desk@b.example"], ["email: desk@b.example", "sign in url: https://"]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else str(value),
)
def test_a_person_reads_a_line_for_each_part_of_the_answer(workspace, words, named):
    factories.make_user("known@b.example")

    lines = said(*words).splitlines()

    assert all(any(line.startswith(part) for line in lines) for part in named)


def test_a_refusal_ends_the_process_with_1_and_a_sentence_on_standard_error(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "create_support", "desk", "--json"],
        cwd=ROOT,
        env={"DATA_DIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "CommandError: This database is not set up for this version. `python3 start.py` does that."
    ]
