"""Settings, Delivery: whether anything goes out, and what would."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.delivery.errands import connecting, visits
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.queue import planning
from integrations.models import Integration
from tests import factories
from tests.db.console import path
from tests.db.integrations.console.conftest import text


@pytest.fixture
def page(integration):
    return path("console:delivery", integration)


def events(integration) -> list[str]:
    entries = AuditEntry.objects.for_workspace(integration.workspace).filter(action__contains="deliver")
    return [entry.action for entry in entries.order_by("at", "pk")]


def test_at_first_a_way_is_to_be_chosen(as_owner, integration, page):
    shown = text(as_owner, page)

    assert "No way into the app yet" in shown
    assert "Choose how changes reach Hootsuite." in shown
    assert "Switch delivery on" not in shown


def test_the_plan_of_a_person_is_shown_and_nothing_is_sent(as_owner, app, provider, integration):
    connecting.change(integration, "manual", {}, by=factories.OPERATOR)
    provider.person("brand.lead")

    shown = text(as_owner, path("console:delivery-plan", integration), {"user_name": "Brand"})

    assert "If there is none, make one." in shown
    assert "user name: brand.lead@northwind.example" in shown
    assert app.orders == []
    assert not Delivery.objects.for_integration(integration).exists()


def test_while_others_are_asked_a_test_and_a_plan_say_so(as_owner, app, provider, integration):
    connection = connecting.change(integration, "probe_wide", {}, by=factories.OPERATOR)
    used = connecting.equipment(integration, connection)
    provider.person("ada")

    with visits.begun(used), visits.begun(used):
        tested = as_owner.post(path("console:delivery-test", integration), follow=True).content.decode()
        planned = text(as_owner, path("console:delivery-plan", integration), {"user_name": "ada"})

    for shown in (tested, planned):
        assert "Other apps are being tested now. Try again in a moment." in shown


def test_several_people_who_begin_so_are_offered(as_owner, app, provider, integration):
    connecting.change(integration, "manual", {}, by=factories.OPERATOR)
    for name in ("brand.lead", "brand.design"):
        provider.person(name)

    shown = text(as_owner, path("console:delivery-plan", integration), {"user_name": "brand"})

    assert "Who is meant?" in shown
    assert re.findall(r"\?user_name=brand\.(\w+)%40", shown) == ["design", "lead"]


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        pytest.param("nobody", 200, "Nobody here has a user name that begins so.", id="nobody"),
        pytest.param("a\0b", 422, "Null characters are not allowed.", id="a NUL"),
        pytest.param("", 422, "This field is required.", id="nothing"),
    ],
)
def test_there_is_no_plan_for_nobody(as_owner, app, provider, integration, name, status, said):
    connecting.change(integration, "manual", {}, by=factories.OPERATOR)

    answer = as_owner.get(path("console:delivery-plan", integration), {"user_name": name})

    assert answer.status_code == status
    assert said in answer.content.decode()


def test_without_a_way_there_is_no_plan(as_owner, provider, integration):
    provider.person("ada")

    shown = text(as_owner, path("console:delivery-plan", integration), {"user_name": "ada"})

    assert "Choose how changes reach the app first." in shown


def test_switching_on_says_in_numbers_what_is_sent(as_owner, app, provider, integration):
    for name in ("ada", "ben"):
        provider.person(name)
    connecting.change(integration, "probe", {}, by=factories.OPERATOR)
    on = path("console:delivery-on", integration)

    asked = text(as_owner, on)
    answer = as_owner.post(on, follow=True).content.decode()

    integration.refresh_from_db()
    assert "all 2 people who are present are brought to Hootsuite now" in asked
    assert "The connection has not passed a test" in asked
    assert "Delivery is on. 2 deliveries are on their way." in answer
    assert integration.mode == Integration.Mode.LIVE


def test_a_way_that_tells_changes_sends_nothing_of_who_is_there(as_owner, app, provider, integration):
    provider.person("ada")
    connecting.change(integration, "probe_events", {}, by=factories.OPERATOR)
    on = path("console:delivery-on", integration)

    assert "Nothing is sent of the 1 person" in text(as_owner, on)
    as_owner.post(on)

    assert not Delivery.objects.for_integration(integration).exists()


def test_without_a_way_nothing_is_switched_on(as_owner, integration):
    answer = as_owner.post(path("console:delivery-on", integration))

    integration.refresh_from_db()
    assert answer.url == path("console:delivery-connectors", integration)
    assert integration.mode == Integration.Mode.OBSERVING


def test_switching_off_says_how_many_are_called_off(as_owner, live, page):
    live.person("ada")
    off = path("console:delivery-off", live.integration)

    asked = text(as_owner, off)
    as_owner.post(off)

    live.integration.refresh_from_db()
    assert "1 delivery that is open is called off." in asked
    assert live.integration.mode == Integration.Mode.OBSERVING
    assert "Observing" in text(as_owner, page)


def test_everybody_is_brought_in_step(as_owner, live):
    replan = path("console:delivery-replan", live.integration)

    asked = text(as_owner, replan)
    answer = as_owner.post(replan, follow=True).content.decode()

    assert "1 person who is present gets a delivery" in asked
    assert "1 delivery is on its way." in answer
    assert events(live.integration)[-1] == Event.DELIVERY_REPLANNED


def test_how_far_everybody_is_shows_and_is_stopped(as_owner, live, monkeypatch):
    monkeypatch.setattr(planning, "CHUNK", 1)
    for name in ("ada", "ben"):
        live.person(name)
    as_owner.post(path("console:delivery-replan", live.integration))
    card = path("console:deliveries-planning", live.integration)

    assert 'hx-trigger="every 3s"' in text(as_owner, path("console:deliveries", live.integration))
    assert "1 of 3 people looked at" in text(as_owner, card)

    stopped = as_owner.post(path("console:deliveries-planning-stop", live.integration), follow=True)

    assert "Not everybody was brought in step" in stopped.content.decode()
    assert "/deliveries/" in as_owner.get(card).headers["HX-Location"]
    again = as_owner.post(path("console:deliveries-planning-stop", live.integration), follow=True)
    assert "This has ended already." in again.content.decode()


def test_nobody_is_brought_in_step_while_nothing_is_delivered(as_owner, integration, page):
    assert as_owner.post(path("console:delivery-replan", integration)).url == page


def test_a_held_lane_says_why_and_is_resumed(as_owner, live, page):
    lane = Lane.objects.for_integration(live.integration)
    lane.update(held_at=timezone.now(), held_for="The key was refused.")
    assert "The key was refused." in text(as_owner, page)

    as_owner.post(path("console:delivery-resume", live.integration))

    assert lane.get().held_at is None
    assert events(live.integration)[-1] == Event.DELIVERY_RESUMED


@pytest.mark.parametrize("name", ["delivery", "delivery-connectors", "delivery-roles", "delivery-attributes"])
def test_what_a_page_costs_is_bounded(as_owner, provider, connected, name, queries):
    provider.person("ada")

    assert queries(as_owner, path(f"console:{name}", connected)) <= 16
