"""Who may do what: the table of roles, and that every page of the console keeps to it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from integrations import catalog, roles, workspaces
from integrations.models import IntegrationAccess, Membership, Role
from integrations.roles import Action
from integrations.traffic.models import RequestLog
from tests import factories, sessions
from tests.db import console
from tests.db.test_tenancy import ADDRESSES

OWNER, SUPER_ADMIN, ADMIN, MEMBER = Role.OWNER, Role.SUPER_ADMIN, Role.ADMIN, Role.MEMBER

# The product's table of roles, written out: Owner, Super Admin, Admin, Member.
MAY = {
    "integration.view": (True, True, True, False),
    "integration.create": (True, True, True, False),
    "integration.change": (True, True, True, False),
    "integration.archive": (True, True, False, False),
    "token.manage": (True, True, True, False),
    "connector.change": (True, True, True, False),
    "delivery.manage": (True, True, True, False),
    "brake.release": (True, True, False, False),
    "task.do": (True, True, True, True),
    "member.view": (True, True, True, False),
    "member.invite": (True, True, False, False),
    "member.change": (True, True, False, False),
    "audit.view": (True, True, False, False),
    "workspace.change": (True, True, False, False),
    "api_key.manage": (True, True, False, False),
}
GIVES = {
    OWNER: {OWNER, SUPER_ADMIN, ADMIN, MEMBER},
    SUPER_ADMIN: {ADMIN, MEMBER},
    ADMIN: set(),
    MEMBER: set(),
}
# What each page asks for. A page that is not here fails the test below.
PAGES = {
    "console:integrations": Action.INTEGRATION_VIEW,
    "console:integration": Action.INTEGRATION_VIEW,
    "console:settings": Action.INTEGRATION_VIEW,
    "console:general": Action.INTEGRATION_VIEW,
    "console:connected-services": Action.INTEGRATION_VIEW,
    "console:setup": Action.INTEGRATION_VIEW,
    "console:connection": Action.INTEGRATION_VIEW,
    "console:activity": Action.INTEGRATION_VIEW,
    "console:activity-request": Action.INTEGRATION_VIEW,
    "console:deliveries": Action.INTEGRATION_VIEW,
    "console:delivery": Action.INTEGRATION_VIEW,
    "console:delivery-record": Action.INTEGRATION_VIEW,
    "console:delivery-connectors": Action.CONNECTOR_CHANGE,
    "console:delivery-connector": Action.CONNECTOR_CHANGE,
    "console:delivery-test": Action.CONNECTOR_CHANGE,
    "console:delivery-plan": Action.CONNECTOR_CHANGE,
    "console:delivery-on": Action.CONNECTOR_CHANGE,
    "console:delivery-off": Action.CONNECTOR_CHANGE,
    "console:delivery-replan": Action.CONNECTOR_CHANGE,
    "console:delivery-roles": Action.CONNECTOR_CHANGE,
    "console:delivery-attributes": Action.CONNECTOR_CHANGE,
    "console:delivery-policies": Action.CONNECTOR_CHANGE,
    "console:delivery-pause": Action.DELIVERY_MANAGE,
    "console:delivery-resume": Action.DELIVERY_MANAGE,
    "console:delivery-retry": Action.DELIVERY_MANAGE,
    "console:delivery-skip": Action.DELIVERY_MANAGE,
    "console:delivery-edit": Action.DELIVERY_MANAGE,
    "console:delivery-hand-over": Action.DELIVERY_MANAGE,
    "console:deliveries-selected": Action.DELIVERY_MANAGE,
    "console:deliveries-held": Action.INTEGRATION_VIEW,
    "console:deliveries-replay": Action.DELIVERY_MANAGE,
    "console:deliveries-planning": Action.INTEGRATION_VIEW,
    "console:deliveries-planning-stop": Action.DELIVERY_MANAGE,
    "console:sync": Action.INTEGRATION_VIEW,
    "console:sync-run": Action.INTEGRATION_VIEW,
    "console:sync-account": Action.INTEGRATION_VIEW,
    "console:sync-start": Action.DELIVERY_MANAGE,
    "console:sync-stop": Action.DELIVERY_MANAGE,
    "console:sync-selected": Action.DELIVERY_MANAGE,
    "console:sync-match": Action.DELIVERY_MANAGE,
    "console:sync-unmatch": Action.DELIVERY_MANAGE,
    "console:help-reach": Action.INTEGRATION_VIEW,
    "people:mapping": Action.INTEGRATION_VIEW,
    "people:mapping-keep": Action.INTEGRATION_CHANGE,
    "people:mapping-remove": Action.INTEGRATION_CHANGE,
    "people:users": Action.INTEGRATION_VIEW,
    "people:user": Action.INTEGRATION_VIEW,
    "people:entitlements": Action.INTEGRATION_VIEW,
    "people:entitlement": Action.INTEGRATION_VIEW,
    "console:integration-new": Action.INTEGRATION_CREATE,
    "console:archive": Action.INTEGRATION_ARCHIVE,
    "console:restore": Action.INTEGRATION_ARCHIVE,
    "console:delete": Action.INTEGRATION_ARCHIVE,
    "console:token-generate": Action.TOKEN_MANAGE,
    "console:token-new": Action.TOKEN_MANAGE,
    "console:token-revoke": Action.TOKEN_MANAGE,
    "console:tasks": Action.TASK_DO,
    "console:task": Action.TASK_DO,
    "console:task-steps": Action.TASK_DO,
    "console:task-take": Action.TASK_DO,
    "console:task-give-back": Action.TASK_DO,
    "console:task-file": Action.TASK_DO,
    "console:task-give": Action.DELIVERY_MANAGE,
    "console:members": Action.MEMBER_VIEW,
    "console:member-invite": Action.MEMBER_INVITE,
    "console:invitation-withdraw": Action.MEMBER_INVITE,
    "console:member-role": Action.MEMBER_CHANGE,
    "console:member-access": Action.MEMBER_CHANGE,
    "console:member-remove": Action.MEMBER_CHANGE,
    "console:audit": Action.AUDIT_VIEW,
    "console:workspace": Action.WORKSPACE_CHANGE,
    "console:api-key-new": Action.API_KEY_MANAGE,
    "console:api-key-revoke": Action.API_KEY_MANAGE,
}
WITH_INTEGRATION = [name for name, keys in ADDRESSES if "integration_id" in keys]


@pytest.fixture
def here(integration, issued, owner) -> dict[str, object]:
    """The ids of everything that an address can name, in the workspace; the member is another Admin."""
    sender = console.provider(integration, issued)
    user = sender.person("lead")
    group = sender.group("Editors", user)
    invited = workspaces.invite(integration.workspace, "new@northwind.example", ADMIN, by=owner).invitation
    task = factories.make_task(integration, files=["proof.txt"])
    return {
        "workspace": integration.workspace.slug,
        "integration_id": integration.pk,
        "token_id": issued.token.pk,
        "request_id": RequestLog.objects.for_integration(integration).earliest("pk").pk,
        "delivery_id": factories.make_delivery(integration).id,
        "account_id": factories.make_account(integration).pk,
        "user_id": user,
        "group_id": group,
        "member_id": factories.make_member(integration.workspace, ADMIN).pk,
        "invitation_id": invited.pk,
        "task_id": task.pk,
        "file_id": task.files.get().pk,
        "idp": "okta",
        "api_key_id": factories.make_api_key(integration.workspace).key.pk,
    }


def answers(client: Client, name: str, here: dict[str, object]) -> set[int]:
    """The status of GET and of a form without content; 405 is no answer about the person."""
    url = reverse(name, kwargs={key: here[key] for key in dict(ADDRESSES)[name]})
    return {client.get(url).status_code, client.post(url, {"x": "1"}).status_code} - {405}


def test_the_table_is_the_one_that_was_decided():
    table = {
        action: tuple(role in able for role in (OWNER, SUPER_ADMIN, ADMIN, MEMBER))
        for action, able in roles.TABLE.items()
    }

    assert table == MAY
    assert roles.GIVES == GIVES


def test_every_action_has_its_roles_and_its_words():
    assert set(roles.TABLE) == set(roles.DESCRIPTIONS) == set(Action)
    assert all(str(text) for text in roles.DESCRIPTIONS.values())


def test_every_page_says_which_action_it_takes():
    assert set(PAGES) == {name for name, _parameters in ADDRESSES}


@pytest.mark.parametrize("role", list(Role))
def test_each_page_opens_to_exactly_the_roles_of_the_table(here, workspace, role):
    client = sessions.sign_in(Client(), factories.make_member(workspace, role))

    refused = {name: answers(client, name, here) & {401, 403, 404, 500} for name in PAGES}

    column = list(Role).index(role)
    assert refused == {name: set() if MAY[action][column] else {403} for name, action in PAGES.items()}


def test_no_page_is_there_for_someone_without_a_role(here):
    stranger = sessions.sign_in(Client(), factories.make_user())

    assert {name: answers(stranger, name, here) for name in PAGES} == {name: {404} for name in PAGES}


def test_every_page_asks_a_stranger_to_sign_in(here):
    assert {name: answers(Client(), name, here) for name in PAGES} == {name: {302} for name in PAGES}


def test_nothing_of_an_integration_is_there_for_a_limited_admin_who_was_not_given_it(
    here, workspace, as_admin
):
    workspace.admins_limited = True
    workspace.save()

    got = {name: answers(as_admin, name, here) for name in WITH_INTEGRATION}

    # What no Admin may do is refused before the integration is looked for.
    assert got == {name: {404} if MAY[PAGES[name]][2] else {403} for name in WITH_INTEGRATION}


@pytest.mark.parametrize("role", list(Role))
def test_only_admins_are_limited(workspace, integration, role):
    workspace.admins_limited = True
    workspace.save()
    member = factories.make_member(workspace, role)
    member.refresh_from_db()

    before = roles.sees(member, integration)
    IntegrationAccess.objects.create(integration=integration, membership=member)

    assert before == (role in {OWNER, SUPER_ADMIN})
    assert roles.sees(member, integration) == (role != MEMBER)


def test_what_a_limited_admin_creates_is_theirs(workspace, admin, as_admin):
    workspace.admins_limited = True
    workspace.save()

    as_admin.post(f"/w/{workspace.slug}/integrations/new/", {"name": "Canva"})

    (access,) = IntegrationAccess.objects.filter(membership=admin)
    assert access.integration.name == "Canva"
    assert roles.sees(Membership.objects.for_workspace(workspace).get(pk=admin.pk), access.integration)


def test_a_command_may_do_everything(integration):
    operator = roles.Operator()

    assert all(roles.may(operator, action) for action in Action)
    assert all(roles.may_give(operator, role) for role in Role)
    assert roles.sees(operator, integration)


def test_a_member_is_refused_with_the_roles_that_may(workspace, integration):
    client = sessions.sign_in(Client(), factories.make_member(workspace, MEMBER))

    page = client.get(f"/w/{workspace.slug}/integrations/{integration.pk}/users/")

    assert page.status_code == 403
    assert "It takes: Owner, Super Admin, Admin." in page.content.decode()
    assert "Hootsuite" not in page.content.decode()


def test_no_integration_is_there_for_a_member(workspace, integration):
    member = factories.make_member(workspace, MEMBER)
    factories.give(integration, member)

    assert list(catalog.visible_to(member)) == []
