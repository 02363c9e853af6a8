"""Placeholders: what they give, and what they cannot reach."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from integrations.delivery.connectors.rest_template import templates
from integrations.delivery.connectors.rest_template.templates import BadTemplate, MissingValue

VALUES = {
    "person.user_name": "Ada",
    "person.email": "ada@northwind.example",
    "person.external_id": "",
    "person.active": False,
    "person.attributes.department": "R & D",
    "person.attributes.floor": 3,
    "roles": ["Editor", "Viewer"],
}


def value(text: str):
    return templates.parse(text, templates.EVERY_NAME).value(VALUES)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{{ person.user_name }}", "Ada"),
        ("{{person.user_name|lower}}", "ada"),
        ("{{ person.user_name | upper }}!", "ADA!"),
        ("{{ person.user_name }} of {{ person.attributes.department }}", "Ada of R & D"),
        ("{{ person.active }}", False),
        ("is {{ person.active }}", "is false"),
        ('{{ person.active | choose "on" "off" }}', "off"),
        ("{{ person.attributes.floor }}", 3),
        ("{{ person.attributes.floor | lower }}", 3),
        ("floor {{ person.attributes.floor }}", "floor 3"),
        ("{{ person.attributes.nothing }}", None),
        ("-{{ person.attributes.nothing }}-", "--"),
        ('{{ person.attributes.nothing | default "none" }}', "none"),
        ('{{ person.external_id | default "" }}', ""),
        ("{{ roles }}", ["Editor", "Viewer"]),
        ("{{ roles | upper }}", ["EDITOR", "VIEWER"]),
        ("{{ roles | first | lower }}", "editor"),
        ("{{ roles }}.", "Editor,Viewer."),
        # What stands for one way to say it stands for the other.
        ("{{ person.attributes.user_name }}", "Ada"),
    ],
)
def test_a_template_gives(text, given):
    assert value(text) == given


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "{{ person.mail }}",
            "The name person.mail is not known here. Known are: account.ref, person.active",
        ),
        ("{{ person.__class__ }}", "is not known here"),
        ("{{ person.attributes.__class__.__mro__ }}", "is not known here"),
        ("{{ settings.SECRET_KEY }}", "is not known here"),
        ("{{ person.user_name.upper }}", "is not known here"),
        ("{{ person['email'] }}", "is not understood"),
        ("{{ roles[0] }}", "“[0]” is not understood"),
        ("{{ roles.0 }}", "is not known here"),
        ("{{ 1 + 1 }}", "is not understood"),
        ("{{ person.email or person.id }}", "After the name comes a filter"),
        ("{{ person.email | eval }}", "The filter eval is not known. Known are: lower, upper"),
        ("{{ person.email | }}", "The filter | is not known"),
        ("{{ person.email | default }}", "The filter default takes 1 texts"),
        ('{{ person.email | default "a" "b" }}', "The filter default takes 1 texts"),
        ("{{ person.email | lower person.id }}", "The filter lower takes 0 texts"),
        ("{{ }}", "A placeholder names a value"),
        ("{{ person.email", "A placeholder begins with {{ and ends with }}."),
        ("person.email }}", "A placeholder begins with {{ and ends with }}."),
        ("{{ {{ person.email }} }}", "is not understood"),
        ("{% if person.email %}{{ x }}", "is not known here"),
        ("a" * 5000, "longer than 4096"),
    ],
)
def test_a_template_that_is_not_understood_is_named(text, words):
    with pytest.raises(BadTemplate) as error:
        value(text)

    assert words in str(error.value)


def test_python_s_own_placeholders_are_plain_text():
    for text in ("{person.email.__class__}", "%(person)s", "${person.email}", "{% load x %}"):
        assert value(text) == text


def test_a_value_that_looks_like_a_template_is_not_looked_into():
    template = templates.parse("{{ person.email }} {{ person.user_name }}", templates.EVERY_NAME)

    made = template.value({"person.email": "{{ person.user_name }}", "person.user_name": "x"})

    assert made == "{{ person.user_name }} x"


@pytest.mark.parametrize(
    ("given", "encoded"),
    [
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("a\r\nSet-Cookie: x", "a%0D%0ASet-Cookie%3A%20x"),
        ("ä", "%C3%A4"),
        ("%2e", "%252e"),
        ("\ud800", "%3F"),
    ],
)
def test_values_are_encoded_for_a_path(given, encoded):
    template = templates.parse("/x/{{ person.email }}", templates.EVERY_NAME)

    made = template.text({"person.email": given}, encode=lambda text: quote(text, safe="", errors="replace"))

    assert made == f"/x/{encoded}"


@pytest.mark.parametrize("nothing", [None, "", []])
def test_a_path_without_its_value_is_refused(nothing):
    template = templates.parse("/accounts/{{ account.ref }}", templates.EVERY_NAME)

    with pytest.raises(MissingValue, match=r"account\.ref"):
        template.text({"account.ref": nothing})


def test_names_of_a_request_without_a_person_are_refused():
    with pytest.raises(BadTemplate, match="takes no placeholders"):
        templates.parse("{{ person.email }}", frozenset())
