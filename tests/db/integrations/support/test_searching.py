"""A list is empty until somebody searches, and finds what has an index."""

from __future__ import annotations

import pytest

from integrations.delivery.models import (
    AppAccount,
    Attempt,
    Change,
    Delivery,
    Lane,
    Task,
)
from integrations.models import (
    GatewayToken,
    Integration,
    Invitation,
    Membership,
    User,
    Workspace,
)
from integrations.traffic.models import RequestLog
from scim.models import ScimGroup, ScimUser
from tests import factories
from tests.db.integrations.support.desk import TRACE, UNKNOWN, address, each_model, found, look_up, looks


@each_model
def test_a_list_is_empty_and_says_why_until_someone_searches(desk, model, rows, workspace):
    answer = desk.get(address(model, "changelist"), {"q": "  "})

    assert found(answer) == []
    assert "Nothing is listed before a search." in answer.content.decode()
    assert looks(workspace) == []


@pytest.mark.parametrize(
    ("model", "term"),
    [
        pytest.param(Workspace, "north", id="workspace by the start of its name"),
        pytest.param(Workspace, "northwind", id="workspace by its slug"),
        pytest.param(Integration, "hoot", id="integration by the start of its name"),
        pytest.param(Integration, "{Workspace.pk}", id="integrations of a workspace"),
        pytest.param(GatewayToken, "{GatewayToken.public_id}", id="token by its public id"),
        pytest.param(GatewayToken, " {GatewayToken.shown_name} ", id="token by its shown name"),
        pytest.param(GatewayToken, "{Integration.pk}", id="tokens of an integration"),
        pytest.param(Invitation, "Guest@northwind.example", id="invitation by e-mail"),
        pytest.param(Membership, "{User.email}", id="membership by e-mail"),
        pytest.param(User, "{User.email}", id="account by e-mail"),
        pytest.param(ScimUser, "ADA.lovelace", id="person by user name"),
        pytest.param(ScimUser, "Ada@Northwind.example", id="person by e-mail"),
        pytest.param(ScimUser, "00u-Ada", id="person by external id"),
        pytest.param(ScimUser, "{Integration.pk}", id="people of an integration"),
        pytest.param(ScimGroup, "EDITORS", id="group by name"),
        pytest.param(RequestLog, TRACE, id="request by trace id"),
        pytest.param(RequestLog, "{ScimUser.pk}", id="requests about a person"),
        pytest.param(RequestLog, "{Integration.pk}", id="requests of an integration"),
        pytest.param(Change, TRACE, id="change by trace id"),
        pytest.param(Change, "{ScimUser.pk}", id="changes of a person"),
        pytest.param(Delivery, TRACE, id="delivery by trace id"),
        pytest.param(Delivery, "{Delivery.id}", id="delivery by id"),
        pytest.param(Delivery, "{Delivery.number}", id="delivery by number"),
        pytest.param(Delivery, "{ScimUser.pk}", id="deliveries of a person"),
        pytest.param(Attempt, "{Delivery.id}", id="tries of a delivery"),
        pytest.param(AppAccount, "{ScimUser.pk}", id="account of a person"),
        pytest.param(Task, "{Task.pk}", id="task by id"),
        pytest.param(Lane, "{Integration.pk}", id="lane of an integration"),
    ],
)
def test_a_search_finds_the_row(desk, model, term, rows):
    other = factories.make_workspace("Contoso")
    factories.make_token(factories.make_integration(other, "Zoom"))

    answer = look_up(desk, model, term.format(**{kind.__name__: row for kind, row in rows.items()}))

    assert found(answer) == [rows[model]]


@pytest.mark.parametrize(
    "term",
    ["nobody", "x" * 2000, "%", "_", "a\x00b", UNKNOWN],
    ids=["a word", "too long", "any text in SQL", "any sign in SQL", "a null byte", "an unknown id"],
)
@each_model
def test_a_search_for_something_else_finds_nothing(desk, model, term, rows, workspace):
    assert found(look_up(desk, model, term)) == []
    assert looks(workspace) == []


def test_a_filter_lists_without_a_search(desk, rows, staff):
    assert found(desk.get(address(User, "changelist"), {"is_staff__exact": "1"})) == [staff]


def test_a_whole_token_pasted_into_the_search_is_kept_nowhere(desk, issued, workspace):
    assert found(look_up(desk, GatewayToken, issued.text)) == []

    assert looks(workspace) == []
