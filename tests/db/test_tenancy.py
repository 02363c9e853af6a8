"""The wall between tenants: every console address with ids of another workspace is not there."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from integrations import workspaces
from integrations.delivery.models import Task
from integrations.models import Invitation, Membership, Role, Workspace
from integrations.traffic.models import RequestLog
from tests import factories, sessions
from tests.db import console


def addresses() -> list[tuple[str, set[str]]]:
    """Every named address below /w/<workspace>/ with the parameters it takes."""
    found = []
    for namespace in ("console", "people"):
        _prefix, resolver = get_resolver().namespace_dict[namespace]
        for name in filter(lambda key: isinstance(key, str), resolver.reverse_dict):
            ((_text, parameters),) = resolver.reverse_dict.getlist(name)[0][0]
            found.append((f"{namespace}:{name}", {*parameters, "workspace"}))
    return sorted(found)


ADDRESSES = addresses()
WITH_IDS = [(name, parameters) for name, parameters in ADDRESSES if parameters - {"workspace"}]


@pytest.fixture
def theirs() -> dict[str, object]:
    """The ids of everything that an address can name, in another workspace."""
    other = factories.make_workspace("Contoso")
    sender = console.provider(factories.make_integration(other, "Secret app"))
    user = sender.person("secret")
    group = sender.group("Secret group", user)
    admin = factories.make_member(other, Role.ADMIN)
    boss = Membership.objects.for_workspace(other).get(role=Role.OWNER)
    delivery = factories.make_delivery(sender.integration, line=UUID(user))
    task = factories.make_task(sender.integration, files=["secret.txt"])
    invited = workspaces.invite(other, "new@contoso.example", Role.ADMIN, by=boss).invitation
    return {
        "workspace": other.slug,
        "integration_id": sender.integration.pk,
        "token_id": sender.issued.token.pk,
        "request_id": RequestLog.objects.for_integration(sender.integration).earliest("pk").pk,
        "user_id": UUID(user),
        "group_id": UUID(group),
        "member_id": admin.pk,
        "invitation_id": invited.pk,
        "delivery_id": delivery.id,
        "account_id": factories.make_account(sender.integration).pk,
        "task_id": task.pk,
        "file_id": task.files.get().pk,
        # No id: everybody's guides are the same.
        "idp": "okta",
        "api_key_id": factories.make_api_key(other, label="Secret app").key.pk,
    }


def answers(client: Client, name: str, values: dict[str, object]) -> set[int]:
    """The status of a GET and of a POST; 405 is no answer about the thing."""
    url = reverse(name, kwargs=values)
    form = {
        "confirm": "Secret app",
        "form_key": str(factories.form_key()),
        "name": "x",
        "label": "x",
        "life": "365",
        "role": "admin",
        "note": "x",
        "step": "0",
    }
    return {client.get(url).status_code, client.post(url, form).status_code} - {405}


@pytest.mark.parametrize(("name", "parameters"), ADDRESSES, ids=[name for name, _parameters in ADDRESSES])
def test_another_workspace_is_not_there(as_owner, theirs, name, parameters):
    assert answers(as_owner, name, {key: theirs[key] for key in parameters}) == {404}


@pytest.mark.parametrize(("name", "parameters"), WITH_IDS, ids=[name for name, _parameters in WITH_IDS])
def test_a_foreign_id_is_not_there_under_ones_own_workspace(as_owner, workspace, theirs, name, parameters):
    values = {key: theirs[key] for key in parameters} | {"workspace": workspace.slug}

    assert answers(as_owner, name, values) == {404}


WITHIN = [(name, keys) for name, keys in WITH_IDS if len(keys - {"idp"}) > 2 and "integration_id" in keys]


@pytest.mark.parametrize(("name", "parameters"), WITHIN, ids=[name for name, _parameters in WITHIN])
def test_a_foreign_id_is_not_there_under_ones_own_integration(
    as_owner, workspace, integration, theirs, name, parameters
):
    own = {"workspace": workspace.slug, "integration_id": integration.pk}

    assert answers(as_owner, name, {key: theirs[key] for key in parameters} | own) == {404}


def test_nothing_was_touched(as_owner, theirs):
    for name, parameters in ADDRESSES:
        answers(as_owner, name, {key: theirs[key] for key in parameters})

    other = Workspace.objects.get(slug=theirs["workspace"])
    (kept,) = other.integrations.all()
    assert (kept.name, kept.archived_at, kept.tokens.filter(revoked_at=None).count()) == (
        "Secret app",
        None,
        1,
    )
    assert other.api_keys.filter(revoked_at=None).count() == 1
    assert other.memberships.count() == 2
    assert Invitation.objects.for_workspace(other).get().withdrawn_at is None
    task = Task.objects.for_integration(kept).get()
    assert (task.state, task.assignee, task.note) == (Task.State.OPEN, None, "")
    assert not any(step["done_at"] for step in task.steps)


def test_a_member_of_both_sees_each_alone(owner, theirs, integration):
    other = Workspace.objects.get(slug=theirs["workspace"])
    other.memberships.create(user=owner.user, role=Role.ADMIN)
    client = sessions.sign_in(Client(), owner)
    mixed = {"workspace": other.slug, "integration_id": integration.pk}

    assert client.get(reverse("console:general", kwargs=mixed)).status_code == 404
    assert "Hootsuite" not in client.get(reverse("console:integrations", args=[other.slug])).content.decode()
