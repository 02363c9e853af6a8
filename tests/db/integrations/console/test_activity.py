"""Activity: what came in, what it changed, why something was refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from integrations import tokens
from integrations.console import wording
from integrations.kit import ids
from integrations.traffic import finding
from integrations.traffic.models import RefusedToken, RequestLog
from scim.core.quirks.quirk import Code
from tests import factories
from tests.db import console
from tests.db.console import path


@pytest.fixture
def activity(integration):
    return path("console:activity", integration)


def shown_paths(html: str) -> list[str]:
    return re.findall(r'<span class="mono">([^<]+)</span>', html)


def test_requests_are_listed_the_newest_first(as_owner, provider, activity):
    provider.send("GET", "/Schemas")
    provider.person("brand.lead")

    page = as_owner.get(activity).content.decode()

    assert shown_paths(page) == ["/Users", "/Schemas"]
    assert "brand.lead@northwind.example" in page
    assert "Okta" in page


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        pytest.param({"result": "accepted"}, ["/Schemas", "/Users"], id="accepted"),
        pytest.param({"result": "refused"}, ["/Groups/0"], id="refused"),
        pytest.param({"q": "schem"}, ["/Schemas"], id="a part of the path"),
        pytest.param({"q": "BRAND.lead"}, ["/Users"], id="a person"),
        pytest.param({"q": "schem", "result": "refused"}, [], id="both"),
        pytest.param({"cursor": "before:nonsense"}, ["/Groups/0", "/Schemas", "/Users"], id="a bad cursor"),
    ],
)
def test_a_filter_narrows_the_list(as_owner, provider, activity, query, paths):
    provider.person("brand.lead")
    provider.send("GET", "/Schemas")
    provider.send("GET", "/Groups/0")

    page = as_owner.get(activity, query).content.decode()

    assert shown_paths(page) == paths
    assert ("No such request" in page) is (not paths)


def test_a_trace_id_finds_its_request(as_owner, provider, activity):
    provider.send("GET", "/Schemas")
    provider.send("GET", "/Users")
    log = RequestLog.objects.for_integration(provider.integration).get(path="/Schemas")

    assert shown_paths(as_owner.get(activity, {"q": log.trace_id}).content.decode()) == ["/Schemas"]


def test_pages_follow_each_other_and_keep_the_filter(as_owner, integration, activity):
    RequestLog.objects.bulk_create(
        RequestLog(
            id=ids.new(),
            integration=integration,
            trace_id="0" * 32,
            method="GET",
            path=f"/Users/{number:02}",
            status=200,
            duration_ms=1,
        )
        for number in range(60)
    )

    first = as_owner.get(activity, {"q": "/users"}).content.decode()
    older = re.findall(r'href="(\?q=%2Fusers&amp;result=&amp;quirk=&amp;cursor=before[^"]+)"', first)[0]
    second = as_owner.get(activity + older.replace("&amp;", "&")).content.decode()

    assert shown_paths(first) == [f"/Users/{number:02}" for number in range(59, 9, -1)]
    assert shown_paths(second) == [f"/Users/{number:02}" for number in range(9, -1, -1)]


def test_one_change_is_told_from_request_to_answer(as_owner, provider):
    user = provider.person("brand.lead", title="Lead")
    operations = [{"op": "Replace", "path": "title", "value": "Head <b>of</b> brand"}]
    provider.send("PATCH", f"/Users/{user}", {"Operations": operations, "password": "hunter2"})
    log = RequestLog.objects.for_integration(provider.integration).get(method="PATCH")

    page = as_owner.get(path("console:activity-request", log.integration, request_id=log.pk)).content.decode()

    assert (
        page.index("Request received")
        < page.index("brand.lead@northwind.example: title changed</h3>")
        < page.index("Answered 200")
    )
    assert "<del>Lead</del>" in page
    assert "<ins>Head &lt;b&gt;of&lt;/b&gt; brand</ins>" in page
    assert "hunter2" not in page
    assert log.trace_id in page


def test_a_refused_request_says_why_and_how_to_mend_it(as_owner, provider):
    provider.send("GET", "/Users?filter=nosuch%20eq")
    log = RequestLog.objects.for_integration(provider.integration).get()

    page = as_owner.get(path("console:activity-request", log.integration, request_id=log.pk)).content.decode()

    assert log.status == 400
    assert "&quot;nosuch&quot; is not an attribute of User" in page
    assert escape(log.remedy) in page
    assert "filter=nosuch eq" in page


def test_refused_tokens_are_told_by_cause(as_owner, provider, activity):
    foreign = console.provider(factories.make_integration(provider.integration.workspace, "Mailchimp"))
    tokens.revoke(provider.issued.token, by=factories.OPERATOR)
    provider.send("GET", "/Users")
    provider.send("GET", "/Users", token="nonsense")
    provider.send("GET", "/Users", token=foreign.issued.text)

    page = as_owner.get(activity).content.decode()

    assert "The token was revoked" in page
    assert provider.issued.token.shown_name in page
    assert "What was sent is not a whole gateway token" in page
    assert "The token belongs to another integration: Mailchimp" in page
    assert "Paste the token that works now, or generate a new one." in page


def test_a_foreign_integration_is_not_named_to_someone_who_may_not_see_it(as_owner, provider, activity):
    foreign = console.provider(factories.make_integration(factories.make_workspace("Contoso"), "Secret app"))
    provider.send("GET", "/Users", token=foreign.issued.text)

    page = as_owner.get(activity).content.decode()

    assert "The token belongs to another integration <code>" in page
    assert "Secret app" not in page


def test_refusals_of_yesterday_are_not_shown(as_owner, provider, activity, time_machine):
    provider.send("GET", "/Users", token="nonsense")
    RefusedToken.objects.update(minute=timezone.now() - timedelta(hours=25))

    assert "Refused tokens" not in as_owner.get(activity).content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(as_owner, provider, activity, queries):
    provider.send("GET", "/Users")
    few = queries(as_owner, activity)
    for number in range(30):
        provider.send("GET", f"/Users?count={number}")

    assert queries(as_owner, activity) == few <= 14


def test_the_audit_log_tells_who_did_what(as_owner, owner, integration):
    as_owner.post(path("console:token-generate", integration), {"form_key": factories.form_key()})

    page = as_owner.get(f"/w/{owner.workspace.slug}/audit/").content.decode()

    assert page.index("Generated the token cgw_") < page.index(f"Added the integration {integration.name}")
    assert owner.user.email in page
    assert "127.0.0.1" in page


def test_a_refusal_sets_side_by_side_what_was_expected_and_what_came(as_owner, provider):
    provider.send("POST", "/Users", {"userName": "a@northwind.example", "active": "maybe"})
    log = RequestLog.objects.for_integration(provider.integration).get()

    page = as_owner.get(path("console:activity-request", log.integration, request_id=log.pk)).content.decode()

    assert log.scim_type == "invalidValue"
    assert "<dt>Expected</dt><dd>active: true or false</dd>" in page
    assert "<dt>Received</dt><dd>active: the text &quot;maybe&quot;</dd>" in page
    assert "In Okta: Provisioning &gt; To App. " in page


def test_a_request_tells_what_was_understood_and_which_habits_were_met(as_owner, provider):
    user = provider.person("brand.lead")
    operations = [{"op": "Replace", "path": "active", "value": "False"}]
    provider.send("PATCH", f"/Users/{user}", {"Operations": operations})
    log = RequestLog.objects.for_integration(provider.integration).get(method="PATCH")

    page = as_owner.get(path("console:activity-request", log.integration, request_id=log.pk)).content.decode()

    assert "<li>Replace active with &quot;False&quot;</li>" in page
    assert page.index("Understood</h3>") < page.index("remarks on how it was sent</h3>")
    assert "<li>Okta sent op &quot;Replace&quot;" in page


def test_a_habit_narrows_the_list_once_it_was_met(as_owner, provider, activity):
    assert "Any habit" not in as_owner.get(activity).content.decode()
    user = provider.person("brand.lead", schemas=["urn:ietf:params:scim:schemas:core:2.0:User"])
    provider.send("PATCH", f"/Users/{user}", {"Operations": [{"op": "Remove", "path": "title"}]})

    page = as_owner.get(activity, {"quirk": "op-case"}).content.decode()

    assert re.findall(r'<span class="method">(\w+)', page) == ["PATCH"]
    assert '<option value="op-case" selected>Operation in another case</option>' in page


def test_every_habit_has_a_name_to_choose_it_by():
    assert set(wording.QUIRKS) == {code.value for code in Code}


def test_a_search_without_an_index_says_how_far_it_looked(as_owner, provider, activity, monkeypatch):
    monkeypatch.setattr(finding, "WINDOW", 2)
    provider.send("GET", "/Schemas")
    for _number in range(3):
        provider.send("GET", "/Users")

    page = as_owner.get(activity, {"q": "schem"}).content.decode()

    assert "Only 2 requests were looked through for these words." in page
    assert "No such request among these" in page
