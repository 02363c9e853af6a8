"""What serves a resource: each request is checked as its operation declares, then answered as it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, ClassVar, cast
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ViewSet

from integrations import catalog, roles
from integrations.api import etags, once, paging, schema
from integrations.api.fields import Taken
from integrations.api.operation import Operation
from integrations.api.paging import Order, Page
from integrations.models import ApiKey

Json = dict[str, Any]
# Finds what an id in the address names, among what the ids before it named; Http404 for every other id.
Finder = Callable[[ApiKey, Mapping[str, Any], UUID], Any]
SAFE = {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked: its query and body hold known names with values of their types; `found` is what
    the ids of its address name."""

    request: Request
    key: ApiKey
    found: dict[str, Any]
    query: Json
    body: Json

    def page(self, rows: QuerySet[Any], order: Order) -> Page:
        """The page that is asked for."""
        return paging.page(rows, order, **self._asked())

    def page_of(self, rows: Sequence[Json], key: str) -> Page:
        """As `page`, of a list in memory, in the order of what each entry has under `key`."""
        return paging.page_of(rows, key, **self._asked())

    def _asked(self) -> Json:
        kept = sorted((name, value) for name, value in self.request.query_params.items())
        filters = [(name, value) for name, value in kept if name not in {"limit", "cursor"}]
        scope = f"{self.request.path}?{urlencode(filters)}"
        return {"limit": self.query["limit"], "cursor": self.query["cursor"], "scope": scope}


class Resource(ViewSet):
    """A shelf of operations. `finders` say what the ids of its addresses name."""

    finders: ClassVar[Mapping[str, Finder]] = {}
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    def shown(self, call: Call, **found: Any) -> Any:
        """What a read answers with, for entity tags."""
        raise NotImplementedError


def operation(**declared: Any) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Decorates `method(self, call, **found)`, which returns what `gives` shows, a Page of it, or None."""
    about = Operation(**declared)

    def decorate(method: Callable[..., Any]) -> Callable[..., Response]:
        @extend_schema(**schema.of(about, method))
        @wraps(method)
        def handled(self: Resource, request: Request, **ids: UUID) -> Response:
            call = _opened(self, about, request, ids=ids)
            work = partial(_worked, self, about, method, call=call)
            return once.answer(request, work) if about.makes else work()

        return handled

    return decorate


def _opened(view: Resource, about: Operation, request: Request, *, ids: Mapping[str, UUID]) -> Call:
    """Whose things are not there (404) is told before what a role may not (403), and that before what is
    malformed (400)."""
    key = cast("ApiKey", request.user)  # KeyAuthentication's
    found: dict[str, Any] = {}
    finders = {"integration_id": _integration, **view.finders}
    for name, value in ids.items():
        found[name.removesuffix("_id")] = finders[name](key, found, value)
    roles.require(key, about.action)
    if not about.locks and request.method not in SAFE:
        etags.refuse(request)
    query = _checked(about.asks(data=request.query_params))
    taken = about.takes(data=request.data) if about.takes else None
    body = _checked(taken if taken is not None else Taken(data=request.data))
    return Call(request, key, found, query, body)


def _worked(view: Resource, about: Operation, method: Callable[..., Any], *, call: Call) -> Response:
    act = partial(method, view, call, **call.found)
    if about.locks and call.request.method not in SAFE:

        def tag() -> str:
            shown = _as_json(about.shows or about.gives, view.shown(call, **call.found))
            return etags.of(shown, live=about.live)

        def work() -> Response:
            answer = act()
            if about.gives is None:
                return Response(status=about.status)
            return Response(_as_json(about.gives, answer), status=about.status, headers={"ETag": tag()})

        return etags.change(call.request, call.found[about.locks], tag=tag, act=work)
    return _answer(about, call, act())


def _answer(about: Operation, call: Call, answer: Any) -> Response:
    if about.gives is None:
        return Response(status=status.HTTP_204_NO_CONTENT)
    shown = _as_json(about.gives, answer)
    if not about.locks:
        return Response(shown, status=about.status)
    etag = etags.of(shown, live=about.live)
    # Figures may be others under the same tag: then the whole answer is given.
    if not about.live and etags.is_known(call.request, etag):
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
    return Response(shown, status=about.status, headers={"ETag": etag})


def _as_json(gives: type[BaseSerializer[Any]] | None, answer: Any) -> Any:
    if gives is None:
        return None
    if isinstance(answer, Page):
        return {"results": gives(answer.rows, many=True).data, "next_cursor": answer.next_cursor}
    return gives(answer).data


def _checked(serializer: serializers.Serializer[Any]) -> Json:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _integration(key: ApiKey, _found: Mapping[str, Any], pk: UUID) -> Any:
    return catalog.find(key, pk)


def routes(view: type[Resource], **actions: str) -> Any:
    """The view with what each method of HTTP does: `routes(Members, get="list")`."""
    return view.as_view(dict(actions))
