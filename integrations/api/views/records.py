"""What was recorded: changes, requests, the audit. Read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404

from integrations.api.paging import ByKey, ByMoment, Page
from integrations.api.resource import Call, Resource, operation
from integrations.api.serializers.records import (
    AuditAsked,
    AuditShown,
    ChangesAsked,
    ChangeShown,
    RequestDetail,
    RequestRow,
    RequestsAsked,
)
from integrations.audit.models import AuditEntry
from integrations.delivery.models import Change
from integrations.models import ApiKey, Integration
from integrations.roles import Action
from integrations.traffic.finding import RESULTS
from integrations.traffic.models import RequestLog


def find_request(_key: ApiKey, found: Mapping[str, Any], pk: UUID) -> RequestLog:
    request = RequestLog.objects.for_integration(found["integration"]).filter(pk=pk).first()
    if request is None:
        raise Http404
    return request


class Changes(Resource):
    @operation(action=Action.INTEGRATION_VIEW, summary="List changes", gives=ChangeShown, asks=ChangesAsked)
    def list(self, call: Call, integration: Integration) -> Page:
        """What was changed in people and groups, the newest first."""
        rows = Change.objects.for_integration(integration).defer("before", "after")
        columns = {"resource": "resource_id", "trace_id": "trace_id", "since": "at__gte"}
        given = {column: call.query[name] for name, column in columns.items() if name in call.query}
        return call.page(rows.filter(**given), ByMoment())


class Requests(Resource):
    finders = {"request_id": find_request}

    @operation(
        action=Action.INTEGRATION_VIEW, summary="List SCIM requests", gives=RequestRow, asks=RequestsAsked
    )
    def list(self, call: Call, integration: Integration) -> Page:
        """What the identity provider asked, the newest first; kept for 30 days."""
        rows = RequestLog.objects.for_integration(integration)
        columns = {"resource": "resource_id", "trace_id": "trace_id"}
        given = {column: call.query[name] for name, column in columns.items() if name in call.query}
        given |= RESULTS.get(call.query.get("result", ""), {})
        return call.page(rows.filter(**given), ByKey(newest_first=True))

    @operation(action=Action.INTEGRATION_VIEW, summary="Read a SCIM request", gives=RequestDetail)
    def retrieve(self, _call: Call, integration: Integration, request: RequestLog) -> RequestLog:
        """With its bodies, and what was expected where it was refused."""
        del integration
        return request


class Audit(Resource):
    @operation(action=Action.AUDIT_VIEW, summary="Read the audit log", gives=AuditShown, asks=AuditAsked)
    def list(self, call: Call) -> Page:
        """What people, keys, commands and support staff did, the newest first."""
        rows = AuditEntry.objects.for_workspace(call.key.workspace)
        if "since" in call.query:
            rows = rows.filter(at__gte=call.query["since"])
        if "until" in call.query:
            rows = rows.filter(at__lt=call.query["until"])
        return call.page(rows, ByMoment())
