"""Settings, Mapping: the attributes an integration has beyond the standard's."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest

from integrations.audit.models import AuditEntry
from integrations.models import Integration
from integrations.traffic.models import Contact
from tests.db.console import path

URN = "urn:acme:params:scim:hr:2.0:User"
FORM = {"name": "badge", "schema": URN, "type": "string", "description": "On the card"}
BADGE = {"name": "badge", "type": "string", "multiValued": False, "description": "On the card"}


@pytest.fixture
def mapping(integration):
    return path("people:mapping", integration)


@pytest.fixture
def keep(integration):
    return path("people:mapping-keep", integration)


@pytest.fixture
def with_badge(integration) -> Integration:
    integration.extra_schemas = [{"id": URN, "attributes": [BADGE, {"name": "floor", "type": "integer"}]}]
    integration.save()
    return integration


def removal(integration: Integration, name: str, schema: str = URN) -> str:
    return f"{path('people:mapping-remove', integration)}?{urlencode({'schema': schema, 'name': name})}"


def definitions(integration: Integration) -> list[dict]:
    integration.refresh_from_db()
    return integration.extra_schemas


def offered(page: str) -> list[str]:
    """What the page offers to keep."""
    return re.findall(r'name="name" value="([^"]+)"><button', page)


def test_none_at_first(as_owner, mapping):
    page = as_owner.get(mapping).content.decode()

    assert "The attributes of SCIM's User and Enterprise User are always there." in page
    assert 'value="urn:cerby:params:scim:schemas:extension:hootsuite:2.0:User"' in page
    assert "Set aside lately" not in page


def test_an_attribute_is_added_audited_and_known_to_scim_at_once(as_owner, owner, provider, mapping):
    answer = as_owner.post(mapping, FORM, follow=True)

    assert "badge is kept from now on." in answer.content.decode()
    assert definitions(provider.integration) == [{"id": URN, "attributes": [BADGE]}]
    entry = AuditEntry.objects.for_workspace(owner.workspace).get(action="mapping.changed")
    assert entry.detail == {"added": [f"{URN}:badge"], "removed": []}
    schema = provider.send("GET", f"/Schemas/{URN}")[1]
    assert [attribute["name"] for attribute in schema["attributes"]] == ["badge"]
    types = provider.send("GET", "/ResourceTypes/User")[1]
    assert URN in [each["schema"] for each in types["schemaExtensions"]]
    person = provider.person("brand.lead", **{URN: {"badge": "7"}})
    assert provider.send("GET", f"/Users/{person}")[1][URN] == {"badge": "7"}


def test_attributes_are_listed_with_what_is_known(as_owner, with_badge, mapping):
    page = as_owner.get(mapping).content.decode()

    assert re.findall(r'<th scope="row">(\w+)', page) == ["badge", "floor"]
    assert "On the card" in page
    assert 'data-label="Type">Whole number<' in page
    assert page.count(f'<span class="mono">{URN}</span>') == 2


def test_a_second_attribute_joins_its_schema_in_any_case(as_owner, with_badge, mapping):
    as_owner.post(mapping, {**FORM, "name": "desk", "schema": URN.upper(), "many": "on"})

    (schema,) = definitions(with_badge)
    assert [each["name"] for each in schema["attributes"]] == ["badge", "floor", "desk"]
    assert schema["attributes"][2]["multiValued"] is True


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"name": ""}, "This field is required.", id="no name"),
        pytest.param({"name": "two words"}, "The name of an attribute has letters", id="a name with a blank"),
        pytest.param({"name": "BADGE"}, "An attribute is given twice.", id="the same name"),
        pytest.param({"schema": "acme"}, "The name of a schema is a URN", id="no URN"),
        pytest.param(
            {"schema": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"},
            "This schema belongs to the standard.",
            id="the standard's own schema",
        ),
        pytest.param({"type": "complex"}, "Select a valid choice.", id="an unknown type"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_kept(as_owner, with_badge, mapping, wrong, sentence):
    before = definitions(with_badge)

    answer = as_owner.post(mapping, {**FORM, "name": "desk", **wrong})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert definitions(with_badge) == before


def test_what_was_set_aside_is_offered_and_kept(as_owner, provider, mapping, keep):
    provider.person("brand.lead", favouriteColour="red", **{URN: {"floor": 3}})
    page = as_owner.get(mapping).content.decode()
    assert sorted(offered(page)) == ["favouriteColour", f"{URN}:floor"]

    as_owner.post(keep, {"name": f"{URN}:floor"})
    answer = as_owner.post(keep, {"name": "favouriteColour"}, follow=True)

    assert "favouriteColour is kept from now on." in answer.content.decode()
    assert offered(answer.content.decode()) == []
    (schema,) = definitions(provider.integration)
    assert schema["id"] == URN
    kept = [(each["name"], each["type"], each["multiValued"]) for each in schema["attributes"]]
    assert kept == [("floor", "integer", False), ("favouriteColour", "string", False)]
    payroll = provider.person("payroll", favouriteColour="blue", **{URN: {"floor": 4}})
    assert provider.send("GET", f"/Users/{payroll}")[1][URN] == {"favouriteColour": "blue", "floor": 4}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"name": {"nick": "x"}}, id="a part of another attribute"),
        pytest.param({"desk": {"row": 1}}, id="an object"),
        pytest.param(
            {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"badge": "1"}},
            id="the standard's",
        ),
    ],
)
def test_what_a_click_cannot_keep_is_shown_without_a_button(as_owner, provider, mapping, keep, sent):
    provider.send("POST", "/Users", {"userName": "brand.lead", **sent})
    (aside,) = Contact.objects.for_integration(provider.integration).get().set_aside

    page = as_owner.get(mapping).content.decode()
    answer = as_owner.post(keep, {"name": aside["name"]}, follow=True)

    assert aside["name"] in page
    assert offered(page) == []
    assert "not among those set aside any more" in answer.content.decode()
    assert definitions(provider.integration) == []


def test_groups_set_aside_nothing_that_people_could_keep(as_owner, provider, mapping):
    provider.send("POST", "/Groups", {"displayName": "Editors", "colour": "red"})

    assert "Set aside lately" not in as_owner.get(mapping).content.decode()


def test_a_removal_asks_first_in_numbers(as_owner, provider, with_badge):
    provider.person("brand.lead")
    provider.person("payroll")

    page = as_owner.get(removal(with_badge, "badge")).content.decode()

    assert "for all 2 people of this integration" in page
    assert len(definitions(with_badge)[0]["attributes"]) == 2


def test_an_attribute_is_removed_and_set_aside_from_then_on(as_owner, owner, provider, with_badge, mapping):
    as_owner.post(removal(with_badge, "badge"))
    as_owner.post(removal(with_badge, "floor"))

    assert definitions(with_badge) == []
    latest = AuditEntry.objects.for_workspace(owner.workspace).filter(action="mapping.changed").latest("at")
    assert latest.detail == {"added": [], "removed": [f"{URN}:floor"]}
    person = provider.person("brand.lead", **{URN: {"badge": "7"}})
    assert URN not in provider.send("GET", f"/Users/{person}")[1]
    assert offered(as_owner.get(mapping).content.decode()) == [f"{URN}:badge"]


def test_what_is_not_there_is_not_removed(as_owner, with_badge):
    for send, url in (
        (as_owner.get, removal(with_badge, "nosuch")),
        (as_owner.post, removal(with_badge, "badge", "urn:other:User")),
    ):
        assert "This attribute is not kept any more." in send(url, follow=True).content.decode()
    with_badge.refresh_from_db()
    assert with_badge.extra_schemas
    assert len(definitions(with_badge)[0]["attributes"]) == 2


def test_the_page_costs_the_same_for_one_and_for_many(
    as_owner, integration, mapping, django_assert_max_num_queries
):
    attributes = [{"name": f"a{number}", "type": "string"} for number in range(60)]
    integration.extra_schemas = [{"id": URN, "attributes": attributes}]
    integration.save()
    aside = [
        {"name": f"b{n}", "type": "string", "many": False, "at": "2026-11-25T10:00:00+00:00"}
        for n in range(50)
    ]
    Contact.objects.create(integration=integration, set_aside=aside)
    as_owner.get(mapping)

    with django_assert_max_num_queries(12):
        as_owner.get(mapping)
