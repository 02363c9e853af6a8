"""The Deliveries tab: what goes out, and what people do about it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from integrations.delivery import finding
from integrations.delivery.models import Delivery, Lane
from tests import factories
from tests.db.console import path

Status = Delivery.Status


@pytest.fixture
def tab(integration):
    return path("console:deliveries", integration)


@pytest.fixture
def selected(integration):
    return path("console:deliveries-selected", integration)


def numbers(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-label="Number">(\d+)<', html)]


def many(integration, count: int, **fields) -> list[Delivery]:
    fields = {"trace_id": "0" * 32, "intent": "update", "label": "x", **fields}
    rows = [Delivery(integration=integration, line=uuid4(), **fields) for _ in range(count)]
    return Delivery.objects.bulk_create(rows)


def test_an_integration_that_observes_says_so(as_owner, integration, tab):
    page = as_owner.get(tab).content.decode()

    assert "Nothing is delivered yet" in page
    assert "Observing" in page
    assert path("console:delivery", integration) in page


def test_deliveries_are_listed_the_newest_first_with_what_they_are(as_owner, live, dead, tab):
    page = as_owner.get(tab).content.decode()

    shown = numbers(page)
    assert shown == sorted(shown, reverse=True)
    for words in ("Create the account", "ada@northwind.example", "Failed", "No seats are left.", "Delivered"):
        assert words in page
    assert "1 failed" in page
    assert "1 delivery failed" in page


def test_what_needs_attention_leads_to_where_it_is_mended(as_owner, live, dead, tab):
    link = f'<a href="{tab}">The Deliveries tab says what to do.</a>'

    assert link in as_owner.get(path("console:general", live.integration)).content.decode()
    assert link not in as_owner.get(tab).content.decode()


def test_what_is_done_with_ticked_ones_is_offered_where_one_can_be_ticked(as_owner, live, dead, tab):
    ticked = "With those you ticked:"

    assert ticked in as_owner.get(tab).content.decode()
    assert ticked not in as_owner.get(tab, {"state": "delivered"}).content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param({"state": "dead"}, {"ada"}, id="a state"),
        pytest.param({"state": "delivered"}, {"lasting"}, id="another state"),
        pytest.param({"q": "ADA"}, {"ada"}, id="the beginning of a name"),
        pytest.param({"q": "northwind"}, set(), id="the middle of a name"),
        pytest.param({"q": "ada", "state": "delivered"}, set(), id="both"),
        pytest.param({"state": "nonsense"}, {"ada", "lasting"}, id="no state"),
        pytest.param({"cursor": "before:x"}, {"ada", "lasting"}, id="a bad cursor"),
        pytest.param({"q": "a\0da"}, {"ada"}, id="a NUL"),
    ],
)
def test_a_filter_narrows_the_list(as_owner, live, dead, tab, query, names):
    page = as_owner.get(tab, query).content.decode()

    shown = set(re.findall(r'class="row-link"[^>]*>(\w+)@', page))
    assert shown == names
    assert ("No such delivery" in page) is (not names)


def test_a_trace_id_finds_what_a_request_made(as_owner, live, dead, tab):
    assert numbers(as_owner.get(tab, {"q": dead.trace_id}).content.decode()) == [dead.number]


def test_the_name_of_a_group_finds_its_own_deliveries(as_owner, live, tab):
    group = live.group("Editors")
    made = factories.make_delivery(live.integration, line=group, intent="group_update", label="Editors")

    assert numbers(as_owner.get(tab, {"q": "edit"}).content.decode()) == [made.number]


def test_pages_follow_each_other_and_keep_the_filter(as_owner, integration, tab):
    many(integration, 120, status=Status.DEAD, place=3)

    first = as_owner.get(tab, {"state": "dead"}).content.decode()
    older = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    second = as_owner.get(tab + older).content.decode()
    newer = re.findall(r'rel="prev" href="([^"]+)"', second)[0].replace("&amp;", "&")

    assert "state=dead" in older
    assert min(numbers(first)) == max(numbers(second)) + 1
    assert numbers(as_owner.get(tab + newer).content.decode()) == numbers(first)


def test_what_the_page_costs_does_not_grow(as_owner, live, tab, queries):
    few = queries(as_owner, tab)
    for status, place in ((Status.DEAD, 3), (Status.WAITING, 1), (Status.DELIVERED, None)):
        many(live.integration, 60, status=status, place=place)

    assert queries(as_owner, tab) == few <= 18


def test_counts_stop_at_a_thousand(as_owner, live, tab):
    many(live.integration, 1_005, status=Status.DEAD, place=3)

    page = as_owner.get(tab).content.decode()

    assert finding.counts(live.integration)["dead"] == 1_001
    assert "1000+ failed" in page


def test_a_selection_is_retried(as_owner, integration, selected):
    rows = many(integration, 3, status=Status.DEAD, place=3)

    answer = as_owner.post(selected, {"do": "retry", "number": [rows[0].pk, rows[2].pk]}, follow=True)

    states = [row.status for row in Delivery.objects.for_integration(integration).order_by("number")]
    assert states == [Status.RETRYING, Status.DEAD, Status.RETRYING]
    assert "2 deliveries are tried again." in answer.content.decode()
    assert "1 failed delivery is left." in answer.content.decode()


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"do": "retry"}, id="none chosen"),
        pytest.param({"do": "delete", "which": "failed"}, id="another verb"),
        pytest.param({"do": "retry", "number": ["x", "9" * 30, "\0"]}, id="no numbers"),
        pytest.param({"do": "skip", "which": "everything"}, id="another choice"),
    ],
)
def test_nothing_is_done_where_nothing_was_chosen(as_owner, integration, selected, form):
    many(integration, 1, status=Status.DEAD, place=3)

    answer = as_owner.post(selected, form, follow=True)

    assert "Nothing was changed." in answer.content.decode()
    assert Delivery.objects.for_integration(integration).get().status == Status.DEAD


def test_deliveries_of_another_integration_are_not_touched(as_owner, workspace, selected):
    (other,) = many(factories.make_integration(workspace, "Mailchimp"), 1, status=Status.DEAD, place=3)

    as_owner.post(selected, {"do": "retry", "number": [other.pk]})

    other.refresh_from_db()
    assert other.status == Status.DEAD


def test_all_that_failed_is_skipped_for_one_reason(as_owner, integration, selected):
    many(integration, 3, status=Status.DEAD, place=3)
    (kept,) = many(integration, 1, status=Status.WAITING, place=1)

    asked = as_owner.post(selected, {"do": "skip", "which": "failed"})
    answer = as_owner.post(selected, {"do": "skip", "which": "failed", "reason": "Old app"}, follow=True)

    kept.refresh_from_db()
    assert asked.status_code == 200
    assert "Skip 3 deliveries" in asked.content.decode()
    assert "3 deliveries are skipped." in answer.content.decode()
    assert kept.status == Status.WAITING


def test_a_selection_keeps_its_numbers_while_the_reason_is_asked(as_owner, integration, selected):
    (row,) = many(integration, 1, status=Status.DEAD, place=3)

    asked = as_owner.post(selected, {"do": "skip", "number": [row.pk]}).content.decode()
    empty = as_owner.post(selected, {"do": "skip", "number": [row.pk], "reason": ""})

    assert f'<input type="hidden" name="number" value="{row.pk}"' in asked
    assert empty.status_code == 422


def test_at_most_500_are_worked_on_at_once_and_the_rest_is_told(as_owner, integration, selected):
    many(integration, 620, status=Status.DEAD, place=3)

    answer = as_owner.post(selected, {"do": "retry", "which": "failed"}, follow=True).content.decode()

    assert "500 deliveries are tried again." in answer
    assert "120 failed deliveries are left." in answer


def test_what_is_being_carried_is_told_apart(as_owner, integration, selected):
    (running,) = many(integration, 1, status=Status.RUNNING, place=1)

    answer = as_owner.post(selected, {"do": "retry", "number": [running.pk]}, follow=True)

    assert "1 had ended meanwhile, or is being carried right now." in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "label", "words"),
    [
        pytest.param({}, "Live", "Changes reach Hootsuite as they arrive.", id="live"),
        pytest.param({"paused_at": 0, "paused_by": "boss"}, "Paused", "boss paused delivery on", id="paused"),
        pytest.param({"held_at": 0, "held_for": "Bad key."}, "Held", "Bad key.", id="held"),
        pytest.param(
            {"next_attempt_at": 60, "trouble": "No connection."},
            "Waiting for the app",
            "No connection.",
            id="down",
        ),
    ],
)
def test_the_lane_says_how_it_stands(as_owner, live, tab, fields, label, words):
    now = timezone.now()
    times = {key: now + timedelta(seconds=value) for key, value in fields.items() if isinstance(value, int)}
    Lane.objects.for_integration(live.integration).update(**{**fields, **times})

    page = as_owner.get(tab).content.decode()

    assert re.search(rf"<span class=\"badge\"[^>]*>{label}</span>", page)
    assert words in page
    assert ("Resume" in page) is (label != "Live")


def test_pause_and_resume_come_back_to_the_tab(as_owner, live, tab):
    paused = as_owner.post(path("console:delivery-pause", live.integration), {"back": "deliveries"})
    lane = Lane.objects.for_integration(live.integration).get()
    resumed = as_owner.post(path("console:delivery-resume", live.integration), {"back": "//evil.example"})

    assert (paused.url, resumed.url) == (tab, path("console:delivery", live.integration))
    assert lane.paused_at
    lane.refresh_from_db()
    assert lane.paused_at is None


def test_the_list_of_integrations_counts_what_failed_and_waits(as_owner, workspace, integration, live):
    many(integration, 2, status=Status.DEAD, place=3)
    many(integration, 4, status=Status.WAITING, place=1)
    factories.make_integration(workspace, "Mailchimp")

    page = as_owner.get(f"/w/{workspace.slug}/integrations/").content.decode()

    for words in ("2 failed", "4 waiting", "2 deliveries failed."):
        assert words in page
