"""A bare Django view that runs the statements of our requests and nothing else.

At its start it sends each kind of request once to the product, in this process, and notes the statements
with their parameters. Then each request of that kind runs the same statements through a cursor, in one
transaction where the product has one, and answers the bytes that the product answered. Ids and names of what
a request makes are made anew, so that each create and each PATCH writes rows of its own.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cerby_gateway.settings")

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, re_path, set_urlconf

from bench import people
from integrations.kit import ids, transactions

Params = tuple[Any, ...]
Maker = Callable[[dict[str, Any]], Any]
MARK = "bare-pattern"
SKIPPED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass(slots=True)
class Recipe:
    """The statements of one kind of request, how their parameters are made, and its answer."""

    writes: bool
    statements: list[tuple[str, list[Maker]]] = field(default_factory=list)
    answer: bytes = b""
    status: int = 200


RECIPES: dict[str, Recipe] = {}


def serve(request: HttpRequest) -> HttpResponse:
    kind = request.method or ""
    if kind == "GET" and request.GET.get("filter"):
        kind = "FILTER"
    recipe = RECIPES[kind]
    if request.body:
        json.loads(request.body)
    fresh: dict[str, Any] = {}
    if recipe.writes:
        with transactions.write():
            _run(recipe, fresh)
    else:
        _run(recipe, fresh)
    return HttpResponse(recipe.answer, status=recipe.status, content_type="application/scim+json")


def _run(recipe: Recipe, fresh: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for sql, makers in recipe.statements:
            cursor.execute(sql, [make(fresh) for make in makers])
            if cursor.description:
                cursor.fetchall()


def prepare() -> None:
    """Learns the statements of each kind from the product itself."""
    base = f"/scim/v2/{os.environ['BARE_INTEGRATION']}"
    headers = {"authorization": f"Bearer {os.environ['BARE_TOKEN']}", "host": "localhost"}
    client = Client(headers=headers)
    kind = f"{MARK}-{os.getpid()}-"
    client.get(f"{base}/Users?count=0")  # the token's first use and its bcrypt check are over
    created = _learn("POST", client, f"{base}/Users", body=people.body(0, kind))
    path = f"{base}/Users/{json.loads(created)['id']}"
    _learn("GET", client, path)
    _learn("FILTER", client, f'{base}/Users?filter=userName eq "{people.user_name(0, kind)}"')
    _learn("PATCH", client, path, body=people.replace("name.familyName", MARK))


def _learn(kind: str, client: Client, path: str, *, body: dict[str, Any] | None = None) -> bytes:
    method = "GET" if kind == "FILTER" else kind
    seen: list[tuple[str, Params]] = []

    def note(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        seen.append((sql, tuple(params or ())))
        return execute(sql, params, *more)

    with connection.execute_wrapper(note):
        sent = json.dumps(body) if body is not None else ""
        response = client.generic(method, path, sent, content_type="application/scim+json")
    assert response.status_code < 300, response.content
    known = _inserted_ids(seen)
    recipe = Recipe(writes=body is not None, answer=response.content, status=response.status_code)
    for sql, params in seen:
        if not sql.startswith(SKIPPED):
            recipe.statements.append((sql, [_maker(param, known) for param in params]))
    RECIPES[kind] = recipe
    return response.content


def _inserted_ids(seen: list[tuple[str, Params]]) -> set[str]:
    """Ids of rows that the request inserts: the first parameter of each INSERT that is an id."""
    found = set()
    for sql, params in seen:
        if re.match(r'INSERT INTO "\w+" \("id"', sql):
            found |= {str(param) for param in params[:1] if _is_id(param)}
    return found


def _is_id(param: Any) -> bool:
    return isinstance(param, UUID) or (isinstance(param, str) and bool(re.fullmatch("[0-9a-f]{32}", param)))


def _maker(param: Any, inserted: set[str]) -> Maker:
    if _is_id(param) and str(param) in inserted:
        key, as_text = str(param), isinstance(param, str)
        return lambda fresh: _fresh_id(fresh, key, as_text=as_text)
    if isinstance(param, str) and MARK in param and "{" not in param:
        return lambda fresh: param.replace(MARK, f"bare-{_fresh_id(fresh, 'name', as_text=True)}")
    return lambda _fresh: param


def _fresh_id(fresh: dict[str, Any], key: str, *, as_text: bool) -> Any:
    if key not in fresh:
        fresh[key] = ids.new()
    made: UUID = fresh[key]
    return made.hex if as_text else made


urlpatterns = [re_path(r"^scim/v2/[^/]+/.*$", serve)]


def _application() -> WSGIHandler:
    django.setup(set_prefix=False)
    prepare()
    settings.MIDDLEWARE, settings.ROOT_URLCONF = [], "bench.bare"
    clear_url_caches()
    set_urlconf(None)
    return WSGIHandler()


if os.environ.get("BARE_INTEGRATION"):
    application = _application()
