"""General: what people set of an integration, and its end."""

from __future__ import annotations

import pytest

from integrations.audit.models import AuditEntry
from integrations.models import Integration
from tests.db.console import path

FORM = {
    "name": "Hootsuite",
    "app": "Hootsuite",
    "sign_in_url": "https://app.hootsuite.example/login",
    "idp": "",
    "test_user_name": "",
    "rehire": "reactivate",
    "nested_groups": "refuse",
}


@pytest.fixture
def general(integration):
    return path("console:general", integration)


@pytest.mark.parametrize("name", ["console:integration", "console:settings"])
def test_details_open_with_settings_and_general(as_owner, integration, general, name):
    assert as_owner.get(path(name, integration))["Location"] == general


def test_the_tabs_tell_where_one_is(as_owner, general, integration):
    page = as_owner.get(general).content.decode()

    settings = path("console:settings", integration)
    assert f'<a href="{settings}" aria-current="true">' in page
    assert f'<a href="{general}" aria-current="page">' in page


def test_a_change_is_saved_and_audited(as_owner, owner, general, integration):
    answer = as_owner.post(general, {**FORM, "idp": "entra", "rehire": "refuse"}, follow=True)

    integration.refresh_from_db()
    assert answer.redirect_chain == [(general, 302)]
    assert "The changes are saved." in answer.content.decode()
    assert (integration.idp, integration.rehire) == ("entra", "refuse")
    entry = AuditEntry.objects.for_workspace(owner.workspace).get(action="integration.changed")
    assert entry.detail == {"changed": {"idp": ["", "entra"], "rehire": ["reactivate", "refuse"]}}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"sign_in_url": "javascript:alert(1)"}, "sign_in_url", id="a script"),
        pytest.param({"idp": "nobody"}, "idp", id="an unknown provider"),
        pytest.param({"rehire": "maybe"}, "rehire", id="an unknown policy"),
        pytest.param({"nested_groups": "maybe"}, "nested_groups", id="an unknown policy on groups"),
    ],
)
def test_a_mistake_is_shown_at_its_field(as_owner, general, integration, wrong, field):
    answer = as_owner.post(general, {**FORM, "app": "Kept words", **wrong})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert "Kept words" in page
    integration.refresh_from_db()
    assert integration.app == "Hootsuite"


def test_only_those_who_may_see_the_danger_zone(as_owner, as_admin, general):
    assert "Danger zone" in as_owner.get(general).content.decode()
    assert "Danger zone" not in as_admin.get(general).content.decode()


def test_an_archived_integration_refuses_and_comes_back(as_owner, provider, general):
    as_owner.post(path("console:archive", provider.integration))
    refused, _body = provider.send("GET", "/Users")
    archived = as_owner.get(general).content.decode()
    as_owner.post(path("console:restore", provider.integration))
    accepted, _body = provider.send("GET", "/Users")

    assert (refused, accepted) == (403, 200)
    assert "Restore integration" in archived
    assert "Archived" in archived


def test_a_deletion_says_in_numbers_what_goes(as_owner, provider):
    brand = provider.person("brand.lead")
    provider.person("content.design")
    provider.group("Editors", brand)
    as_owner.post(path("console:archive", provider.integration))

    page = as_owner.get(path("console:delete", provider.integration)).content.decode()

    assert "With it go 2 people and 1 group and all activity" in page


def test_a_deletion_needs_the_name(as_owner, integration):
    as_owner.post(path("console:archive", integration))

    answer = as_owner.post(path("console:delete", integration), {"confirm": "hootsuite"})

    assert answer.status_code == 422
    assert "This is not the name." in answer.content.decode()
    assert Integration.objects.exists()


@pytest.mark.parametrize("typed", ["Hoot suite Pro", "Hoot  suite\N{NO-BREAK SPACE}Pro"])
def test_a_name_that_was_kept_with_more_blanks_is_typed_as_the_page_shows_it(as_owner, integration, typed):
    as_owner.post(path("console:archive", integration))
    Integration.objects.update(name="Hoot  suite\N{NO-BREAK SPACE}Pro")

    as_owner.post(path("console:delete", integration), {"confirm": typed})

    assert not Integration.objects.exists()


def test_a_deletion_takes_everything_but_the_audit(as_owner, owner, provider):
    provider.person("brand.lead")
    as_owner.post(path("console:archive", provider.integration))

    answer = as_owner.post(path("console:delete", provider.integration), {"confirm": "Hootsuite"})

    assert answer["Location"] == f"/w/{owner.workspace.slug}/integrations/"
    assert not Integration.objects.exists()
    entry = AuditEntry.objects.for_workspace(owner.workspace).get(action="integration.deleted")
    assert entry.target_label == "Hootsuite"
    assert provider.send("GET", "/Users")[0] == 401


def test_what_is_in_use_is_not_deleted(as_owner, integration):
    answer = as_owner.post(path("console:delete", integration), {"confirm": "Hootsuite"})

    assert answer.status_code == 422
    assert "Archive the integration first." in answer.content.decode()
    assert Integration.objects.exists()


@pytest.mark.parametrize("name", ["console:archive", "console:restore", "console:token-generate"])
def test_a_link_alone_changes_nothing(as_owner, integration, name):
    assert as_owner.get(path(name, integration)).status_code == 405


def test_the_policy_on_groups_within_groups_is_set_and_holds_at_once(as_owner, provider, general):
    editors = provider.group("Editors")
    body = {"displayName": "All", "members": [{"value": editors, "type": "Group"}]}
    refused, _body = provider.send("POST", "/Groups", body)

    as_owner.post(general, {**FORM, "nested_groups": "set_aside"})

    assert refused == 400
    assert provider.send("POST", "/Groups", body)[0] == 201
    assert "Leave the group out and take the people" in as_owner.get(general).content.decode()
