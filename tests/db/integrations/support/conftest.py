"""The desk of a support person, and one row of each kind."""

from __future__ import annotations

import pytest

from integrations import api_keys, workspaces
from integrations.audit.models import AuditEntry
from integrations.delivery.models import (
    Change,
)
from integrations.models import (
    Role,
    User,
)
from integrations.traffic.models import Contact, RefusedToken, RequestLog
from scim.models import ScimGroup, ScimUser, UserEmail
from tests import factories, sessions
from tests.db.integrations.support.desk import BODY, CHANGE, NOW, VALUES, delivered, make_request


@pytest.fixture
def staff(db) -> User:
    return factories.make_user("support@gateway.example", staff=True)


@pytest.fixture
def desk(client, staff):
    """The browser of a support person who is signed in."""
    return sessions.sign_in(client, staff)


@pytest.fixture
def invited(workspace, owner) -> workspaces.Invited:
    return workspaces.invite(workspace, "guest@northwind.example", Role.ADMIN, by=owner)


@pytest.fixture
def person(integration) -> ScimUser:
    names = {"user_name": "Ada.Lovelace", "user_name_key": "ada.lovelace", "external_id": "00u-Ada"}
    row = ScimUser.objects.create(integration=integration, **names, data={"note": BODY})
    UserEmail.objects.create(integration=integration, user=row, value_key="ada@northwind.example")
    return row


@pytest.fixture
def request_row(integration, person) -> RequestLog:
    return make_request(integration, resource_id=person.pk)


@pytest.fixture
def rows(workspace, integration, issued, owner, invited, person, request_row):
    """One row of each kind, by its model."""
    refusal = RefusedToken.objects.create(
        integration=integration, cause="unknown", minute=NOW, last_at=NOW, count=3
    )
    group = ScimGroup.objects.create(
        integration=integration, display_name="Editors", display_name_key="editors", data={"note": BODY}
    )
    change = Change.objects.create(integration=integration, resource_id=person.pk, **CHANGE, **VALUES)
    contact, _made = Contact.objects.get_or_create(integration=integration)
    entry = AuditEntry.objects.for_workspace(workspace).latest("at", "id")
    key = api_keys.make(workspace, api_keys.Terms("nightly", "admin"), by=factories.OPERATOR).key
    shown = [workspace, integration, issued.token, key, owner, invited.invitation, owner.user, person, group]
    sent = delivered(integration, change, owner)
    return {type(row): row for row in [*shown, request_row, change, refusal, contact, entry, *sent]}
