"""Each look of support staff is told to the workspace that it was at."""

from __future__ import annotations

import pytest

from integrations.audit.models import AuditEntry
from integrations.models import (
    GatewayToken,
    Integration,
    Membership,
    Role,
    User,
    Workspace,
)
from scim.models import ScimUser
from tests import factories
from tests.db.integrations.support.desk import UNKNOWN, address, each_model, found, look_up, looks, open_row


@each_model
def test_opening_a_row_is_written_into_its_workspaces_audit(desk, model, rows, staff, workspace):
    other = factories.make_workspace("Contoso")

    open_row(desk, rows[model])

    (entry,) = looks(workspace)
    assert (entry.actor_kind, entry.actor_label, entry.ip) == ("support", staff.email, "127.0.0.1")
    assert entry.detail == {"opened": model._meta.model_name, "id": str(rows[model].pk)}
    assert looks(other) == []


@pytest.mark.parametrize(
    ("model", "target_kind"),
    [(GatewayToken, "gatewaytoken"), (ScimUser, "integration"), (AuditEntry, "workspace"), (User, "user")],
    ids=["a token by itself", "a person by the integration", "an entry by the workspace", "an account"],
)
def test_the_audit_names_what_was_opened(desk, rows, workspace, model, target_kind):
    open_row(desk, rows[model])

    assert looks(workspace)[0].target_kind == target_kind


def test_a_list_is_written_into_the_audit_of_each_workspace_it_shows(desk, workspace):
    other, unseen = factories.make_workspace("Contoso"), factories.make_workspace("Fabrikam")
    for owner, name in [(workspace, "Zoom 1"), (other, "Zoom 2"), (other, "Zoom 3"), (unseen, "Slack")]:
        factories.make_integration(owner, name)

    look_up(desk, Integration, "Zoom")

    details = [[look.detail for look in looks(each)] for each in (workspace, other, unseen)]
    listed = {"listed": "integration", "search": "Zoom"}
    assert details == [[{**listed, "rows": 1}], [{**listed, "rows": 2}], []]


def test_an_account_of_two_workspaces_is_told_to_both(desk, workspace, owner):
    other = factories.make_workspace("Contoso")
    Membership.objects.create(workspace=other, user=owner.user, role=Role.ADMIN)

    open_row(desk, owner.user)

    assert [len(looks(each)) for each in (workspace, other)] == [1, 1]


@pytest.mark.parametrize("row_id", ["nonsense", UNKNOWN], ids=["no id", "an unknown id"])
def test_a_row_that_is_not_there_leads_back(desk, row_id):
    assert desk.get(address(Workspace, "change", row_id)).status_code == 302


def test_history_is_the_audit_log_of_what_the_row_belongs_to(desk, rows, integration):
    answer = desk.get(address(ScimUser, "history", rows[ScimUser].pk), follow=True)

    assert answer.redirect_chain[-1][0] == f"{address(AuditEntry, 'changelist')}?q={integration.pk}"
    assert found(answer)


def test_suggestions_do_not_show_rows_past_the_audit(desk, rows):
    asked = {"app_label": "integrations", "model_name": "integration", "field_name": "workspace", "term": "n"}

    assert desk.get("/admin/autocomplete/", asked).status_code == 404


@pytest.mark.parametrize("row", ["1/1", "x/y", "1/" + "9" * 5000])
def test_no_address_leads_to_a_page_elsewhere(desk, row):
    assert desk.get(f"/admin/r/{row}/").status_code == 404
