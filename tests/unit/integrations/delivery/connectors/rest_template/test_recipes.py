"""Recipes: what is wrong is named with its line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cerby_gateway import demo
from integrations.delivery.connector import Kind
from integrations.delivery.connectors.rest_template import recipes
from integrations.delivery.connectors.rest_template.recipe import AuthKind, PagingKind
from integrations.delivery.connectors.rest_template.recipes import BadRecipe

SAMPLE = (Path(demo.__file__).parent / "sample_app_recipe.json").read_text(encoding="utf-8")


def problems(text: str) -> list[str]:
    with pytest.raises(BadRecipe) as error:
        recipes.parse(text)
    return [str(problem) for problem in error.value.problems]


def small(**changes: Any) -> dict[str, Any]:
    recipe: dict[str, Any] = {
        "base_url": "https://app.example.com",
        "read": {"ref": "/id", "user_name": "/login", "roles": "/roles/*/code"},
        "requests": {
            "find": {"user_name": {"path": "/users", "query": {"login": "{{ person.user_name }}"}}},
            "create": {"path": "/users", "body": {"login": "{{ person.user_name }}"}},
        },
    }
    return {**recipe, **changes}


def with_request(name: str, request: Any) -> str:
    recipe = small()
    recipe["requests"][name] = request
    return json.dumps(recipe)


def test_the_recipe_of_the_sample_app_is_understood():
    recipe = recipes.parse(SAMPLE)

    assert list(recipe.find) == ["external_id", "user_name", "email"]
    assert recipe.auth.kind is AuthKind.BEARER
    assert recipe.listing is not None
    assert recipe.listing.paging.kind is PagingKind.CURSOR
    assert recipe.errors[0].kind is Kind.CONFLICT
    assert recipe.read.roles == ("roles",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Line 1: This is not JSON: Expecting value, at character 1 of the line."),
        ('{\n "read": {},\n}', "Line 3: This is not JSON: Expecting property name"),
        ("[]", "Line 1: An object in braces belongs here."),
        ('{"a": 1, "a": 2}', "Line 1: The name “a” stands twice in one object."),
        ('{"a": NaN}', "Line 1: NaN is no value of JSON."),
        ("[" * 60_000, "Line 1: It is nested more than 40 levels deep."),
        ("[" * 60 + "]" * 60, "Line 1: It is nested more than 40 levels deep."),
        ('{"a": ' + "9" * 5000 + "}", "Line 1: A number in it is too long."),
        (" " * 70_000, "Line 1: It is longer than 64 KiB."),
    ],
    ids=["empty", "comma", "list", "twice", "nan", "very deep", "deep", "huge number", "long"],
)
def test_what_is_no_recipe_at_all_is_named(text, problem):
    assert problems(text)[0].startswith(problem)


def test_every_problem_is_named_with_its_line():
    text = """{
  "base_url": "ftp://x",
  "colour": "red",
  "read": {
    "user_name": "/login"
  },
  "requests": {
    "find": {
      "user_name": {
        "path": "/users",
        "query": {"q": "{{ person.nick }}"}
      }
    },
    "create": {
      "method": "BREW",
      "path": "users",
      "headers": {"Authorization": "x", "X:Y": "x"},
      "body": {
        "list": [
          "fine",
          "{{ person.email | shout }}"
        ]
      },
      "success": ["ok"]
    }
  }
}"""

    found = problems(text)

    assert [line.split(": ")[0] for line in found] == [
        "Line 2, base_url",
        "Line 3, colour",
        "Line 4, read",
        "Line 11, requests.find.user_name.query.q",
        "Line 15, requests.create.method",
        "Line 16, requests.create.path",
        "Line 17, requests.create.headers.Authorization",
        "Line 17, requests.create.headers.X:Y",
        "Line 21, requests.create.body.list.1",
        "Line 24, requests.create.success",
    ]
    assert found[2] == "Line 4, read: “ref” is missing."


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"path": "//evil.example/x/{{ account.ref }}"}, "begins with one /"),
        ({"path": "{{ account.ref }}"}, "begins with one /"),
        ({"path": "https://evil.example/{{ account.ref }}"}, "begins with one /"),
        ({"path": "/a?all=1&{{ account.ref }}"}, "holds no blanks, ? or #"),
        ({"path": "/a\\b/{{ account.ref }}"}, "holds no blanks"),
        ({"path": "/../{{ account.ref }}"}, "holds no step . or .."),
        ({"path": "/a\nb/{{ account.ref }}"}, "A text on one line"),
        ({"path": "/accounts"}, "says which account is meant"),
        ({"path": "/{{ role.value }}"}, "The name role.value is not known here"),
        ({"path": "/{{ account.ref }}", "headers": {"Host": "x"}}, "cannot be set here"),
        ({"path": "/{{ account.ref }}", "headers": {"X": "a\r\nb"}}, "A text on one line"),
        ({"path": "/{{ account.ref }}", "already": {"is": 1}}, "A condition needs a status"),
        ({"path": "/{{ account.ref }}", "already": {"status": True}}, "A status such as 409"),
        ({"path": "/{{ account.ref }}", "errors": {"when": {"status": 1}}}, "A status such as 409"),
        ({"path": "/{{ account.ref }}", "body": {"{{ person.id }}": 1}}, "A name cannot hold"),
        ({"path": "/{{ account.ref }}", "body": {"$each": "people"}}, "A repeated entry is"),
        ({"path": "/{{ account.ref }}", "form": {"a": {"b": "c"}}}, "holds texts, and no objects"),
        ({"path": "/{{ account.ref }}", "form": {"a": [["b"]]}}, "holds texts, and no objects"),
        ({"path": "/{{ account.ref }}", "form": ["a"]}, "A form is an object"),
        ({"path": "/{{ account.ref }}", "form": {}, "body": {}}, "a form or a body, and not both"),
        ([], "An object in braces"),
    ],
)
def test_a_request_that_could_go_astray_is_refused(request_, words):
    assert words in "\n".join(problems(with_request("update", request_)))


def test_roles_that_cannot_be_seen_cannot_be_given():
    recipe = small(read={"ref": "/id", "user_name": "/login"})
    recipe["requests"]["grant"] = {"path": "/users/{{ account.ref }}/{{ role.value }}"}

    assert "does not say where roles lie" in problems(json.dumps(recipe))[0]


def test_a_role_is_named_in_the_request_that_gives_it():
    assert "which role is meant" in problems(with_request("grant", {"path": "/x/{{ account.ref }}"}))[0]


def test_without_a_way_to_look_there_is_no_recipe():
    recipe = small()
    del recipe["requests"]["find"]

    assert "“find” or “list” is missing" in problems(json.dumps(recipe))[0]


def test_what_is_found_must_be_checkable():
    recipe = small(read={"ref": "/id"})

    assert "cannot be checked" in problems(json.dumps(recipe))[0]


@pytest.mark.parametrize(
    ("auth", "words"),
    [
        ({"kind": "magic"}, "One of these belongs here: bearer, basic, header, none."),
        ({"kind": "basic"}, "“user_name” is missing."),
        ({"kind": "header"}, "which header carries which secret"),
        ({"kind": "header", "headers": {"Cookie": "secret"}}, "cannot carry a secret"),
        ({"kind": "header", "headers": {"X-Key": "a-real-secret"}}, "secret, second_secret"),
        ({"kind": "bearer", "secret": "a-real-secret"}, "secret, second_secret"),
    ],
)
def test_authentication_names_secrets_and_holds_none(auth, words):
    assert words in "\n".join(problems(json.dumps(small(auth=auth))))


@pytest.mark.parametrize(
    ("place", "pointer"),
    [("/a/b", ("a", "b")), ("a.b", ("a", "b")), ("", ()), ("/a~1b/~0", ("a/b", "~")), ("/*/x", ("*", "x"))],
)
def test_places_are_json_pointers_or_dotted(place, pointer):
    assert recipes.parse(json.dumps(small(read={"ref": place, "user_name": "/l"}))).read.ref == pointer
