"""One request and its answer, for the journal."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import addresses, idps
from integrations.kit import context, ids, redact
from integrations.models import Integration
from integrations.tokens import Verified
from integrations.traffic import journal
from integrations.traffic.entries import Accepted, LoggedRequest, Sighting
from scim.core.errors import ScimError
from scim.core.patch.budget import Budget
from scim.core.quirks import detection, registry
from scim.core.quirks.fingerprint import RequestFacts
from scim.core.quirks.quirk import Quirk, explain
from scim.core.schema import ResourceType
from scim.endpoints import set_aside
from scim.models import ScimGroup, ScimUser
from scim.store import types
from scim.store.origin import Origin

# A list of people is not kept a second time: what matters of a read is what was asked.
KEPT_ANSWER = 4 * 1024
KEPT_REQUEST = 64 * 1024
# Of the attribute of a request; not of its class, which is Django's.
_NAME = "exchange"
# The headers by which an IdP is recognised, and where a request holds them.
_TELLING = [
    (
        name,
        key if (key := name.upper().replace("-", "_")) in HttpHeaders.UNPREFIXED_HEADERS else f"HTTP_{key}",
    )
    for name in sorted(registry.HEADERS)
]
# What the log's column holds; more is only ever claimed.
LARGEST_SIZE = 2**31 - 1
SCHEME_NOTES = {
    "missing": "The word Bearer was missing before the token. The token was accepted all the same.",
    "doubled": "The word Bearer stood twice before the token. The token was accepted all the same.",
}


@dataclass
class Exchange:
    """What is known of a request with a true token, from its start to its answer."""

    request: HttpRequest
    verified: Verified
    path: str
    at: datetime = field(default_factory=timezone.now)
    started: float = field(default_factory=time.perf_counter)
    body: dict[str, Any] | None = None
    quirks: list[Quirk] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    resource_type: str = ""
    resource: ScimUser | ScimGroup | None = None
    error: ScimError | None = None
    kept: Accepted | None = None
    pending: int = 0
    # What the answer shows: `attributes` and `excludedAttributes` (RFC 7644 3.9).
    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    # The number of this operation in the bulk request it came in.
    bulk_number: int = 0
    # What the PATCH operations of that bulk request may compare together; None for a request of its own.
    budget: Budget | None = None
    _seen: Sighting | None = None

    @property
    def integration(self) -> Integration:
        return self.verified.integration

    @functools.cached_property
    def base_url(self) -> str:
        """The SCIM base, without a slash at the end."""
        return addresses.scim_gateway_url(self.integration, self.request)

    @functools.cached_property
    def user_type(self) -> ResourceType:
        """The User of this integration, with its own attributes."""
        return types.user(self.integration)

    @property
    def group_type(self) -> ResourceType:
        """The Group of this integration, with its policy on groups within groups."""
        return types.group(self.integration)

    @functools.cached_property
    def origin(self) -> Origin:
        shown = self.verified.token.shown_name
        actor = f"{idps.name(self.idp)} ({shown})" if self.idp else shown
        return Origin(self.integration, actor, context.current.get().trace_id, self.idp)

    @property
    def idp(self) -> str:
        """The IdP by id: the admin's choice, else what its requests look like, else ""."""
        recognised = self.verified.token.last_used_idp
        return self.integration.idp or recognised or self._sighting().decisive

    def note(self, quirks: tuple[Quirk, ...], set_aside: tuple[str, ...]) -> None:
        self.quirks += quirks
        self.set_aside += set_aside

    def about(self, resource_type: str, resource: ScimUser | ScimGroup | None) -> None:
        self.resource_type, self.resource = resource_type, resource

    def keep(self, response: HttpResponse) -> None:
        """Writes the log row of a change, in the change's transaction."""
        self.kept = journal.write(self._entry(response))

    def finish(self, response: HttpResponse) -> None:
        """Hands the request to the journal: contact, latest use and, unless it is kept already, its row."""
        journal.record(self.kept or self._entry(response))

    def _entry(self, response: HttpResponse) -> Accepted:
        of_people = self.set_aside if self.resource_type == "User" else ()
        return Accepted(
            self._row(response),
            self.verified.token.pk,
            self._sighting(),
            quirks=frozenset(quirk.code for quirk in self.quirks),
            set_aside=set_aside.described(of_people, self.body) if of_people else (),
        )

    def _sighting(self) -> Sighting:
        """What the request tells of its IdP; a read tells nothing new of one that is recognised."""
        if self._seen is None:
            is_known = self.request.method == "GET" and bool(self.verified.token.last_used_idp)
            self._seen = Sighting() if is_known else self._look()
        return self._seen

    def _look(self) -> Sighting:
        sent = self.request.META
        facts = RequestFacts(
            method=self.request.method or "",
            path=self.path,
            raw_query=sent.get("QUERY_STRING", ""),
            headers={name: sent[key] for name, key in _TELLING if key in sent},
            body=self._body_text if self.body else "",
        )
        seen = detection.recognise(facts)
        signals = tuple((signal, idp, weight) for signal, (idp, weight) in seen.signals.items())
        return Sighting(seen.decisive or "", signals)

    @functools.cached_property
    def _body_text(self) -> str:
        return redact.compact(self.body)

    def _row(self, response: HttpResponse) -> LoggedRequest:
        here = context.current.get()
        resource_id: UUID | None = self.resource.pk if self.resource else None
        label = str(self.resource)[:512] if self.resource else ""
        error = self.error
        return LoggedRequest(
            id=ids.new(),
            integration_id=self.integration.pk,
            at=self.at,
            trace_id=here.trace_id,
            caller_trace=here.caller_trace,
            method=(self.request.method or "")[:8],
            path=redact.text(self.path)[:400],
            query=redact.query(self.request.META.get("QUERY_STRING", ""))[:4200],
            status=response.status_code,
            duration_ms=int((time.perf_counter() - self.started) * 1000),
            size_bytes=_size(self.request),
            ip=here.ip,
            user_agent=here.user_agent,
            token=self.verified.token.shown_name,
            idp=self.idp,
            resource_type=self.resource_type,
            resource_id=resource_id,
            resource_label=label,
            label_key=label.casefold()[:512],
            notes=self._notes(),
            scim_type=(error and error.scim_type) or "",
            **(_said(error) if error else {}),
            request_body=redact.json_text(self._body_text, limit=KEPT_REQUEST)
            if self.body is not None
            else "",
            response_body=_kept_answer(response),
        )

    def _notes(self) -> list[str]:
        name = idps.name(self.idp) if self.quirks else ""
        notes = [explain(quirk, name) for quirk in self.quirks]
        if self.bulk_number:
            notes.insert(
                0, _("This was operation %(number)d of a bulk request.") % {"number": self.bulk_number}
            )
        if self.verified.scheme_fault:
            notes.append(SCHEME_NOTES[self.verified.scheme_fault])
        if self.pending:
            sentence = _("%(number)d members are not known here yet; they join when they arrive.")
            notes.append(sentence % {"number": self.pending})
        if self.set_aside:
            names = ", ".join(sorted(set(self.set_aside))[:20])
            sentence = _("These attributes are not known here and were set aside: %(names)s.")
            notes.append(sentence % {"names": names})
        return notes


def attach(exchange: Exchange) -> None:
    """Puts the exchange where the views of its request find it."""
    setattr(exchange.request, _NAME, exchange)


def of(request: HttpRequest) -> Exchange:
    """The exchange of a request that passed the door."""
    return cast("Exchange", getattr(request, _NAME))


def _said(error: ScimError) -> dict[str, str]:
    """The sentences of an error, which repeat what was sent: also what no database keeps."""
    said = {
        "problem": error.detail,
        "remedy": error.remedy,
        "expected": error.expected,
        "received": error.received,
    }
    return {name: redact.text(text) for name, text in said.items()}


def _size(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or ""
    return min(int(length[:12]), LARGEST_SIZE) if length.isascii() and length.isdecimal() else 0


def _kept_answer(response: HttpResponse) -> str:
    content = response.content
    if not content or (len(content) > KEPT_ANSWER and response.status_code < 400):
        return ""
    return redact.json_text(content.decode())
