"""The readable reference: what the schema says of each operation, as a page shows it."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drf_spectacular.generators import SchemaGenerator

Json = Mapping[str, Any]
JSON = "application/json"
# A list of fields within fields ends here; the schema itself has all of them.
DEEPEST = 3
WORDS = {"string": "text", "integer": "number", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class Field:
    """One name of a body, a query or an answer; `name` is dotted within another."""

    name: str
    type: str
    description: str
    required: bool


@dataclass(frozen=True, slots=True)
class Described:
    """One operation, as words."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    example: str
    status: str
    answer: tuple[Field, ...]
    refusals: tuple[tuple[str, str], ...]


@functools.cache
def schema() -> Json:
    """It depends on nothing of a request."""
    found: Json = SchemaGenerator().get_schema(public=True)
    return found


@functools.cache
def shelves() -> dict[str, list[Described]]:
    """The operations by their shelf, in the order of their addresses."""
    components = schema()["components"]["schemas"]
    found: dict[str, list[Described]] = {}
    for path, methods in schema()["paths"].items():
        for method, about in methods.items():
            found.setdefault(about["tags"][0], []).append(
                _described(path, method, about, components=components)
            )
    return dict(sorted(found.items()))


def _described(path: str, method: str, about: Json, *, components: Json) -> Described:
    answers: Json = about["responses"]
    status = next(code for code in answers if code.startswith("2"))
    content = about.get("requestBody", {}).get("content", {}).get(JSON, {})
    examples = [example["value"] for example in content.get("examples", {}).values()]
    return Described(
        id=about["operationId"],
        method=method.upper(),
        path=path,
        summary=about["summary"],
        description=about.get("description", ""),
        parameters=tuple(_parameter(each, components) for each in about.get("parameters", ()) if _asks(each)),
        body=tuple(_fields(content.get("schema", {}), components)),
        example=json.dumps(examples[0]) if examples else "",
        status=status,
        answer=tuple(_fields(_schema(answers[status]), components)),
        refusals=tuple((code, each["description"]) for code, each in answers.items() if code != status),
    )


def _asks(parameter: Json) -> bool:
    """Ids in the address say what they are."""
    return bool(parameter["in"] != "path")


def _parameter(about: Json, components: Json) -> Field:
    name = about["name"] if about["in"] == "header" else f"?{about['name']}"
    return Field(
        name,
        _type(about["schema"], components),
        about.get("description", ""),
        about.get("required", False),
    )


def _schema(answer: Json) -> Json:
    content: Json = answer.get("content", {}).get(JSON, {})
    schema: Json = content.get("schema", {})
    return schema


def _fields(schema: Json, components: Json, prefix: str = "") -> Iterator[Field]:
    schema = _resolved(schema, components)
    required = set(schema.get("required", ()))
    for name, about in schema.get("properties", {}).items():
        words, shown = _type(about, components), f"{prefix}{name}"
        description = about.get("description") or _resolved(about, components).get("description", "")
        yield Field(shown, words, description, name in required)
        inner = _resolved(about, components)
        rows = inner.get("type") == "array"
        if prefix.count(".") + 1 < DEEPEST:
            item = inner.get("items", {}) if rows else inner
            yield from _fields(item, components, f"{shown}[]." if rows else f"{shown}.")


def _resolved(schema: Json, components: Json) -> Json:
    """The schema behind a reference; of several choices the first that is no null."""
    if "$ref" in schema:
        return _resolved(components[schema["$ref"].rpartition("/")[2]], components)
    for group in ("allOf", "oneOf", "anyOf"):
        if group in schema:
            chosen: Json = next((each for each in schema[group] if each.get("type") != "null"), {})
            return _resolved(chosen, components)
    return schema


def _type(schema: Json, components: Json) -> str:
    """A type in words: "text", "one of a, b", "list of text", "number or null"."""
    about = _resolved(schema, components)
    kinds = about.get("type", "anything")
    several = kinds if isinstance(kinds, list) else [kinds]
    if "enum" in about:
        words = "one of " + ", ".join(str(value) or '""' for value in about["enum"])
    elif "array" in several:
        words = f"list of {_type(about.get('items', {}), components)}"
    else:
        main = next((kind for kind in several if kind != "null"), "anything")
        words = about.get("format") or WORDS.get(main, main)
    return f"{words} or null" if "null" in several and "null" not in words else words
