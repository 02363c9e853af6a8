"""/Bulk: many changes in one request, each done and kept like a request of its own (RFC 7644 3.7)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_scim import views as framework

from scim.core import bulk
from scim.core.bulk import Operation
from scim.core.errors import Conflict, InvalidValue, ScimError
from scim.core.patch.budget import Budget
from scim.core.patch.request import PATCH_SCHEMA
from scim.endpoints import exchange as exchanges
from scim.endpoints import render
from scim.endpoints.exchange import Exchange
from scim.endpoints.frame import ResourceFrame, ScimErrors, load_body
from scim.endpoints.groups import GroupsView
from scim.endpoints.users import UsersView

Json = dict[str, Any]
CONDITIONS = {"HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"}
VIEWS: dict[str, type[Any]] = {"users": UsersView, "groups": GroupsView}


class BulkView(framework.SCIMView, ScimErrors):  # type: ignore[misc]  # django-scim2 is not typed
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        exchange = exchanges.of(request)
        asked = bulk.parse(load_body(exchange, settings.SCIM_GROUP_BODY_LIMIT))
        run = Run(exchange, asked.operations, asked.fail_on_errors)
        return render.answer({"schemas": [bulk.RESPONSE_SCHEMA], "Operations": run.all()})


@dataclass
class Run:
    """One bulk request at work.

    `made` maps each bulkId to the id of what was made, `results` each position to its part of the answer.
    `unfinished` maps the position of what was made too early to the bulkIds that it still waits for.
    `budget`: what all its PATCHes may compare together.
    """

    exchange: Exchange
    operations: Sequence[Operation]
    fail_on_errors: int | None
    made: dict[str, str] = field(default_factory=dict)
    results: dict[int, Json] = field(default_factory=dict)
    unfinished: dict[int, set[str]] = field(default_factory=dict)
    failures: int = 0
    budget: Budget = field(default_factory=Budget)

    @cached_property
    def makers(self) -> dict[str, int]:
        """The position of the operation that each bulkId names."""
        return {op.bulk_id: position for position, op in enumerate(self.operations) if op.bulk_id}

    def all(self) -> list[Json]:
        """The results in the order in which the operations were sent, without those that were not tried."""
        for position in bulk.order(self.operations):
            if self._is_over():
                break
            self._do(position)
            self._close_circles(self.operations[position].bulk_id)
        for position in list(self.unfinished):  # what it refers to was not tried any more
            self._leave_open(position)
        return [self.results[position] for position in sorted(self.results)]

    def _is_over(self) -> bool:
        return self.fail_on_errors is not None and self.failures >= self.fail_on_errors

    def _do(self, position: int) -> None:
        operation = self.operations[position]
        missing = self._missing(operation)
        if fault := operation.fault or self._fault(operation, missing):
            return self._keep(position, render.error(fault))
        data = bulk.resolve(operation.data, self.made)
        if missing:
            data = bulk.without_references(data) or {}
        resource_id = bulk.resolve(operation.resource_id, self.made)
        self._keep(position, self._send(position, operation, resource_id, data=data))
        if missing and operation.bulk_id in self.made:
            self.unfinished[position] = set(missing)
        return None

    def _missing(self, operation: Operation) -> list[str]:
        return [name for name in operation.references if name not in self.made]

    def _fault(self, operation: Operation, missing: Sequence[str]) -> ScimError | None:
        """Why an operation cannot be tried: it refers to nothing, to what failed, or in a circle."""
        for name in missing:
            if name not in self.makers:
                return InvalidValue(f"No operation has the bulkId {name[:100]}.")
            if self.makers[name] in self.results:
                return Conflict(f"The operation with the bulkId {name[:100]} failed, so this was not tried.")
            if operation.method != "POST":
                return Conflict(f"This and the operation with the bulkId {name[:100]} wait for each other.")
        return None

    def _close_circles(self, tried: str) -> None:
        """What refers to each other in a circle was made without the reference. With the operation of the
        bulkId `tried` it can be set, or will never be."""
        for position in [one for one, missing in self.unfinished.items() if tried in missing]:
            if tried not in self.made:
                self._leave_open(position)
                continue
            self.unfinished[position].remove(tried)
            if not self.unfinished[position]:
                self._finish(position)

    def _finish(self, position: int) -> None:
        """Sets what was left out of a resource that was made, and nothing else."""
        del self.unfinished[position]
        operation = self.operations[position]
        left_out = self._left_out(operation)
        if not left_out:
            return
        addition = replace(operation, method="PATCH", version="")
        body = {"schemas": [PATCH_SCHEMA], "Operations": [{"op": "add", "value": left_out}]}
        response = self._send(position, addition, self.made[operation.bulk_id], data=body)
        if response.status_code >= 400:
            self._keep_open(position, response)
        else:
            self.results[position]["version"] = response["ETag"]

    def _left_out(self, operation: Operation) -> Json:
        """What a POST could not say yet. A PATCH would be refused what a POST may say in vain."""
        scim_type = self.exchange.user_type if operation.endpoint == "users" else self.exchange.group_type
        left_out: Json = bulk.resolve(bulk.references_alone(operation.data or {}), self.made)
        ignored = {one.name for one in scim_type.root.sub_attributes if not one.is_kept}
        return {name: value for name, value in left_out.items() if name not in ignored}

    def _leave_open(self, position: int) -> None:
        """RFC 7644 3.7.1: a circle that cannot be resolved is a conflict."""
        del self.unfinished[position]
        names = ", ".join(self._missing(self.operations[position]))[:100]
        fault = Conflict(f"It was made without its reference to {names}, which was not made.")
        self._keep_open(position, render.error(fault))

    def _keep_open(self, position: int, response: HttpResponse) -> None:
        """An operation that was done in part: the client learns where the resource is, and what it lacks."""
        self.failures += 1
        more = {"status": str(response.status_code), "response": json.loads(response.content)}
        self.results[position] |= more

    def _send(
        self, position: int, operation: Operation, resource_id: str, *, data: Json | None
    ) -> HttpResponse:
        """The operation through the view that serves it alone, with a row of its own in the journal."""
        request = self._request(operation)
        path = f"/{operation.endpoint.capitalize()}" + (f"/{resource_id}" if resource_id else "")
        part = Exchange(
            request,
            self.exchange.verified,
            path,
            body=data,
            bulk_number=position + 1,
            budget=self.budget,
        )
        exchanges.attach(part)
        view: ResourceFrame = VIEWS[operation.endpoint]()
        given = {"uuid": resource_id or None}
        view.setup(request, **given)  # type: ignore[attr-defined]  # of django.views.View
        response = ScimErrors.dispatch(cast("ScimErrors", view), request, **given)
        part.finish(response)
        return response

    def _request(self, operation: Operation) -> HttpRequest:
        """A request like the bulk's own, without its body, query and conditions."""
        request = HttpRequest()
        kept = {name: value for name, value in self.exchange.request.META.items() if name not in CONDITIONS}
        request.META = {**kept, "QUERY_STRING": "", "CONTENT_LENGTH": ""}
        if operation.version:
            request.META["HTTP_IF_MATCH"] = operation.version
        request.method = operation.method
        request._body = b""
        return request

    def _keep(self, position: int, response: HttpResponse) -> None:
        operation = self.operations[position]
        result: Json = {"method": operation.method, "status": str(response.status_code)}
        if operation.bulk_id:
            result["bulkId"] = operation.bulk_id
        if "ETag" in response:
            result["version"] = response["ETag"]
        if response.status_code >= 400:
            self.failures += 1
            result["response"] = json.loads(response.content)
        elif operation.method == "POST":
            self.made[operation.bulk_id] = response["Location"].rsplit("/", 1)[-1]
        if location := response.get("Location") or self._location(operation):
            result["location"] = location
        self.results[position] = result

    def _location(self, operation: Operation) -> str:
        """RFC 7644 3.7: every result but that of a failed POST says where the resource is."""
        # The client's own text, which may be percent-encoded already.
        resource_id = quote(bulk.resolve(operation.resource_id, self.made), safe=":%")
        return (
            f"{self.exchange.base_url}/{operation.endpoint.capitalize()}/{resource_id}" if resource_id else ""
        )
