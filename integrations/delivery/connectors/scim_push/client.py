"""Calls to the app's SCIM: signed in, noted for the timeline, and halted where the app says no."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

from integrations.delivery.connector import Context, Exchange, Failed, Kind
from integrations.delivery.connectors.scim_push import answers
from integrations.delivery.connectors.scim_push.answers import Halted
from integrations.delivery.connectors.scim_push.settings_form import BASIC
from integrations.delivery.telling import http_outcomes, shown_bodies
from integrations.kit import keepable, outbound, redact

Json = dict[str, Any]
PAGE = 100
MOST_READ_THROUGH = 10_000
NO_SUCH_SEARCH = frozenset({400, 404, 501})
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is {} where there is none; `is_cut`: it was too long to be read."""

    status: int
    body: Json = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_cut: bool = False

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def resources(self) -> list[Json]:
        """What a list holds. RFC 7644 3.4.2: `Resources` may be missing when there is nothing."""
        found = self.body.get("Resources")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def total(self) -> int:
        found = self.body.get("totalResults")
        return found if isinstance(found, int) else len(self.resources)


class Client:
    """One app, for one order. What the app does not go along with raises Halted; a lost lane
    LaneLostError."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._http = outbound.Client()

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, *, bears: Collection[int] = (), may_cut: bool = False, **query: Any) -> Reply:
        """Reads. Statuses in `bears` come back instead of halting."""
        reply = self._call("GET", f"{path}?{urlencode(query, quote_via=quote)}" if query else path)
        if reply.is_cut and not may_cut:
            words = _("The app's answer is too long to be read.")
            raise Halted(Failed(Kind.UNKNOWN, words, _("Ask the maker of the app for shorter answers.")))
        return _judged(reply, bears)

    def send(self, method: str, path: str, body: Json | None = None, *, bears: Collection[int] = ()) -> Reply:
        """Has an effect, so the lane is checked first."""
        self._context.check()
        return _judged(self._call(method, path, body), bears)

    def patch(self, path: str, *operations: Json, bears: Collection[int] = ()) -> Reply:
        body = {"schemas": [PATCH_OP], "Operations": operations}
        return self.send("PATCH", path, body, bears=bears)

    def search(self, path: str, condition: str, **query: Any) -> list[Json] | None:
        """What a filter finds; None where the app cannot search like that."""
        reply = self.get(path, bears=NO_SUCH_SEARCH, filter=condition, **query)
        # RFC 7644 3.4.2: nothing found is 200; some apps say 404.
        return reply.resources if reply.is_good or reply.status == 404 else None

    def pages(self, path: str, **query: Any) -> Iterator[Json]:
        """Every resource, page by page. Halts beyond what can be read through for one order."""
        start = 1
        while start <= MOST_READ_THROUGH:
            reply = self.get(path, startIndex=start, count=PAGE, **query)
            yield from reply.resources
            start += len(reply.resources)
            if not reply.resources or start > reply.total:
                return
        words = _("The app cannot be searched, and has more than %(number)d entries.")
        raise Halted(Failed(Kind.INVALID, words % {"number": MOST_READ_THROUGH}))

    def _call(self, method: str, path: str, body: Json | None = None) -> Reply:
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        exchange = Exchange(redact.text(f"{method} {path}"), sent=shown_bodies.of_bytes(sent))
        try:
            answer = self._http.call(
                method,
                f"{self._context.settings['base_url']}{path}",
                headers=self._headers(),
                body=sent,
                limit=outbound.MOST_ANSWER_BYTES,
            )
        except outbound.TooLarge as error:
            # It was done, or refused, whatever more it says.
            self._context.note(replace(exchange, status=error.status, received=str(error)))
            return Reply(error.status, is_cut=True)
        except outbound.Failed as error:
            self._context.note(replace(exchange, received=str(error)))
            raise Halted(http_outcomes.of_failure(error)) from error
        found = _parsed(answer.body)
        received = shown_bodies.of_bytes(answer.body, self._context.masked)
        self._context.note(replace(exchange, status=answer.status, ms=answer.elapsed_ms, received=received))
        if found is None and 200 <= answer.status < 300 and method == "GET":
            raise Halted(answers.not_scim(answer.status))
        reply = Reply(answer.status, found or {}, answer.headers)
        if reply.is_good:
            return reply
        # People read what an app says with its no.
        masked = self._context.masked
        return replace(reply, body=masked(reply.body), headers=masked(reply.headers))

    def _headers(self) -> dict[str, str]:
        context = self._context
        if context.settings.get("sign_in") == BASIC:
            pair = f"{context.settings['user_name']}:{context.secret('password')}"
            encoded = base64.b64encode(pair.encode()).decode()
            context.hide(encoded)
            signed = f"Basic {encoded}"
        else:
            signed = f"Bearer {context.secret('token')}"
        return {
            "Authorization": signed,
            "Accept": "application/scim+json, application/json",
            "Content-Type": "application/scim+json",
        }


def address(path: str, ref: str) -> str:
    """Of one resource; an id is the app's, and may hold anything."""
    return f"{path}/{quote(ref, safe='')}"


def equals(attribute: str, value: str) -> str:
    """A filter. RFC 7644 3.4.2.2: its values are written as in JSON."""
    return f"{attribute} eq {json.dumps(value, ensure_ascii=False)}"


def _judged(reply: Reply, bears: Collection[int]) -> Reply:
    if reply.is_good or reply.status in bears:
        return reply
    raise Halted(answers.of_status(reply.status, reply.headers, reply.body))


def _parsed(body: bytes) -> Json | None:
    """{} for no body; None for what is no JSON object, or holds a NUL: an id would be another one without
    it."""
    if not body.strip():
        return {}
    try:
        found = json.loads(body)
        is_whole = r"\u0000" not in json.dumps(found)
        # Halves of characters are replaced: they cannot be kept, or sent, either.
        return keepable.value(found) if isinstance(found, dict) and is_whole else None
    except (ValueError, RecursionError):
        return None
