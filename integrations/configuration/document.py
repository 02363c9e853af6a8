"""The file that holds a workspace's configuration: its form, and reading one that somebody else wrote."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from integrations import idps
from integrations.delivery.models import AppConnection
from integrations.kit.errors import Refused
from integrations.models import Integration

Json = dict[str, Any]
FORMAT = 1
PRODUCT = "cerby-gateway"
LARGEST_BYTES = 16 * 1024 * 1024
# Fields of an integration, and of its connection, as the models name them.
FACTS = ("name", "app", "sign_in_url", "idp", "test_user_name", "rehire", "nested_groups")
MEANING = (
    *("roles", "role_choice", "default_role", "attributes", "on_deactivate", "on_delete"),
    *("delete_after_days", "width", "brake_people", "brake_percent"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One integration of a file. `values` are what is compared and set; `digest` is of the values as they
    were exported, "" where the file does not say it."""

    id: str
    values: Json
    digest: str


def digest(values: Json) -> str:
    """The same for the same configuration."""
    content = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def written(workspace: str, items: list[Json]) -> str:
    """The file's text: the same bytes for the same configuration."""
    document = {"format": FORMAT, "product": PRODUCT, "workspace": workspace, "integrations": items}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read(content: bytes) -> list[Item]:
    """The integrations of a file. Raises Refused with the place of the first fault; nothing is half read."""
    if len(content) > LARGEST_BYTES:
        raise Refused("too_large", _("The file has more than %(n)d bytes.") % {"n": LARGEST_BYTES})
    document = _loaded(content)
    _check_kind(document)
    fault = best_match(Draft202012Validator(SCHEMA).iter_errors(document))
    if fault is not None:
        raise Refused("form", f"{_place(fault.absolute_path)}: {fault.message[:300]}")
    items = [_item(each) for each in document["integrations"]]
    _refuse_twice("id", [item.id for item in items if item.id])
    _refuse_twice("name", [item.values["name"] for item in items])
    return items


def _loaded(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise Refused("form", _("The file is not UTF-8.")) from error
    except json.JSONDecodeError as error:
        where = {"why": error.msg, "line": error.lineno, "column": error.colno}
        words = _("The file is not whole JSON: %(why)s at line %(line)d, column %(column)d.")
        raise Refused("form", words % where) from error
    except RecursionError as error:
        raise Refused("form", _("The file is nested too deeply.")) from error


def _object(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused("form", _("The file gives “%(name)s” twice in one object.") % {"name": twice})
    return found


def _check_kind(document: Any) -> None:
    """Another product's file and a newer one are told before anything in them is."""
    if not isinstance(document, dict) or document.get("product") != PRODUCT:
        raise Refused("product", _("This is no configuration that export_config wrote."))
    if isinstance(document.get("format"), int) and document["format"] > FORMAT:
        words = _(
            "The file has format %(found)d; this version reads up to %(known)d. Import it with a newer one."
        )
        raise Refused("format", words % {"found": document["format"], "known": FORMAT})


def _item(found: Json) -> Item:
    values = {name: found[name] for name in (*FACTS, "archived", "extra_attributes", "connector", *MEANING)}
    return Item(found.get("id", ""), values, found.get("digest", ""))


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        words = _("Two integrations of the file have the %(what)s “%(name)s”.")
        raise Refused("twice", words % {"what": what, "name": twice})


def _place(path: Any) -> str:
    """Where in the file, such as integrations[2].rehire."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or _("the whole file")


def _text(most: int) -> Json:
    # No NUL: PostgreSQL keeps none.
    return {"type": "string", "maxLength": most, "pattern": r"^[^\u0000\ud800-\udfff]*$"}


def _closed(properties: Json, *optional: str) -> Json:
    """An object with these names and no others."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _number(most: int, least: int = 0) -> Json:
    return {"type": "integer", "minimum": least, "maximum": most}


_RULE = _closed({"group": _text(512), "value": _text(200), "name": _text(200)}, "name")
_INTEGRATION = _closed(
    {
        "id": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "digest": _text(64),
        "name": {**_text(80), "minLength": 1},
        "app": _text(80),
        "sign_in_url": _text(2000),
        "idp": {"enum": ["", *(value for value, _label in idps.CHOICES)]},
        "test_user_name": _text(512),
        "rehire": {"enum": Integration.Rehire.values},
        "nested_groups": {"enum": Integration.NestedGroups.values},
        "archived": {"type": "boolean"},
        "extra_attributes": {"type": "array", "items": {"type": "object"}},
        "connector": _closed(
            {
                "kind": _text(40),
                "settings": {"type": "object"},
                "secrets": {"type": "array", "items": _text(80)},
            }
        ),
        "roles": {"type": "array", "items": _RULE, "maxItems": 1_000},
        "role_choice": {"enum": AppConnection.RoleChoice.values},
        "default_role": _text(200),
        "attributes": {"type": "object", "additionalProperties": _text(512)},
        "on_deactivate": {"enum": AppConnection.Leaving.values},
        "on_delete": {"enum": AppConnection.Leaving.values},
        "delete_after_days": _number(3650),
        "width": _number(64, least=1),
        "brake_people": _number(1_000_000),
        "brake_percent": _number(100),
    },
    "id",
    "digest",
)
SCHEMA = _closed(
    {
        "format": {"const": FORMAT},
        "product": {"const": PRODUCT},
        "workspace": _text(60),
        "integrations": {"type": "array", "items": _INTEGRATION, "maxItems": 10_000},
    }
)
