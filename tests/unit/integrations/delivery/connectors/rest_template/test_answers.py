"""Answers of apps: what is read out of them, and what is refused."""

from __future__ import annotations

import pytest

from integrations.delivery.connectors.rest_template import answers, templates
from integrations.delivery.connectors.rest_template.answers import NotUnderstood, Reply
from integrations.delivery.connectors.rest_template.recipe import Condition, Field, Reading, State

NAME = templates.parse("{{ person.user_name }}", templates.EVERY_NAME)
READING = Reading(
    ref=("id",),
    fields={"user_name": Field(("login",), NAME), "floor": Field(("place", "floor"), NAME)},
    active=State(("status",), ("active", None)),
    roles=("roles", "*", "code"),
)


def test_an_account_is_read():
    item = {"id": 7, "login": "ada", "place": {"floor": 3}, "roles": [{"code": "a"}, {"code": 1}, {}]}

    seen = answers.account(item, READING)

    assert (seen.ref, seen.user_name, seen.attributes) == ("7", "ada", {"floor": 3})
    assert (seen.is_active, seen.roles) == (True, ("a", "1"))


@pytest.mark.parametrize(
    "item",
    [
        None,
        [],
        "text",
        {},
        {"id": None},
        {"id": ""},
        {"id": "  "},
        {"id": True},
        {"id": 1.5},
        {"id": {"x": 1}},
        {"id": ["7"]},
        {"id": "7" * 600},
        {"id": 7, "roles": [{"code": {"x": 1}}]},
        {"id": 7, "roles": [{"code": True}]},
        {"id": 7, "roles": [{"code": str(number)} for number in range(2000)]},
    ],
)
def test_what_is_no_account_is_refused(item):
    with pytest.raises(NotUnderstood):
        answers.account(item, READING)


@pytest.mark.parametrize("login", [None, {"x": 1}, ["ada"], {}])
def test_a_name_of_another_kind_is_no_name(login):
    assert answers.account({"id": 7, "login": login}, READING).user_name == ""


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5000 + b"}",
        b"NaN",
        b'{"a": Infinity}',
    ],
    ids=["html", "half", "no utf-8", "deep", "huge", "nan", "infinity"],
)
def test_what_is_no_json_is_refused(body):
    with pytest.raises(NotUnderstood):
        answers.read_json(body)


def test_no_body_is_no_document():
    assert answers.read_json(b" \r\n") is None


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        (("a", "b"), [1, 2]),
        (("a", "b", "1"), 2),
        (("a", "b", "9"), None),
        (("a", "b", "-1"), None),
        (("a", "b", "9" * 5000), None),
        (("a", "b", "²"), None),
        (("x",), None),
        (("a", "*"), []),
        (("list", "*", "x"), [1]),
        ((), {"a": {"b": [1, 2]}, "list": [{"x": 1}, {}, None]}),
    ],
)
def test_places(pointer, found):
    assert answers.at({"a": {"b": [1, 2]}, "list": [{"x": 1}, {}, None]}, pointer) == found


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition(frozenset({409})), True),
        (Condition(frozenset({404})), False),
        (Condition(frozenset({409}), ("code",), ("taken", "held")), True),
        (Condition(frozenset({409}), ("code",), ("other",)), False),
        (Condition(at=("code",)), True),
        (Condition(at=("nothing",)), False),
        (Condition(at=("nothing",), values=(None,)), True),
        (Condition(at=("one",), values=(True,)), False),
        (Condition(at=("one",), values=(1,)), True),
    ],
)
def test_conditions(condition, holds):
    reply = Reply(409, {}, {"code": "taken", "one": 1})

    assert answers.holds(condition, reply) is holds


def test_halves_of_characters_are_replaced_before_anything_is_read():
    document = answers.read_json(rb'{"id": "x\udfff", "login": "l\ud800"}')

    assert answers.account(document, READING).ref == "x?"
    assert answers.read_json(rb'"\u0000"') == "\N{SYMBOL FOR NULL}"
