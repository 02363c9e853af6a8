"""Health for load balancers and monitors."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from integrations import keys
from integrations.kit.errors import Refused


def healthz(_request: HttpRequest) -> JsonResponse:
    """The process is up; no database."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, its migrations are applied and the keys are its own; 503 names what is
    not."""
    try:
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        checks = {
            "database": "ok",
            "migrations": "ok" if migrated else "run manage.py migrate",
            "keys": _keys(),
        }
    except DatabaseError:
        checks = {"database": "does not answer"}
    ready = all(state == "ok" for state in checks.values())
    return JsonResponse({"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503)


def _keys() -> str:
    try:
        keys.check()
    except Refused:
        return "not the keys of this database"
    return "ok"


# The paths of probes: the server answers them apart from pages (rsgi.py).
PROBES = {"/healthz": healthz, "/readyz": readyz}
