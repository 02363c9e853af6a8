"""Bulk requests as a client writes them, and their results."""

from __future__ import annotations

from typing import Any

from scim.core.bulk import REQUEST_SCHEMA, RESPONSE_SCHEMA
from tests.db.scim import wire


def op(method: str, path: str, data: Any = None, **more: str) -> wire.Json:
    sent = {"method": method, "path": path, **more}
    return sent if data is None else {**sent, "data": data}


def user(name: str, **more: Any) -> wire.Json:
    return op("POST", "/Users", {"schemas": [wire.USER], "userName": name, **more}, bulkId=name)


def group(name: str, *members: str, **more: Any) -> wire.Json:
    data = {"displayName": name, "members": [{"value": member} for member in members]}
    return op("POST", "/Groups", data, bulkId=name, **more)


def whole(*operations: Any, **more: Any) -> wire.Json:
    return {"schemas": [REQUEST_SCHEMA], "Operations": list(operations), **more}


def sent(provider, *operations: Any, **more: Any) -> list[wire.Json]:
    """The results of a bulk that was carried out."""
    status, body = provider.send("POST", "/Bulk", whole(*operations, **more))
    assert status == 200, body
    assert body["schemas"] == [RESPONSE_SCHEMA]
    return body["Operations"]


def statuses(results: list[wire.Json]) -> list[str]:
    assert all(isinstance(result["status"], str) for result in results)
    return [result["status"] for result in results]


def made(result: wire.Json) -> str:
    return result["location"].rsplit("/", 1)[-1]
