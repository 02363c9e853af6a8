"""Support staff look things up: every page is read-only, without secrets, and told to the workspace."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from integrations import api_keys, one_time_links, workspaces
from integrations.audit import support
from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.delivery.models import (
    AppAccount,
    AppConnection,
    Attempt,
    Change,
    Delivery,
    Lane,
    Planning,
    Task,
)
from integrations.models import (
    ApiKey,
    GatewayToken,
    Integration,
    Invitation,
    Membership,
    Role,
    User,
    Workspace,
)
from integrations.traffic.models import Contact, RefusedToken, RequestLog
from scim.models import ScimGroup, ScimUser, UserEmail
from tests import factories, sessions

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
TRACE = "c" * 32
UNKNOWN = "01900000-0000-7000-8000-000000000000"
BODY = "canary-of-a-body"
CHANGE = {"event": "user.updated", "resource_type": "User", "version": 2, "actor": "Okta", "trace_id": TRACE}
VALUES = {"before": {"title": BODY}, "after": {"title": BODY}, "delta": [{"path": "title", "after": BODY}]}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
OWN = {Workspace, Integration, GatewayToken, ApiKey, Membership, Invitation, User}
THEIRS = {AuditEntry, Change, Contact, RefusedToken, RequestLog, ScimGroup, ScimUser}
DELIVERING = {AppAccount, Attempt, Delivery, Lane, Planning, Task}


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


def delivered(integration: Integration, change: Change, owner: Membership) -> list:
    """One row of each kind that goes out; what people or secrets are is a canary."""
    AppConnection.objects.create(integration=integration, settings={"address": BODY}, secrets={"key": BODY})
    delivery = factories.make_delivery(
        integration,
        change=change,
        line=change.resource_id,
        trace_id=TRACE,
        override={"title": BODY},
        proof={"seen": {"title": BODY}, "digest": "d" * 64},
    )
    exchange = {"words": BODY, "status": 200, "ms": 3, "sent": BODY, "received": BODY}
    steps = [{"words": BODY, "detail": BODY, "done_at": "", "done_by": ""}]
    return [
        Lane.objects.create(integration=integration),
        Planning.objects.create(integration=integration, trace_id="0" * 32, by="Command line"),
        delivery,
        Attempt.objects.create(
            delivery=delivery, number=1, started_at=NOW, result="done", exchanges=[exchange]
        ),
        AppAccount.objects.create(
            integration=integration, line=change.resource_id, roles=[BODY], differences=[BODY]
        ),
        Task.objects.create(
            integration=integration, delivery=delivery, due_at=NOW, steps=steps, note=BODY, assignee=owner
        ),
    ]


def make_request(integration: Integration, **fields) -> RequestLog:
    usual = {"method": "GET", "path": "/Users", "status": 200, "duration_ms": 4, "trace_id": TRACE}
    bodies = {"request_body": BODY, "response_body": BODY}
    return RequestLog.objects.create(**{"integration": integration, **usual, **bodies, **fields})


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def look_up(desk, model, term):
    return desk.get(address(model, "changelist"), {"q": str(term)})


def found(answer) -> list:
    assert answer.status_code == 200, answer.status_code
    return list(answer.context_data["cl"].result_list)


def open_row(desk, row):
    return desk.get(address(type(row), "change", quote(row.pk)))


def term_for(model, rows) -> str:
    """What finds the fixture's row of a model: its own id, else its integration's."""
    found_by = admin.site._registry[model].search_fields
    if "delivery__id" in found_by:
        return str(rows[Delivery].id)
    return str(getattr(rows[model], "id", "") if "id" in found_by else rows[Integration].pk)


def pages(desk, model, rows) -> list[str]:
    """The list that shows the row, and the page of the row."""
    listed = look_up(desk, model, term_for(model, rows))
    assert found(listed) == [rows[model]]
    opened = open_row(desk, rows[model])
    assert opened.status_code == 200
    return [listed.content.decode(), opened.content.decode()]


def looks(workspace: Workspace) -> list[AuditEntry]:
    entries = AuditEntry.objects.for_workspace(workspace).filter(action=Event.SUPPORT_VIEWED)
    return list(entries.order_by("at", "id"))


def test_support_sees_these_models_and_no_others():
    assert set(MODELS) == OWN | THEIRS | DELIVERING


@each_model
def test_no_page_shows_a_secret_or_what_people_are(desk, model, rows, issued, invited):
    token, key = issued.token, invited.key
    token = GatewayToken.objects.for_integration(token.integration).get(pk=token.pk)
    link = one_time_links.sign_in(rows[User])
    secrets = [issued.text, token.token_hash, token.tag, key, invited.invitation.key_hash, link, BODY]
    secrets += [user.password for user in User.objects.all()]

    texts = pages(desk, model, rows)

    assert [secret for secret in secrets for text in texts if escape(secret) in text] == []


@each_model
def test_pages_keep_to_the_content_security_policy(desk, model, rows):
    texts = [*pages(desk, model, rows), desk.get("/admin/").content.decode()]

    inline = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    assert [match for text in texts for match in inline.findall(text)] == []


@each_model
@pytest.mark.parametrize(
    ("method", "page"),
    [("get", "add"), ("post", "add"), ("post", "change"), ("get", "delete"), ("post", "delete")],
    ids=lambda word: word,
)
def test_nothing_is_added_changed_or_deleted(desk, model, rows, page, method):
    row = rows[model]
    before = model.objects.filter(pk=row.pk).values().get(), model.objects.count()
    url = address(model, page, *([] if page == "add" else [quote(row.pk)]))

    answer = getattr(desk, method)(url, {"name": "x", "post": "yes"})

    assert answer.status_code == 403
    assert (model.objects.filter(pk=row.pk).values().get(), model.objects.count()) == before


@each_model
def test_no_action_is_done_on_a_list(desk, model, rows):
    row = rows[model]

    answer = desk.post(
        f"{address(model, 'changelist')}?q={term_for(model, rows)}",
        {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes", "index": "0"},
    )

    assert found(answer) == [row]
    assert answer.context_data["action_form"] is None
    assert model.objects.filter(pk=row.pk).exists()


@each_model
def test_members_get_no_access_whatever_their_role(client, model, rows, owner):
    sessions.sign_in(client, owner)

    for url in [address(model, "changelist"), address(model, "change", quote(rows[model].pk))]:
        assert client.get(url, follow=True).status_code == 403
    assert looks(owner.workspace) == []


def test_strangers_are_sent_to_our_sign_in_page_and_back(client, db):
    answer = client.get(address(Workspace, "changelist"), follow=True)

    assert answer.redirect_chain[-1][0].startswith("/sign-in/?next=")
    assert "admin%2Fintegrations%2Fworkspace" in answer.redirect_chain[-1][0]


def test_staff_whose_account_was_closed_get_no_access(desk, staff):
    staff.is_active = False
    staff.save()

    assert desk.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("model", "query"),
    [
        pytest.param(GatewayToken, "token_hash__startswith=$2b", id="hash of a token"),
        pytest.param(GatewayToken, "tag__gte=0", id="tag of a token"),
        pytest.param(User, "password__contains=md5", id="hash of a password"),
        pytest.param(Membership, "user__password__startswith=md5", id="hash over a relation"),
        pytest.param(User, "is_staff__gte=0", id="a filter's column by another lookup"),
        pytest.param(ScimUser, "data__contains=canary", id="what the identity provider keeps"),
    ],
)
def test_columns_cannot_be_probed_by_the_query_string(desk, model, query):
    assert desk.get(f"{address(model, 'changelist')}?{query}").status_code == 400


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


def test_a_password_is_changed_on_our_own_page(desk):
    assert desk.get("/admin/password_change/").url == reverse("account_change_password")


def test_a_list_reads_no_column_that_it_does_not_show(desk, issued, person, request_row):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for model in (GatewayToken, ScimUser, RequestLog):
            assert found(look_up(desk, model, issued.token.integration_id))

    selected = " ".join(query["sql"] for query in queries)
    columns = ['"token_hash"', '"tag"', '"form_key"', '"data"', '"request_body"', '"response_body"']
    assert [column for column in columns if column in selected] == []


@each_model
def test_a_row_takes_few_queries_to_open(desk, model, rows, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        open_row(desk, rows[model])


@pytest.mark.parametrize("model", [RequestLog, ScimUser, GatewayToken], ids=lambda model: model._meta.label)
def test_a_long_list_costs_no_more_queries_than_a_short_one(
    desk, model, integration, django_assert_max_num_queries
):
    for number in range(60):
        name = f"person{number}"
        make_request(integration, at=NOW + timedelta(seconds=number))
        ScimUser.objects.create(integration=integration, user_name=name, user_name_key=name, data={})
        GatewayToken.objects.create(integration=integration, public_id=f"p{number}", created_by="x")

    with django_assert_max_num_queries(15):
        assert len(found(look_up(desk, model, integration.pk))) == support.PAGE_ROWS


def test_a_list_keeps_to_the_order_that_has_an_index(desk, integration):
    early, late = (make_request(integration, at=NOW + timedelta(days=day), status=day) for day in (1, 2))

    by_status = desk.get(address(RequestLog, "changelist"), {"q": str(integration.pk), "o": "4"})

    assert found(by_status) == [late, early]


def test_a_list_counts_no_further_than_it_shows(desk, integration, monkeypatch):
    monkeypatch.setattr(support, "MOST_ROWS", 55)
    for _number in range(57):
        make_request(integration)

    assert look_up(desk, RequestLog, integration.pk).context_data["cl"].result_count == 55
    second = desk.get(address(RequestLog, "changelist"), {"q": str(integration.pk), "p": "2"})
    assert len(found(second)) == 5
