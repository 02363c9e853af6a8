"""Calls into the app: one request, its answer, a note for the timeline, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from integrations.delivery.connector import Context, Exchange, Failed, Kind, PermanentError, Retry
from integrations.delivery.connectors.rest_template import access, answers, judging, rendering, wording
from integrations.delivery.connectors.rest_template.access import Access
from integrations.delivery.connectors.rest_template.answers import NotUnderstood, Reply
from integrations.delivery.connectors.rest_template.judging import Said, Stopped
from integrations.delivery.connectors.rest_template.recipe import Recipe, Request
from integrations.delivery.connectors.rest_template.rendering import CannotRender, Rendered
from integrations.delivery.connectors.rest_template.templates import Values
from integrations.delivery.telling import http_outcomes, shown_bodies
from integrations.kit import outbound, redact
from integrations.kit.outbound import Answer

MOST_LIST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answered:
    """`url` is what was asked, for links that are relative to it."""

    said: Said
    reply: Reply
    url: str


class App:
    """The app behind a recipe. Holds connections until it is closed."""

    def __init__(self, context: Context, recipe: Recipe, where: Access) -> None:
        self.recipe = recipe
        self._context, self._access = context, where
        self._client = outbound.Client()

    @property
    def base_url(self) -> str:
        return self._access.base_url

    @property
    def takes_over(self) -> bool:
        """Whether an account that another system made may become this gateway's."""
        return bool(self._context.settings.get("takes_over"))

    def close(self) -> None:
        self._client.close()

    def change(self, request: Request, values: Values, *, key: str) -> Answered:
        """Sends what has an effect. Raises Stopped, and what the context raises."""
        rendered = self._rendered(request, values)
        self._context.check()
        header = self.recipe.key_header
        more = {header: _key(key, rendered)} if header else {}
        return self._answered(request, rendered, more, limit=outbound.ANSWER_BYTES)

    def read(
        self, request: Request, values: Values, *, parameters: Mapping[str, str] | None = None, url: str = ""
    ) -> Answered:
        """Asks, without effect; `parameters` come to the query, `url` of the same app stands instead of the
        request's own. Raises Stopped."""
        rendered = self._rendered(request, values)
        if url and urlsplit(url)[:2] != urlsplit(self.base_url)[:2]:
            # The base URL was changed since the app gave that link.
            raise Stopped(Retry(_("The list has to be read anew from its beginning."), of_app=False))
        asked = url or rendering.with_parameters(rendered.url, parameters or {})
        rendered = Rendered(rendered.method, asked, rendered.headers, rendered.body)
        return self._answered(request, rendered, {}, limit=MOST_LIST_BYTES)

    def sketch(self, request: Request, values: Values) -> str:
        """What would be sent, for people's eyes."""
        rendered = self._rendered(request, values)
        return self._context.masked(_sketch(rendered))

    def _rendered(self, request: Request, values: Values) -> Rendered:
        try:
            return rendering.render(request, self.recipe, self.base_url, values=values)
        except CannotRender as error:
            fix = _("Give the person this value, or give the placeholder a default in the recipe.")
            raise Stopped(Failed(Kind.INVALID, str(error), fix=fix)) from error

    def _answered(
        self, request: Request, rendered: Rendered, more: Mapping[str, str], *, limit: int
    ) -> Answered:
        headers = {**rendered.headers, **more, **self._own_headers()}
        try:
            answer = self._client.call(
                rendered.method, rendered.url, headers=headers, body=rendered.body, limit=limit
            )
            reply = _reply(answer)
            self._note(request, rendered, reply.status, answer=answer)
        except outbound.TooLarge as error:
            # What became of the request is known all the same.
            reply = Reply(error.status, problem=str(error))
            self._note(request, rendered, reply.status, words=str(error))
        except outbound.Failed as error:
            self._note(request, rendered, 0, words=str(error))
            raise Stopped(http_outcomes.of_failure(error)) from error
        return Answered(self._judged(reply, request), reply, rendered.url)

    def _judged(self, reply: Reply, request: Request) -> Said:
        try:
            return judging.judge(reply, request, self.recipe)
        except Stopped as stop:
            reason = self._context.masked(stop.reason)
            raise Stopped(replace(stop.outcome, reason=reason)) from None

    def _own_headers(self) -> Mapping[str, str]:
        try:
            own = access.headers(self._access.auth, self._context.secret)
        except PermanentError as error:
            fix = _("Enter it in the settings of the connector.")
            raise Stopped(Failed(Kind.AUTH, str(error), fix=fix)) from error
        # Also in the form in which they are sent: an app may say back what it was sent.
        self._context.hide(*(value.split(" ")[-1] for value in own.values()))
        return own

    def _note(
        self,
        request: Request,
        rendered: Rendered,
        status: int,
        *,
        answer: Answer | None = None,
        words: str = "",
    ) -> None:
        received = shown_bodies.of_bytes(answer.body, self._context.masked) if answer else words
        self._context.note(
            Exchange(
                words=wording.of_request(request.name),
                status=status,
                ms=answer.elapsed_ms if answer else 0,
                sent=_sketch(rendered),
                received=received,
            )
        )


def _reply(answer: Answer) -> Reply:
    try:
        return Reply(answer.status, answer.headers, answers.read_json(answer.body))
    except NotUnderstood as error:
        return Reply(answer.status, answer.headers, problem=str(error))


def _key(key: str, rendered: Rendered) -> str:
    """Stable over tries for the same content: an app that honours it answers a repeat as it answered first,
    and must not do so when something else is sent."""
    said = f"{rendered.method} {rendered.url}\n".encode() + rendered.body
    return f"{key}.{hashlib.sha256(said).hexdigest()[:12]}"


def _sketch(rendered: Rendered) -> str:
    line = f"{rendered.method} {redact.text(rendered.url)}"
    return f"{line}\n{shown_bodies.of_bytes(rendered.body)}" if rendered.body else line
