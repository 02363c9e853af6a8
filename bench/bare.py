"""A bare Django view that runs the statements of our requests and nothing else.

At its start it sends each kind of request once to the product, in this process, and notes the statements
with their parameters. Then each request of that kind runs the same statements through a cursor, in one
transaction where the product has one, and answers the bytes that the product answered. Ids and names of what
a request makes are made anew, and each GET and PATCH is about the next of many people, so that each writes
rows of its own and none waits for another's.

What the product writes after its answer, in a thread of its own and in batches (the log rows of reads, the
latest contact), the bare view writes like that as well.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import people, workbench  # noqa: F401 - the workbench sets Django up  # isort: skip

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, re_path, set_urlconf

from integrations.kit import ids, transactions
from integrations.traffic import journal

Params = tuple[Any, ...]
Maker = Callable[[dict[str, Any]], Any]
KIND = f"bare{os.getpid()}-"
# How the number of a person stands in names: the pattern's is 0.
PATTERN = f"{KIND}{0:07d}"
PEOPLE = 256
SKIPPED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


Statement = tuple[str, list[Maker]]


@dataclass(slots=True)
class Recipe:
    """The statements of one kind of request, how their parameters are made, and its answer.

    `afterwards` are those of the journal's batch.
    """

    writes: bool
    statements: list[Statement] = field(default_factory=list)
    afterwards: list[Statement] = field(default_factory=list)
    answer: bytes = b""
    status: int = 200


RECIPES: dict[str, Recipe] = {}
# Whom requests are about, by id and number, and the next of them.
_made: list[tuple[UUID, int]] = []
_next = itertools.cycle(_made)
# Requests since the last batch, by kind.
_served = Counter[str]()


def serve(request: HttpRequest) -> HttpResponse:
    kind = request.method or ""
    if kind == "GET" and request.GET.get("filter"):
        kind = "FILTER"
    recipe = RECIPES[kind]
    if request.body:
        json.loads(request.body)
    fresh: dict[str, Any] = {}
    if kind != "POST":
        fresh["person"], number = next(_next)
        fresh["name"] = f"{KIND}{number:07d}"
    if recipe.writes:
        with transactions.write():
            _run(recipe, fresh)
    else:
        _run(recipe, fresh)
    _served[kind] += 1
    return HttpResponse(recipe.answer, status=recipe.status, content_type="application/scim+json")


def _run(recipe: Recipe, fresh: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        for sql, makers in recipe.statements:
            cursor.execute(sql, [make(fresh) for make in makers])
            if cursor.description:
                cursor.fetchall()


def write_batches() -> None:
    """The journal's thread."""
    while True:
        time.sleep(journal.FLUSH_EVERY_S)
        for kind in list(_served):
            if number := _served.pop(kind):
                with transactions.write():
                    _write_batch(RECIPES[kind], number)


def _write_batch(recipe: Recipe, number: int) -> None:
    with connection.cursor() as cursor:
        for sql, makers in recipe.afterwards:
            times = number if sql.startswith("INSERT") else 1
            person, _number = next(_next)
            rows = [[make({"person": person}) for make in makers] for _ in range(times)]
            cursor.execute(sql, rows[0]) if times == 1 else cursor.executemany(sql, rows)


def prepare() -> None:
    """Learns the statements of each kind from the product itself, and makes the people they are about."""
    base = f"/scim/v2/{os.environ['BARE_INTEGRATION']}"
    client = Client(headers={"authorization": f"Bearer {os.environ['BARE_TOKEN']}", "host": "localhost"})
    client.get(f"{base}/Users?count=0")  # the token's first use and its bcrypt check are over
    pattern = _learn("POST", client, f"{base}/Users", body=people.body(0, KIND))
    _made.append((pattern, 0))
    for number in range(1, PEOPLE):
        body = people.encoded(people.body(number, KIND))
        answer = client.post(f"{base}/Users", body, content_type="application/scim+json")
        _made.append((UUID(answer.json()["id"]), number))
    path = f"{base}/Users/{pattern}"
    _learn("GET", client, path, about=pattern)
    name = people.user_name(0, KIND)
    _learn("FILTER", client, f'{base}/Users?filter=userName eq "{name}"', about=pattern)
    change = people.replace("name.familyName", "Reed")
    _learn("PATCH", client, path, body=change, about=pattern)
    journal.stop()


def _learn(
    kind: str, client: Client, path: str, *, body: dict[str, Any] | None = None, about: UUID | None = None
) -> UUID:
    """Notes the statements of one request; returns the id of the person it was about."""
    method = "GET" if kind == "FILTER" else kind
    sent = json.dumps(body) if body is not None else ""
    journal.stop()  # its thread begins anew with this request, and lets half a second pass before it writes
    with _noted() as seen:
        response = client.generic(method, path, sent, content_type="application/scim+json")
    assert response.status_code < 300, response.content
    with _noted() as seen_afterwards:
        journal.flush()
    RECIPES[kind] = Recipe(
        writes=body is not None,
        statements=_statements(seen, about),
        afterwards=_statements(seen_afterwards, about),
        answer=response.content,
        status=response.status_code,
    )
    return about or UUID(json.loads(response.content)["id"])


@contextlib.contextmanager
def _noted() -> Iterator[list[tuple[str, Params]]]:
    """The statements that run meanwhile, with their parameters."""
    seen: list[tuple[str, Params]] = []

    def note(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        seen.append((sql, tuple(params or ())))
        return execute(sql, params, *more)

    with connection.execute_wrapper(note):
        yield seen


def _statements(seen: list[tuple[str, Params]], about: UUID | None) -> list[Statement]:
    inserted = _inserted_ids(seen)
    return [
        (sql, [_maker(param, inserted, about) for param in params])
        for sql, params in seen
        if not sql.startswith(SKIPPED)
    ]


def _inserted_ids(seen: list[tuple[str, Params]]) -> set[str]:
    """Ids of rows that the request inserts: the first parameter of each INSERT that is an id."""
    found = set()
    for sql, params in seen:
        if re.match(r'INSERT INTO "\w+" \("id"', sql):
            found |= {str(param) for param in params[:1] if _is_id(param)}
    return found


def _is_id(param: Any) -> bool:
    return isinstance(param, UUID) or (isinstance(param, str) and bool(re.fullmatch("[0-9a-f]{32}", param)))


def _maker(param: Any, inserted: set[str], about: UUID | None) -> Maker:
    as_text = isinstance(param, str)
    if _is_id(param) and str(param) in inserted:
        return lambda fresh: _fresh_id(fresh, str(param), as_text=as_text)
    if about is not None and param in (about, about.hex):
        return lambda fresh: fresh["person"].hex if as_text else fresh["person"]
    if as_text and PATTERN in param and "{" not in param:
        return lambda fresh: param.replace(PATTERN, _name(fresh))
    return lambda _fresh: param


def _name(fresh: dict[str, Any]) -> str:
    if "name" not in fresh:
        fresh["name"] = f"{KIND}{ids.new().hex}"
    name: str = fresh["name"]
    return name


def _fresh_id(fresh: dict[str, Any], key: str, *, as_text: bool) -> Any:
    if key not in fresh:
        fresh[key] = ids.new()
    made: UUID = fresh[key]
    return made.hex if as_text else made


urlpatterns = [re_path(r"^scim/v2/[^/]+/.*$", serve)]


def _application() -> WSGIHandler:
    prepare()
    threading.Thread(target=write_batches, daemon=True).start()
    settings.MIDDLEWARE, settings.ROOT_URLCONF = [], "bench.bare"
    clear_url_caches()
    set_urlconf(None)
    return WSGIHandler()


if os.environ.get("BARE_INTEGRATION"):
    application = _application()
