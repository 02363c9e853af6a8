"""Integrations: who may make, change and retire them, and what is taken for their facts."""

from __future__ import annotations

import pytest
from django.http import Http404

from integrations import catalog
from integrations.audit.models import AuditEntry
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration
from tests import factories

GOOD = "https://app.example.com/login?next=/home"


def test_a_new_integration_observes_and_is_audited(workspace, admin):
    integration = catalog.create(workspace, catalog.Facts(name="  Hootsuite ", sign_in_url=GOOD), by=admin)

    assert (integration.name, integration.app, integration.mode) == ("Hootsuite", "Hootsuite", "observing")
    assert AuditEntry.objects.for_workspace(workspace).filter(action="integration.created").count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "http://app.example.com/login",
        "//app.example.com",
        "app.example.com",
        "https://",
        "https:///login",
        "https://user:pass@app.example.com/",
        "https://app.example.com\\@evil.example",
        "https://app.example.com/a b",
        "https://app.example.com/\r\nSet-Cookie: a=b",
        "https://app.example.com:99999/",
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "https://[bad",
        "https://app.example.com/" + "a" * 2000,
        "https://app.example.com/" + "é" * 500,
        "https://.",
        "https://app..example.com/",
        "https://☃.example/",
        "https://bücher.example:x/",
        "https://app.example.com/\u202egnp",
    ],
)
def test_a_sign_in_address_that_could_lead_astray_is_refused_at_its_field(workspace, address):
    with pytest.raises(Refused) as caught:
        catalog.create(workspace, catalog.Facts(name="App", sign_in_url=address), by=factories.OPERATOR)

    assert caught.value.field == "sign_in_url"
    assert not Integration.objects.for_workspace(workspace).exists()


@pytest.mark.parametrize(
    "address", [GOOD, "http://localhost:9000/", "http://127.0.0.1/x", "http://[::1]:8080/", ""]
)
def test_a_good_sign_in_address_is_kept_as_it_was_given(workspace, address):
    made = catalog.create(workspace, catalog.Facts(name="App", sign_in_url=address), by=factories.OPERATOR)

    assert made.sign_in_url == address


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://bücher.example/über?q=é#ö", "https://xn--bcher-kva.example/%C3%BCber?q=%C3%A9#%C3%B6"),
        ("https://faß.example:8443/", "https://xn--fa-hia.example:8443/"),
        ("https://app.example.com/%C3%BC/ü", "https://app.example.com/%C3%BC/%C3%BC"),
    ],
)
def test_a_sign_in_address_is_kept_in_ascii(workspace, given, kept):
    made = catalog.create(workspace, catalog.Facts(name="App", sign_in_url=given), by=factories.OPERATOR)

    assert made.sign_in_url == kept


@pytest.mark.parametrize(("facts", "field"), [({"name": " "}, "name"), ({"name": "x" * 81}, "name")])
def test_a_name_is_needed_and_not_endless(workspace, facts, field):
    with pytest.raises(Refused) as caught:
        catalog.create(workspace, catalog.Facts(**facts), by=factories.OPERATOR)

    assert caught.value.field == field


def test_names_are_kept_on_one_line_with_one_blank_between_words(workspace):
    facts = catalog.Facts(name="Hoot\n\n suite\N{NO-BREAK SPACE}Pro", app="Hoot  suite\t")

    made = catalog.create(workspace, facts, by=factories.OPERATOR)

    assert (made.name, made.app) == ("Hoot suite Pro", "Hoot suite")


def test_a_change_is_audited_with_before_and_after_and_no_change_is_not(integration, owner):
    facts = catalog.Facts(name="Hootsuite 2", app="Hootsuite", sign_in_url=integration.sign_in_url)
    catalog.change(integration, facts, by=owner)
    catalog.change(integration, facts, by=owner)

    entry = AuditEntry.objects.for_workspace(integration.workspace).get(action="integration.changed")
    assert entry.detail == {"changed": {"name": ["Hootsuite", "Hootsuite 2"]}}


def test_an_admin_may_not_archive(integration, admin):
    with pytest.raises(NotAllowed, match="Owner, Super Admin"):
        catalog.archive(integration, by=admin)


def test_only_an_archived_integration_can_be_deleted_and_the_audit_remembers_it(integration, super_admin):
    with pytest.raises(Refused):
        catalog.delete(integration, by=super_admin)

    catalog.archive(integration, by=super_admin)
    catalog.delete(integration, by=super_admin)

    assert not Integration.objects.for_workspace(super_admin.workspace).exists()
    entries = AuditEntry.objects.for_workspace(super_admin.workspace).order_by("-pk")
    assert entries.values_list("action", "target_label")[0] == ("integration.deleted", "Hootsuite")


def test_what_was_restored_meanwhile_is_not_deleted(integration, owner):
    catalog.archive(integration, by=owner)
    as_seen = catalog.find(owner, integration.pk)
    catalog.restore(integration, by=owner)

    with pytest.raises(Refused) as refused:
        catalog.delete(as_seen, by=owner)

    assert refused.value.code == "not_archived"
    assert Integration.objects.for_workspace(owner.workspace).exists()
    assert not AuditEntry.objects.for_workspace(owner.workspace).filter(action="integration.deleted").exists()


def test_what_was_deleted_meanwhile_is_not_there(integration, owner):
    catalog.archive(integration, by=owner)
    as_seen = catalog.find(owner, integration.pk)
    catalog.delete(integration, by=owner)

    with pytest.raises(Http404):
        catalog.delete(as_seen, by=owner)
    assert AuditEntry.objects.for_workspace(owner.workspace).filter(action="integration.deleted").count() == 1


def test_archiving_twice_is_one_event(integration, owner):
    catalog.archive(integration, by=owner)
    catalog.archive(integration, by=owner)
    catalog.restore(integration, by=owner)

    actions = (
        AuditEntry.objects.for_workspace(integration.workspace)
        .order_by("pk")
        .values_list("action", flat=True)
    )
    assert list(actions)[-2:] == ["integration.archived", "integration.restored"]


def test_an_admin_sees_all_or_only_what_was_given_as_the_workspace_says(workspace, owner, admin, integration):
    given = factories.make_integration(workspace, "Mailchimp")
    factories.give(given, admin)

    assert list(catalog.visible_to(admin)) == [integration, given]
    workspace.admins_limited = True
    workspace.save()
    admin.workspace = workspace
    assert list(catalog.visible_to(admin)) == [given]
    with pytest.raises(Http404):
        catalog.find(admin, integration.pk)
    assert list(catalog.visible_to(owner)) == [integration, given]


def test_what_an_admin_creates_is_theirs(workspace, admin):
    workspace.admins_limited = True
    workspace.save()
    admin.workspace = workspace

    made = catalog.create(workspace, catalog.Facts(name="App"), by=admin)

    assert catalog.find(admin, made.pk) == made


def test_another_workspaces_integration_is_not_there(owner):
    elsewhere = factories.make_integration(factories.make_workspace("Elsewhere"))

    with pytest.raises(Http404):
        catalog.find(owner, elsewhere.pk)


ONE = [{"id": "urn:acme:2.0:User", "attributes": [{"name": "badge", "type": "string"}]}]


def test_extra_attributes_are_set_and_audited_by_name(integration, admin):
    catalog.set_extra_schemas(integration, ONE, by=admin)

    integration.refresh_from_db()
    assert integration.extra_schemas == ONE
    entry = AuditEntry.objects.for_workspace(integration.workspace).get(action="mapping.changed")
    assert entry.detail == {"added": ["urn:acme:2.0:User:badge"], "removed": []}


def test_whoever_was_slower_overwrites_no_attributes(integration, admin):
    seen = Integration.objects.get(pk=integration.pk)
    catalog.set_extra_schemas(integration, ONE, by=admin)

    with pytest.raises(Refused, match="Someone else"):
        catalog.set_extra_schemas(seen, [], by=admin)

    integration.refresh_from_db()
    assert integration.extra_schemas == ONE
