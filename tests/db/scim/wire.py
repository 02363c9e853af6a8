"""Requests as a client writes them, byte by byte, and what every answer of the SCIM service keeps to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django.utils.http import urlencode

from integrations.delivery.models import Change
from integrations.models import Integration
from integrations.traffic.models import RequestLog
from tests.db.console import Provider

Json = dict[str, Any]

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
NOBODY = "0192f1a0-0000-7000-8000-000000000000"


def raw(
    provider: Provider,
    method: str,
    resource: str,
    body: Any = b"",
    *,
    content_type: str = "application/scim+json",
    authorization: str | None = None,
    peer: str = "127.0.0.1",
    **headers: str,
) -> HttpResponse:
    """The whole answer to a request with exactly this body; a dictionary is sent as JSON."""
    content = json.dumps(body) if isinstance(body, dict) else body
    sent = {"authorization": f"Bearer {provider.issued.text}" if authorization is None else authorization}
    sent |= {"user-agent": provider.agent, **{name.replace("_", "-"): text for name, text in headers.items()}}
    answer: Any = provider.client.generic(
        method,
        f"/scim/v2/{provider.integration.pk}{resource}",
        content,
        content_type=content_type,
        headers={name: text for name, text in sent.items() if text},
        REMOTE_ADDR=peer,
    )
    return answer


def patch(provider: Provider, resource: str, *operations: Json) -> tuple[int, Json]:
    return provider.send("PATCH", resource, {"schemas": [PATCH_OP], "Operations": list(operations)})


def read(provider: Provider, resource: str) -> Json:
    status, body = provider.send("GET", resource)
    assert status == 200, body
    return body


def ask(provider: Provider, text: str, kind: str = "/Users") -> HttpResponse:
    """The whole answer to a filter."""
    return raw(provider, "GET", f"{kind}?{urlencode({'filter': text})}")


def found(provider: Provider, text: str, kind: str = "/Users") -> list[str]:
    """The ids that a filter finds, in the order of the list."""
    status, body = provider.send("GET", f"{kind}?{urlencode({'filter': text})}")
    assert status == 200, body
    assert body["totalResults"] == len(body["Resources"])
    return [one["id"] for one in body["Resources"]]


def members(provider: Provider, group: str) -> set[str]:
    return {member["value"] for member in read(provider, f"/Groups/{group}").get("members", [])}


def refusal(response: HttpResponse, status: int, scim_type: str | None = None) -> str:
    """Holds the answer against RFC 7644 3.12; returns the sentence it gives."""
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/scim+json")
    body = json.loads(response.content)
    assert (body["schemas"], body["status"]) == ([ERROR], str(status))
    assert body.get("scimType") == scim_type
    assert body["detail"].endswith(".")
    return body["detail"]


def logged(provider: Provider) -> RequestLog:
    """The newest row of the request log."""
    rows = RequestLog.objects.for_integration(provider.integration).order_by("-at", "-pk")
    newest = rows.first()
    assert newest is not None
    return newest


def changes(provider: Provider) -> list[Change]:
    return list(Change.objects.for_integration(provider.integration).order_by("at", "pk"))


def events(provider: Provider) -> list[str]:
    return [change.event for change in changes(provider)]


def choose(provider: Provider, **settings: str) -> None:
    """What an admin sets on the integration; its counts are left alone."""
    Integration.objects.filter(pk=provider.integration.pk).update(**settings)
    provider.integration.refresh_from_db()


def counts(provider: Provider) -> tuple[int, int]:
    """How many people and groups the integration says it has."""
    provider.integration.refresh_from_db()
    return provider.integration.people_count, provider.integration.group_count


def tables_that_hold(text: str) -> list[str]:
    """The models that hold the text in any row, of whatever tenant."""
    models = apps.get_models()
    return [model.__name__ for model in models if text in str(list(model._default_manager.values()))]


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Runs each in a thread of its own, all begun at the same moment; what they answered, in their order."""
    answers: list[Any] = [None] * len(work)
    start = threading.Barrier(len(work))

    def run(number: int) -> None:
        try:
            start.wait()
            answers[number] = work[number]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
