"""Departures from the standard: how each is understood, and how it is explained."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core.quirks import normalise
from scim.core.quirks.notes import Notes
from scim.core.quirks.quirk import Code, Quirk, explain


def _noted(notes: Notes) -> list[tuple[str, str]]:
    return [(quirk.code, quirk.detail) for quirk in notes.quirks]


@pytest.mark.parametrize("code", list(Code))
def test_every_departure_has_a_sentence(code: Code):
    sentence = explain(Quirk(code.value, "The {detail}"), "Okta")

    assert sentence.startswith("Okta ")
    assert sentence.endswith(".")
    assert "The {detail}" in sentence


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Entra ID", 'Entra ID sent op "Add"; the standard writes "add". It was understood.'),
        ("", 'The identity provider sent op "Add"; the standard writes "add". It was understood.'),
    ],
)
def test_sentence_names_the_identity_provider(name: str, sentence: str):
    assert explain(Quirk("op-case", "Add"), name) == sentence


def test_notes_are_kept_once_in_order():
    notes = Notes([Quirk("op-case", "Add")])
    notes.quirk(Code.BARE_VALUE, "manager")
    notes.quirk(Code.OP_CASE, "Add")

    assert _noted(notes) == [("op-case", "Add"), ("bare-value", "manager")]


def test_notes_are_bounded():
    notes = Notes()
    for number in range(1_000):
        notes.quirk(Code.DOTTED_KEY, f"{number}" * 200)

    assert len(notes.quirks) == 100
    assert max(len(quirk.detail) for quirk in notes.quirks) == 120


@pytest.mark.parametrize(
    ("sent", "name", "noted"),
    [
        ("add", "add", []),
        ("Add", "add", [("op-case", "Add")]),
        ("REMOVE", "remove", [("op-case", "REMOVE")]),
        ("delete", None, []),
        ("", None, []),
    ],
)
def test_operation_name(sent: str, name: str | None, noted: list[tuple[str, str]]):
    notes = Notes()

    assert normalise.operation_name(sent, notes) == name
    assert _noted(notes) == noted


@pytest.mark.parametrize(
    ("sent", "value", "noted"),
    [
        (True, True, []),
        (False, False, []),
        ("True", True, [("boolean-form", 'active as "True"')]),
        ("fALSE", False, [("boolean-form", 'active as "fALSE"')]),
        (1, True, [("boolean-form", "active as 1")]),
        (0, False, [("boolean-form", "active as 0")]),
        (2, None, []),
        (1.0, None, []),
        ("yes", None, []),
        ("", None, []),
        (None, None, []),
    ],
)
def test_boolean(sent: Any, value: bool | None, noted: list[tuple[str, str]]):
    notes = Notes()

    assert normalise.boolean(sent, "active", notes) is value
    assert _noted(notes) == noted


@pytest.mark.parametrize(
    ("sent", "value", "codes"), [([1, 2], [1, 2], []), ([], [], []), ({"a": 1}, [{"a": 1}], ["one-for-list"])]
)
def test_a_list(sent: Any, value: Any, codes: list[str]):
    notes = Notes()

    assert normalise.a_list(sent, "emails", notes) == value
    assert [code for code, _ in _noted(notes)] == codes


@pytest.mark.parametrize(
    ("sent", "value", "codes"), [("x", {"value": "x"}, ["bare-value"]), ({"a": 1}, {"a": 1}, []), (5, 5, [])]
)
def test_an_object(sent: Any, value: Any, codes: list[str]):
    notes = Notes()

    assert normalise.an_object(sent, "manager", notes) == value
    assert [code for code, _ in _noted(notes)] == codes


@pytest.mark.parametrize(
    ("sent", "value", "codes"),
    [([5], 5, ["list-for-one"]), ([], None, []), ([1, 2], [1, 2], []), ("x", "x", [])],
)
def test_the_only_one(sent: Any, value: Any, codes: list[str]):
    notes = Notes()

    assert normalise.the_only_one(sent, "manager", notes) == value
    assert [code for code, _ in _noted(notes)] == codes


@pytest.mark.parametrize(
    ("body", "value", "noted"),
    [
        ({"Operations": 1, "operations": 2}, 1, []),
        ({"OPERATIONS": 2}, 2, [("key-case", "OPERATIONS")]),
        ({}, None, []),
    ],
)
def test_key(body: dict[str, int], value: int | None, noted: list[tuple[str, str]]):
    notes = Notes()

    assert normalise.key(body, "Operations", notes) == value
    assert _noted(notes) == noted


@pytest.mark.parametrize(
    ("sent", "known", "codes"),
    [("urn:a", "urn:a", []), ("urn:b", "urn:a", ["old-schema"]), ("urn:c", None, ["unknown-schema"])],
)
def test_schema_name(sent: str, known: str | None, codes: list[str]):
    notes = Notes()
    normalise.schema_name(sent, known, notes)

    assert [code for code, _ in _noted(notes)] == codes
