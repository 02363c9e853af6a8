"""How our views sit in django-scim2's frame: its dispatch and verbs, our errors, limits and transactions."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.http.response import HttpResponseBase
from django.views import View

from integrations.kit import transactions
from scim.core import body as scim_body
from scim.core import search
from scim.core.errors import (
    BadRequest,
    InvalidSyntax,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    ScimError,
)
from scim.endpoints import exchange as exchanges
from scim.endpoints import failures, limits, media, render, searching
from scim.endpoints.auth import GatewayTokenCheck
from scim.endpoints.exchange import Exchange

log = structlog.get_logger("gateway.scim")
# What is done to a resource that is here.
CHANGES = {"PUT", "PATCH", "DELETE"}
OF_ONE = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"]
OF_ALL = ["GET", "HEAD", "OPTIONS", "POST"]
METHODS = ["get", "head", "post", "put", "patch", "delete", "options"]


class ScimErrors(View):
    """Comes after SCIMView in the line of dispatch, and turns what we raise into SCIM answers."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        exchange = exchanges.of(request)
        try:
            media.check_accept(request)
            response = self.answer(request, *args, **kwargs)
            return response if isinstance(response, HttpResponse) else HttpResponse(status=500)
        except ScimError as fault:
            return _refuse(exchange, fault)
        except RequestDataTooBig:
            return _refuse(exchange, PayloadTooLarge("The body is larger than what is taken here."))
        except (SuspiciousOperation, UnreadablePostError):
            return _refuse(exchange, BadRequest("The request is malformed or was cut off."))
        except DatabaseError as error:
            return _refuse(exchange, failures.of_database(error, exchange))
        except Exception:
            log.exception("scim.failed", method=request.method, path=exchange.path)
            return _refuse(exchange, failures.unforeseen())

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer of the method's own function; a view that has none for any of them replaces this."""
        return super().dispatch(request, *args, **kwargs)

    @property
    def allowed(self) -> list[str]:
        """The methods that the view has."""
        return [name.upper() for name in self.http_method_names if hasattr(self, name)]

    def http_method_not_allowed(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        raise MethodNotAllowed(request.method or "", self.allowed)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ARG002 - of View
        return render.answer(None, status=204, headers={"Allow": ", ".join(self.allowed)})


def _refuse(exchange: Exchange, fault: ScimError) -> HttpResponse:
    exchange.error, exchange.kept = fault, None  # what was kept went with the transaction
    return render.error(fault)


def load_body(exchange: Exchange, limit: int) -> dict[str, Any]:
    """The body of a request, its media type and size looked at first; kept with the exchange."""
    media.check_body(exchange.request)
    exchange.body = scim_body.parse(_raw(exchange.request, limit))
    return exchange.body


def _raw(request: HttpRequest, limit: int) -> bytes:
    """The bytes of a body. One in chunks has no length to look at: it is read up to the limit, no further."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if length or "chunked" not in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        limits.check_size(length, limit)
        return request.body
    raw: bytes = request.META["wsgi.input"].read(limit + 1)
    if len(raw) > limit:
        raise PayloadTooLarge(f"The body has more than {limit} bytes.", remedy="Send it in parts.")
    return raw


class ResourceFrame:
    """Comes before django-scim2's view: rows by our store, bodies by our core, changes in one transaction."""

    body_limit: ClassVar[int] = settings.SCIM_BODY_LIMIT
    shelf: ClassVar[searching.Shelf]
    request: HttpRequest
    kwargs: dict[str, Any]
    scim_adapter: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As SCIMView's, which wraps itself anew for each request: into the token's check, and into
        csrf_exempt, which urls.serve has."""
        inside = functools.partial(ScimErrors.dispatch, cast("ScimErrors", self))
        return GatewayTokenCheck(inside)(request, *args, **kwargs)

    @property
    def exchange(self) -> Exchange:
        return exchanges.of(self.request)

    @property
    def allowed(self) -> list[str]:
        """The methods of one resource, or of all."""
        return OF_ONE if self._has_id() else OF_ALL

    def get_object(self) -> Any:
        """The row of the address, locked when it is to be changed; conditions on its version are held against
        it."""
        is_change = self.request.method in CHANGES
        row = self.scim_adapter.find(self.request, self._row_id(), locked=is_change)
        self.exchange.about(self.shelf.name, row)
        self._check_match(row)
        return row

    def get_single(self, request: HttpRequest) -> HttpResponse:
        self._note_wish()
        adapter = self.scim_adapter(self.get_object(), request=request)
        headers = {"Location": adapter.location, "ETag": adapter.version}
        known = request.META.get("HTTP_IF_NONE_MATCH", "")
        if _names_version(known, adapter.version) and adapter.is_as_it_was():
            return render.answer(None, status=304, headers=headers)
        return render.answer(adapter.to_dict(), headers=headers)

    def get_many(self, request: HttpRequest) -> HttpResponse:
        self.exchange.about(self.shelf.name, None)
        return searching.answer(self.exchange, self.shelf, _wish(request))

    def post(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if self._has_id():
            raise MethodNotAllowed("POST", self.allowed)
        return self._change(self._create)

    def put(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self._change(self._replace)

    def patch(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self._change(self._patch)

    def delete(self, _request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self._change(self._delete)

    def _change(self, work: Callable[[], HttpResponse]) -> HttpResponse:
        """The change, its record and its log row are committed together, or none of them is."""
        if self.request.method in CHANGES and not self._has_id():
            raise MethodNotAllowed(self.request.method or "", self.allowed)
        if self.request.method != "DELETE":
            self._read_body()

        self._note_wish()

        budget = self.exchange.budget
        left = budget.left if budget else 0

        def whole() -> HttpResponse:
            self.exchange.quirks, self.exchange.set_aside = [], []  # done again, it is noted again
            if budget is not None:
                budget.give_back(left)
            response = work()
            self.exchange.keep(response)
            return response

        return transactions.run(whole)

    def _note_wish(self) -> None:
        wish = _wish(self.request)
        self.exchange.attributes, self.exchange.excluded = wish.attributes, wish.excluded

    def _read_body(self) -> None:
        if not (self.exchange.body or load_body(self.exchange, self.body_limit)):
            raise InvalidSyntax("The body is empty.", remedy="Send the resource as a JSON object.")

    def _create(self) -> HttpResponse:
        adapter = self.scim_adapter(None, request=self.request)
        adapter.validate_dict(self.exchange.body)
        adapter.save()
        self.exchange.about(self.shelf.name, adapter.obj)
        return render.answer(
            adapter.to_dict(), status=201, headers={"Location": adapter.location, "ETag": adapter.version}
        )

    def _replace(self) -> HttpResponse:
        adapter = self.scim_adapter(self.get_object(), request=self.request)
        adapter.validate_dict(self.exchange.body)
        adapter.save()
        return render.answer(
            adapter.to_dict(), headers={"Location": adapter.location, "ETag": adapter.version}
        )

    def _patch(self) -> HttpResponse:
        adapter = self.scim_adapter(self.get_object(), request=self.request)
        adapter.patch(self.exchange.body)
        headers = {"Location": adapter.location, "ETag": adapter.version}
        shown = adapter.patched()
        return render.answer(shown, status=200 if shown else 204, headers=headers)

    def _delete(self) -> HttpResponse:
        self.scim_adapter(self.get_object(), request=self.request).delete()
        return render.answer(None, status=204)

    def _has_id(self) -> bool:
        return bool(self.kwargs.get("uuid"))

    def _row_id(self) -> UUID:
        text = self.kwargs["uuid"]
        try:
            return UUID(text)
        except ValueError as error:
            raise NotFound(f"There is no {self.shelf.name} with this id here.") from error

    def _check_match(self, row: Any) -> None:
        """RFC 7644 3.14, RFC 9110 13.1: what is meant for another version than the present one is refused."""
        wanted = self.request.META.get("HTTP_IF_MATCH", "")
        # A read of what is known already is answered 304 instead.
        unwanted = self.request.META.get("HTTP_IF_NONE_MATCH", "") if self.request.method in CHANGES else ""
        if not wanted and not unwanted:
            return
        version = self.scim_adapter(row, request=self.request).version
        if (wanted and not _names_version(wanted, version)) or _names_version(unwanted, version):
            raise PreconditionFailed(f"The resource is at version {version} now.", remedy="Read it again.")


def _wish(request: HttpRequest) -> search.Search:
    """What the address asks for; most have no query."""
    return search.from_query(request.GET) if request.META.get("QUERY_STRING") else search.EVERYTHING


def _names_version(header: str, version: str) -> bool:
    """Whether an If-Match or If-None-Match header names the version; weak comparison (RFC 9110 8.8.3.2)."""
    if not header:
        return False
    named = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in named or version.removeprefix("W/") in named
