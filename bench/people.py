"""The people that every bench works with, and the bodies that are sent: the same for each server."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def user_name(number: int, kind: str = "person") -> str:
    return f"{kind}{number:07d}@example.test"


def external_id(number: int, kind: str = "person") -> str:
    return f"ext-{kind}{number:07d}"


def body(number: int, kind: str = "person") -> dict[str, Any]:
    """A person as an IdP creates one; `kind` keeps people of one run apart from those of another."""
    name = user_name(number, kind)
    return {
        "schemas": [USER_SCHEMA],
        "userName": name,
        "externalId": external_id(number, kind),
        "name": {"givenName": "Robin", "familyName": f"Reed{number:07d}"},
        "displayName": f"Robin Reed{number:07d}",
        "title": "Engineer",
        "emails": [{"value": name, "type": "work", "primary": True}],
        "active": True,
    }


def group_body(name: str, member_ids: list[str]) -> dict[str, Any]:
    return {
        "schemas": [GROUP_SCHEMA],
        "displayName": name,
        "members": [{"value": member_id} for member_id in member_ids],
    }


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"schemas": [PATCH_SCHEMA], "Operations": [{"op": "replace", "path": path, "value": value}]}


def add_members(member_ids: Sequence[str]) -> dict[str, Any]:
    values = [{"value": member_id} for member_id in member_ids]
    operation = {"op": "add", "path": "members", "value": values}
    return {"schemas": [PATCH_SCHEMA], "Operations": [operation]}


def remove_member(member_id: str) -> dict[str, Any]:
    operation = {"op": "remove", "path": f'members[value eq "{member_id}"]'}
    return {"schemas": [PATCH_SCHEMA], "Operations": [operation]}


def encoded(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()
