"""Settings, Delivery: the way into the app, what it means there, and whether anything goes out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.delivery import connecting, mapping, registry
from integrations.delivery.models import Delivery, Lane
from integrations.models import Integration
from tests import factories, sessions
from tests.db.console import path

OLD = timedelta(minutes=11)
ADDRESS = "https://api.hootsuite.example"


@pytest.fixture
def page(integration):
    return path("console:delivery", integration)


@pytest.fixture
def form(integration):
    return path("console:delivery-connector", integration)


@pytest.fixture
def connected(app, integration) -> Integration:
    """By a way that needs a key, which is set."""
    values = {"address": ADDRESS}
    secrets = {"key": "right", "signing": "kept"}
    connecting.change(integration, "probe_secret", values, secrets=secrets, by=factories.OPERATOR)
    return integration


def text(client: Client, url: str, query: dict | None = None) -> str:
    answer = client.get(url, query or {})
    assert answer.status_code == 200
    return answer.content.decode()


def events(integration) -> list[str]:
    entries = AuditEntry.objects.for_workspace(integration.workspace).filter(action__contains="deliver")
    return [entry.action for entry in entries.order_by("at", "pk")]


def test_at_first_a_way_is_to_be_chosen(as_owner, integration, page):
    shown = text(as_owner, page)

    assert "No way into the app yet" in shown
    assert "Choose how changes reach Hootsuite." in shown
    assert "Switch delivery on" not in shown


def test_every_way_is_offered_with_what_it_can_do(as_owner, app, integration):
    shown = text(as_owner, path("console:delivery-connectors", integration))

    for kind in ("manual", "probe", "probe_events", "probe_secret"):
        assert f"?kind={kind}" in shown
    assert "What Manual task can do" in shown
    assert "Sends each change on its own, in order." in shown


def test_a_way_whose_package_is_broken_is_left_out(as_owner, integration, monkeypatch):
    monkeypatch.setitem(registry.OURS, "broken", "tests.no_such_module.Broken")

    assert "broken" not in text(as_owner, path("console:delivery-connectors", integration))


@pytest.mark.parametrize("kind", ["nonsense", "broken"])
def test_there_are_no_settings_of_a_way_that_is_not_here(as_owner, integration, form, monkeypatch, kind):
    monkeypatch.setitem(registry.OURS, "broken", "tests.no_such_module.Broken")

    assert as_owner.get(form, {"kind": kind}).status_code == 404


def test_without_a_way_its_settings_lead_to_the_choice(as_owner, integration, form):
    assert as_owner.get(form).url == path("console:delivery-connectors", integration)


def test_a_way_is_chosen_with_its_settings(as_owner, app, integration, form, page):
    values = {"app_url": "https://hootsuite.example/users", "instructions": "Ask Kim."}

    answer = as_owner.post(f"{form}?kind=manual", values, follow=True)

    assert "The settings are saved. Test the connection next." in answer.content.decode()
    assert "Manual task" in text(as_owner, page)
    assert connecting.of(integration).settings["instructions"] == "Ask Kim."
    assert "Ask Kim." in text(as_owner, form)


def test_what_is_wrong_stands_at_its_field_with_the_values_kept(as_owner, app, integration, form):
    answer = as_owner.post(f"{form}?kind=probe_secret", {"address": "nonsense", "key": "secret-key"})

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a valid URL." in shown
    assert 'value="nonsense"' in shown
    assert "secret-key" not in shown


def test_a_secret_goes_in_and_never_comes_out(as_owner, owner, app, integration, form, page):
    values = {"address": ADDRESS, "key": "top-secret", "signing": "my-own"}

    answer = as_owner.post(f"{form}?kind=probe_secret", values, follow=True)

    assert connecting.of(integration).secrets["key"] == "top-secret"
    for shown in (answer.content.decode(), text(as_owner, page), text(as_owner, form)):
        assert "top-secret" not in shown
        assert "my-own" not in shown
        assert f"by {owner.user.email}" in shown


def test_an_empty_secret_keeps_what_is_set(as_owner, connected, form):
    as_owner.post(form, {"address": "https://other.example", "key": "", "signing": ""})

    connection = connecting.of(connected)
    assert (connection.secrets["key"], connection.secrets["signing"]) == ("right", "kept")
    assert connection.settings["address"] == "https://other.example"


def test_a_secret_is_asked_for_where_none_is_set(as_owner, app, integration, form):
    answer = as_owner.post(f"{form}?kind=probe_secret", {"address": ADDRESS, "key": ""})

    assert answer.status_code == 422
    assert not connecting.of(integration).secrets


def test_a_secret_that_is_made_is_shown_once(as_owner, app, integration, form, page):
    answer = as_owner.post(f"{form}?kind=probe_secret", {"address": ADDRESS, "key": "k"})

    assert "made-for-you" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert connecting.of(integration).secrets["signing"] == "made-for-you"
    assert "made-for-you" not in text(as_owner, page) + text(as_owner, form)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"address": ADDRESS, "key": "another"}, id="a new secret"),
        pytest.param({"address": "https://evil.example", "key": ""}, id="kept secrets to another address"),
    ],
)
def test_an_old_sign_in_is_confirmed_before_secrets_move(owner, connected, form, values):
    client = sessions.sign_in(Client(), owner, age=OLD)

    answer = client.post(form, values)

    connection = connecting.of(connected)
    assert answer.headers["Location"].startswith("/sign-in/confirm/?next=")
    assert (connection.settings["address"], connection.secrets["key"]) == (ADDRESS, "right")


def test_settings_without_secrets_need_no_new_sign_in(owner, app, integration, form):
    client = sessions.sign_in(Client(), owner, age=OLD)

    client.post(f"{form}?kind=manual", {"instructions": "x"})

    integration.refresh_from_db()
    assert integration.connector == "manual"


def test_another_way_drops_the_secrets_of_the_one_before(as_owner, connected, form):
    assert "Another way takes over" in text(as_owner, f"{form}?kind=manual")
    as_owner.post(f"{form}?kind=manual", {"instructions": ""})

    assert not connecting.of(connected).secrets


@pytest.mark.parametrize(
    ("key", "said"), [("right", "nothing is missing."), ("wrong", "1 thing is missing.")], ids=["fine", "not"]
)
def test_the_connection_is_tested_and_what_is_missing_is_named(as_owner, connected, page, key, said):
    values = {"address": ADDRESS}
    connecting.change(connected, "probe_secret", values, secrets={"key": key}, by=factories.OPERATOR)

    answer = as_owner.post(path("console:delivery-test", connected), follow=True).content.decode()

    assert said in answer
    assert "The app answers." in answer
    assert ("The key may only read." in answer) is (key == "wrong")
    assert "Last tested" in text(as_owner, page)


def test_without_a_way_there_is_nothing_to_test(as_owner, integration):
    answer = as_owner.post(path("console:delivery-test", integration), follow=True).content.decode()

    assert "Choose how changes reach the app first." in answer


def test_the_plan_of_a_person_is_shown_and_nothing_is_sent(as_owner, app, provider, integration):
    connecting.change(integration, "manual", {}, by=factories.OPERATOR)
    provider.person("brand.lead")

    shown = text(as_owner, path("console:delivery-plan", integration), {"user_name": "Brand"})

    assert "If there is none, make one." in shown
    assert "user name: brand.lead@northwind.example" in shown
    assert app.orders == []
    assert not Delivery.objects.for_integration(integration).exists()


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


def test_nobody_is_brought_in_step_while_nothing_is_delivered(as_owner, integration, page):
    assert as_owner.post(path("console:delivery-replan", integration)).url == page


def test_a_held_lane_says_why_and_is_resumed(as_owner, live, page):
    lane = Lane.objects.for_integration(live.integration)
    lane.update(held_at=timezone.now(), held_for="The key was refused.")
    assert "The key was refused." in text(as_owner, page)

    as_owner.post(path("console:delivery-resume", live.integration))

    assert lane.get().held_at is None
    assert events(live.integration)[-1] == Event.DELIVERY_RESUMED


@pytest.fixture
def roles(app, integration):
    connecting.change(integration, "probe", {}, by=factories.OPERATOR)
    return path("console:delivery-roles", integration)


def rows(*pairs: tuple[str, str], **more: str) -> dict:
    usual = {"role_choice": "all", "default_role": ""}
    return {**usual, "left": [pair[0] for pair in pairs], "right": [pair[1] for pair in pairs], **more}


def shown_rows(html: str) -> list[tuple[str, str]]:
    sides = [re.findall(rf'name="{side}" value="([^"]*)"', html) for side in ("left", "right")]
    return [pair for pair in zip(*sides, strict=True) if any(pair)]


def test_rules_say_which_group_gives_which_role(as_owner, integration, roles, page):
    rules = rows(
        ("Admins", "owner"), ("", ""), ("Editors", "editor"), role_choice="highest", default_role="viewer"
    )

    as_owner.post(roles, rules)

    connection = connecting.of(integration)
    assert [(rule["group"], rule["value"]) for rule in connection.roles] == [
        ("Admins", "owner"),
        ("Editors", "editor"),
    ]
    assert (connection.role_choice, connection.default_role) == ("highest", "viewer")
    assert shown_rows(text(as_owner, roles)) == [("Admins", "owner"), ("Editors", "editor")]
    assert "2 rules from group to role." in text(as_owner, page)


@pytest.mark.parametrize(
    ("command", "order"),
    [
        ("up-1", ["b", "a", "c"]),
        ("down-1", ["a", "c", "b"]),
        ("up-0", ["a", "b", "c"]),
        ("down-2", ["a", "b", "c"]),
        ("up-99999", ["a", "b", "c"]),
        ("nonsense", ["a", "b", "c"]),
    ],
)
def test_rules_are_moved_without_being_saved(as_owner, integration, roles, command, order):
    answer = as_owner.post(roles, rows(("a", "1"), ("b", "2"), ("c", "3"), row=command))

    assert answer.status_code == 200
    assert [left for left, _right in shown_rows(answer.content.decode())] == order
    assert connecting.of(integration).roles == []


def test_rows_are_added_without_scripts(as_owner, roles):
    answer = as_owner.post(roles, rows(("a", "1"), row="add")).content.decode()

    assert answer.count('name="left"') == 4


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        pytest.param([("Admins", "")], "Fill in both sides", id="no role"),
        pytest.param([("", "owner")], "Fill in both sides", id="no group"),
        pytest.param([("A", "x"), ("a", "x")], "stands in another row", id="twice"),
        pytest.param([("A", "x" * 201)], "at most 200 characters", id="too long"),
    ],
)
def test_a_rule_that_is_wrong_says_so_at_its_row(as_owner, integration, roles, pairs, problem):
    answer = as_owner.post(roles, rows(*pairs))

    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert connecting.of(integration).roles == []


def test_a_rule_for_a_group_that_has_not_come_is_pointed_out(as_owner, provider, roles):
    provider.group("Editors")
    as_owner.post(roles, rows(("editors", "editor"), ("Edtors", "editor")))

    shown = text(as_owner, roles)

    assert "No group of this name has come yet" in shown
    assert "<p>Edtors</p>" in shown


@pytest.fixture
def attributes(app, integration):
    connecting.change(integration, "probe", {}, by=factories.OPERATOR)
    return path("console:delivery-attributes", integration)


def test_attributes_begin_with_the_usual_ones_and_show_a_real_person(as_owner, provider, attributes):
    provider.person("ada", title="Dr")

    shown = text(as_owner, attributes)

    assert shown_rows(shown) == list(mapping.USUAL.items())
    assert "ada@northwind.example</p>" in shown
    assert ">Dr</p>" in shown


def test_attributes_are_mapped(as_owner, provider, integration, attributes):
    provider.person("ada")

    as_owner.post(attributes, rows(("mail", "emails.work"), ("team", f"{mapping.ENTERPRISE}:department")))

    assert connecting.of(integration).attributes == {
        "mail": "emails.work",
        "team": f"{mapping.ENTERPRISE}:department",
    }


def test_the_usual_ones_are_kept_as_none(as_owner, integration, attributes):
    as_owner.post(attributes, rows(*mapping.USUAL.items()))

    assert connecting.of(integration).attributes == {}


def test_a_preview_shows_another_person_with_what_was_typed(as_owner, provider, integration, attributes):
    provider.person("ada")
    provider.person("ben", nickName="Benny")

    answer = as_owner.post(attributes, rows(("nick", "nickName"), row="preview", user_name="BEN"))

    assert "Benny</p>" in answer.content.decode()
    assert '<option value="nickName">' in answer.content.decode()
    assert connecting.of(integration).attributes == {}


@pytest.mark.parametrize(
    ("pairs", "problem"),
    [
        pytest.param([("mail", "emails[0]")], "This is no attribute", id="no path"),
        pytest.param([("mail", "title"), ("Mail", "title")], "stands in another row", id="twice"),
    ],
)
def test_an_attribute_that_is_wrong_says_so_at_its_row(as_owner, attributes, pairs, problem):
    answer = as_owner.post(attributes, rows(*pairs))

    assert answer.status_code == 422
    assert problem in answer.content.decode()


def test_policies_say_what_leaving_means(as_owner, integration, roles, page):
    policies = path("console:delivery-policies", integration)
    values = {
        "on_deactivate": "remove_roles",
        "on_delete": "deactivate",
        "delete_after_days": "7",
        "width": "1",
    }

    as_owner.post(policies, values)

    connection = connecting.of(integration)
    assert (connection.on_deactivate, connection.delete_after_days) == ("remove_roles", 7)
    assert "The account is deleted 7 days later." in text(as_owner, page)
    assert 'value="7"' in text(as_owner, policies)


@pytest.mark.parametrize(
    ("field", "value"),
    [("width", "2"), ("width", "0"), ("delete_after_days", "3651"), ("on_delete", "explode")],
)
def test_policies_have_their_limits(as_owner, integration, roles, field, value):
    usual = {
        "on_deactivate": "deactivate",
        "on_delete": "deactivate",
        "delete_after_days": "30",
        "width": "1",
    }

    answer = as_owner.post(path("console:delivery-policies", integration), {**usual, field: value})

    assert answer.status_code == 422
    assert connecting.of(integration).delete_after_days == 30


@pytest.mark.parametrize("name", ["delivery", "delivery-connectors", "delivery-roles", "delivery-attributes"])
def test_what_a_page_costs_is_bounded(as_owner, provider, connected, name, queries):
    provider.person("ada")

    assert queries(as_owner, path(f"console:{name}", connected)) <= 16


def test_step_up_age_is_ten_minutes():
    assert settings.STEP_UP_AGE < OLD
