"""Settings, Delivery: what groups, attributes and leaving mean in the app."""

from __future__ import annotations

import re

import pytest

from integrations.delivery.errands import connecting
from integrations.delivery.wishes import mapping
from tests import factories
from tests.db.console import path
from tests.db.integrations.console.conftest import text


@pytest.fixture
def page(integration):
    return path("console:delivery", integration)


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
        "brake_people": "5",
        "brake_percent": "10",
        "width": "1",
    }

    as_owner.post(policies, values)

    connection = connecting.of(integration)
    assert (connection.on_deactivate, connection.delete_after_days) == ("remove_roles", 7)
    assert "The account is deleted 7 days later." in text(as_owner, page)
    assert 'value="7"' in text(as_owner, policies)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", "2"),
        ("width", "0"),
        ("delete_after_days", "3651"),
        ("on_delete", "explode"),
        ("brake_percent", "101"),
    ],
)
def test_policies_have_their_limits(as_owner, integration, roles, field, value):
    usual = {
        "on_deactivate": "deactivate",
        "on_delete": "deactivate",
        "delete_after_days": "30",
        "brake_people": "5",
        "brake_percent": "10",
        "width": "1",
    }

    answer = as_owner.post(path("console:delivery-policies", integration), {**usual, field: value})

    assert answer.status_code == 422
    assert connecting.of(integration).delete_after_days == 30
