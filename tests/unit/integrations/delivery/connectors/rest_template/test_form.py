"""The settings form, and the preview beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cerby_gateway import demo
from integrations.delivery.connector import Person
from integrations.delivery.connectors.rest_template.form import RestTemplateForm
from integrations.delivery.connectors.rest_template.preview import Preview, preview
from integrations.delivery.connectors.rest_template.recipes import BadRecipe

RECIPE = (Path(demo.__file__).parent / "sample_app_recipe.json").read_text(encoding="utf-8")
GOOD = {"base_url": "https://app.example.com/api/", "recipe": RECIPE, "secret": "s3cret"}


def test_good_settings_are_taken():
    form = RestTemplateForm(GOOD)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["base_url"] == "https://app.example.com/api"
    assert form.cleaned_data["secret"] == "s3cret"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"base_url": ""}, "base_url", "Enter it here, or in the recipe as “base_url”."),
        ({"base_url": "app.example.com"}, "base_url", "Enter an address such as"),
        ({"base_url": "https://u:p@app.example.com"}, "base_url", "Enter an address such as"),
        ({"base_url": "https://app.example.com:x"}, "base_url", "Enter an address such as"),
        ({"base_url": "https://app.example.com?x=1"}, "base_url", "Enter an address such as"),
        ({"auth_kind": "basic"}, "auth_user_name", "Enter the user name."),
        ({"auth_kind": "header"}, "auth_header", "Enter the name of the header."),
        ({"auth_kind": "header", "auth_header": "Host"}, "auth_header", "such as X-Api-Key"),
        ({"secret": ""}, "secret", "This field is required."),
        ({"secret": "a\u00e9b"}, "secret", "characters that a header cannot hold"),
        ({"secret": "a\r\nX-Evil: 1"}, "secret", "characters that a header cannot hold"),
        ({"recipe": "{\n}"}, "recipe", "Line 1: “read” is missing."),
        ({"recipe": ""}, "recipe", "This field is required."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes, field, words):
    form = RestTemplateForm({**GOOD, **changes})

    assert words in str(form.errors[field])


def test_without_authentication_no_secret_is_needed():
    assert RestTemplateForm({**GOOD, "auth_kind": "none", "secret": ""}).is_valid()


def test_a_recipe_with_two_secrets_needs_both():
    recipe = json.loads(RECIPE)
    recipe["auth"] = {"kind": "header", "headers": {"X-Key": "secret", "X-App": "second_secret"}}

    form = RestTemplateForm({**GOOD, "recipe": json.dumps(recipe)})

    assert list(form.errors) == ["second_secret"]


def test_the_preview_shows_each_request_and_no_secret():
    shown = {one.name: one for one in preview(RECIPE, settings={"base_url": "https://crm.example.com"})}

    create = shown["create"]
    assert (create.method, create.url) == ("POST", "https://crm.example.com/accounts")
    assert create.headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Idempotency-Key": "•••",
        "Authorization": "Bearer •••",
    }
    assert json.loads(create.body)["email"] == "ada.lovelace@example.com"
    assert shown["grant"].url.endswith("/accounts/1001/roles/some-role")
    assert shown["find.email"].url.endswith("/accounts?email=ada.lovelace%40example.com")
    assert shown["list"].url.endswith("/accounts?limit=50")
    assert not any(one.problem for one in shown.values())


def test_the_preview_says_what_cannot_be_made_for_somebody():
    nobody = Person(id="1", user_name="nobody")

    shown = {one.name: one for one in preview(RECIPE, nobody)}

    words = "There is no value for person.email, which the request needs."
    assert shown["find.email"] == Preview("find.email", shown["find.email"].words, problem=words)


def test_the_preview_encodes_hostile_values():
    evil = Person(id="1", user_name="../../x?y=1#z\r\nA: b", ref="../admin")

    shown = {one.name: one for one in preview(RECIPE, evil, settings={"base_url": "https://crm.example.com"})}

    assert shown["get"].url == "https://crm.example.com/accounts/..%2Fadmin"
    assert shown["find.user_name"].url.endswith("?login=..%2F..%2Fx%3Fy%3D1%23z%0D%0AA%3A%20b")


def test_the_preview_of_a_bad_recipe_names_its_lines():
    with pytest.raises(BadRecipe) as error:
        preview("{}")

    assert [problem.line for problem in error.value.problems] == [1, 1]
