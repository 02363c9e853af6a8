"""The list of integrations, and adding one."""

from __future__ import annotations

import re

import pytest
from django.utils.html import strip_tags

from integrations.delivery.models import Delivery
from integrations.models import Integration
from tests import factories
from tests.db import console
from tests.db.console import path

Status = Delivery.Status


@pytest.fixture
def listed(workspace):
    return f"/w/{workspace.slug}/integrations/"


def test_an_empty_workspace_leads_on_to_the_first_integration(as_owner, listed):
    page = as_owner.get(listed).content.decode()

    assert "No integrations yet" in page
    assert f'href="{listed}new/"' in page


def test_the_list_tells_how_each_stands(as_owner, provider, listed):
    provider.person("brand.lead")

    page = as_owner.get(listed).content.decode()

    for shown in ("Hootsuite", "Connected (observing)", "Okta", "just now"):
        assert shown in page
    assert '<td class="end num" data-label="People">1</td>' in page


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        ([], "—"),
        ([Status.DELIVERED], "All delivered"),
        ([Status.DELIVERED, Status.WITH_PERSON], "1 waits for a person"),
        ([Status.WITH_PERSON, Status.HELD, Status.RETRYING], "2 wait for a person 1 waiting"),
        ([Status.DEAD], "1 failed"),
    ],
    ids=["nothing ever", "all", "a task", "by itself too", "failed"],
)
def test_the_list_tells_how_far_deliveries_are(as_owner, workspace, listed, statuses, words):
    integration = factories.make_integration(workspace)
    Integration.objects.for_workspace(workspace).update(mode=Integration.Mode.LIVE, connector="manual")
    for status in statuses:
        factories.make_delivery(integration, status=status)

    cell = re.search(r'data-label="Deliveries">(.*?)</td>', as_owner.get(listed).content.decode(), re.DOTALL)

    assert cell is not None
    assert " ".join(strip_tags(cell[1]).split()) == words


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("MAIL", {"Mailchimp"}, id="a part of the name, any case"),
        pytest.param("social", {"Hootsuite"}, id="the app"),
        pytest.param("%", set(), id="a wildcard is a letter"),
        pytest.param("", {"Mailchimp", "Hootsuite"}, id="nothing"),
    ],
)
def test_a_search_narrows_the_list(as_owner, workspace, listed, query, names):
    factories.make_integration(workspace, "Mailchimp")
    factories.make_integration(workspace, "Hootsuite", app="Social media")

    page = as_owner.get(listed, {"q": query}).content.decode()

    assert {name for name in ("Mailchimp", "Hootsuite") if f">{name}</a>" in page} == names
    assert ("Nothing matches" in page) is (not names)


def test_the_list_is_paged_beyond_a_hundred(as_owner, workspace, listed):
    Integration.objects.bulk_create(
        Integration(workspace=workspace, name=f"App {number:03}", app="App") for number in range(101)
    )

    first = as_owner.get(listed).content.decode()
    second = as_owner.get(listed, {"page": 2}).content.decode()

    assert "App 099" in first
    assert "App 100" not in first
    assert 'href="?page=2"' in first
    assert "App 100" in second
    assert "of 101" in second


def test_the_list_costs_the_same_for_one_and_for_thirty(as_owner, workspace, listed, queries):
    def add(number):
        sender = console.provider(factories.make_integration(workspace, f"App {number}"))
        sender.send("GET", "/Users")

    add(0)
    few = queries(as_owner, listed)
    for number in range(1, 30):
        add(number)

    assert queries(as_owner, listed) == few <= 12


def test_a_new_integration_lands_on_connected_services(as_admin, workspace, listed):
    answer = as_admin.post(
        f"{listed}new/", {"name": " Canva Teams ", "sign_in_url": "https://www.canva.example/login"}
    )

    made = Integration.objects.for_workspace(workspace).get()
    assert (made.name, made.app) == ("Canva Teams", "Canva Teams")
    assert answer["Location"] == path("console:connected-services", made)


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        pytest.param({"name": ""}, "name", "This field is required.", id="no name"),
        pytest.param({"name": "  "}, "name", "This field is required.", id="a blank name"),
        pytest.param({"name": "x" * 81}, "name", "at most 80 characters", id="a long name"),
        *(
            pytest.param({"sign_in_url": url}, "sign_in_url", "It must start with https://.", id=url)
            for url in ("javascript:alert(1)", "http://canva.example/", "//canva.example", "https://")
        ),
    ],
)
def test_a_mistake_is_shown_at_its_field_and_the_rest_is_kept(as_owner, listed, fields, field, says):
    sent = {"name": "Canva Teams", "sign_in_url": "https://www.canva.example/", **fields}

    answer = as_owner.post(f"{listed}new/", sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page[page.index(f'id="id_{field}_error"') :]
    assert all(value in page for name, value in sent.items() if name != field)
    assert not Integration.objects.exists()
