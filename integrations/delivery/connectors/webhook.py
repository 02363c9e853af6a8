"""Webhook: each change is sent to an address of the app, signed as Standard Webhooks 1.0 has it."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import (
    Accepted,
    Capability,
    Connector,
    Done,
    Exchange,
    Failed,
    Finding,
    Json,
    Kind,
    Limits,
    Mode,
    Order,
    Outcome,
    PermanentError,
    Proof,
    Retry,
    SettingsForm,
    Step,
)
from integrations.delivery.telling import event_body, http_outcomes, shown_bodies, signing
from integrations.kit import ids, outbound, redact

ACCEPTED = 202
# RFC 9110 5.6.2: what a header's name is made of.
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
OUR_HEADERS = frozenset({"content-type", "user-agent", "accept-encoding"})


def new_secret() -> str:
    """A signing secret for an admin who brings none: shown to them once, by whoever asked for it."""
    return signing.PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


class WebhookForm(SettingsForm):
    """Where changes are sent, and what proves that they come from here."""

    secret_fields = (signing.CURRENT, signing.PREVIOUS, "header_value")
    made = {signing.CURRENT: new_secret}
    use_required_attribute = False

    url = forms.CharField(
        label=gettext_lazy("Address of the receiver"),
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("Each change is sent to it by POST, as JSON."),
    )
    signing_secret = forms.CharField(
        label=gettext_lazy("Signing secret"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "The receiver checks with it that a message comes from here. It starts with whsec_. Leave it "
            "empty to have one made; it is shown once."
        ),
        error_messages={
            "required": gettext_lazy("Enter the signing secret. It starts with whsec_."),
        },
    )
    previous_signing_secret = forms.CharField(
        label=gettext_lazy("Previous signing secret"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "While the secret is being replaced messages carry two signatures, so that the receiver may "
            "still check with the previous one."
        ),
    )
    header_name = forms.CharField(
        label=gettext_lazy("Further header"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Only if the receiver asks for one, such as X-Api-Key."),
    )
    header_value = forms.CharField(
        label=gettext_lazy("Value of the header"),
        required=False,
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept secret, and shown to nobody again."),
    )

    def clean_url(self) -> str:
        """Which networks may be reached is judged when it is called: a name may lead elsewhere by then."""
        url = str(self.cleaned_data["url"])
        allowed = {"https", "http"} if settings.OUTBOUND_ALLOWED_NETWORKS else {"https"}
        if _is_address(url) and urlsplit(url).scheme in allowed:
            return url
        raise forms.ValidationError(
            _(
                "Enter the whole address, without a user name or a password. It must start with https://. "
                "Receivers by http or in a private network are reached only where the operator allows it, "
                "with OUTBOUND_ALLOWED_NETWORKS."
            )
        )

    def clean_signing_secret(self) -> str:
        return _checked_secret(self.cleaned_data[signing.CURRENT])

    def clean_previous_signing_secret(self) -> str:
        return _checked_secret(self.cleaned_data[signing.PREVIOUS])

    def clean_header_name(self) -> str:
        name = str(self.cleaned_data["header_name"])
        is_ours = name.lower() in OUR_HEADERS | outbound.OWN_HEADERS or name.lower().startswith("webhook-")
        if name and (is_ours or not HEADER_NAME.fullmatch(name)):
            raise forms.ValidationError(_("This header cannot be set. Choose another name."))
        return name

    def clean_header_value(self) -> str:
        value = str(self.cleaned_data["header_value"])
        if not (value.isascii() and value.isprintable()):
            raise forms.ValidationError(_("Enter plain letters, digits and signs on one line."))
        return value


class Webhook(Connector):
    """Tells the app each change in order. What the app makes of it, it says by its answer."""

    kind = "webhook"
    title = gettext_lazy("Webhook")
    summary = gettext_lazy("Each change is sent to an address of the app, in order and signed.")
    mode = Mode.EVENT
    # Everything is told. Nothing can be read back: the proof is what the app answered.
    capabilities = frozenset(
        {
            *(Capability.CREATE, Capability.UPDATE, Capability.RENAME, Capability.ACTIVATE),
            *(Capability.DEACTIVATE, Capability.DELETE, Capability.GRANT, Capability.REVOKE),
            *(Capability.GROUPS, Capability.IDEMPOTENT, Capability.EVIDENCE),
        }
    )
    limits = Limits(width=8)
    settings_form = WebhookForm

    def test(self) -> Sequence[Finding]:
        content = {
            "type": "gateway.test",
            "timestamp": event_body.moment(timezone.now()),
            "data": {"integration": self._integration()},
        }
        came = self._send(f"{ids.new()}.1", event_body.encoded(content), {})
        if isinstance(came, Retry | Failed):
            fix = came.fix if isinstance(came, Failed) else _("Look whether the receiver runs.")
            return [Finding(ok=False, words=came.reason, fix=fix)]
        words = _(
            "The app answered %(status)s to a signed test message. It changes nothing: its type is %(type)s."
        )
        return [Finding(ok=True, words=words % {"status": came.status, "type": "gateway.test"})]

    def plan(self, order: Order) -> Sequence[Step]:
        where = {"host": urlsplit(self._url()).netloc}
        if order.event is None:
            words = _(
                "Changes are sent to %(host)s one by one, as they happen. Now there is nothing to send."
            )
            return [Step(words % where, effect=False)]
        body = self._body(order)
        if body is None:
            return [Step(_too_large().reason, effect=False)]
        words = _("Send %(type)s to %(host)s.") % {**where, "type": order.event.type}
        return [Step(words, shown_bodies.of_bytes(body))]

    def draft(self, order: Order) -> Json:
        return event_body.data(order, order.event, self._integration()) if order.event else {}

    def carry(self, order: Order) -> Outcome:
        if order.event is None:
            return Failed(Kind.INVALID, _("There is no change to tell the app of."))
        body = self._body(order)
        if body is None:
            return _too_large()
        came = self._send(order.key, body, {"webhook-sequence": str(order.sequence)})
        if isinstance(came, Retry | Failed):
            return came
        seen = {
            "status": came.status,
            "webhook_id": order.key,
            "sequence": order.sequence,
            "sent_sha256": hashlib.sha256(body).hexdigest(),
            "answer": shown_bodies.of_bytes(came.body, self.context.masked),
        }
        if came.status == ACCEPTED:
            return Accepted(Proof(_("The app took it (202) and answers later."), seen))
        return Done(Proof(_("The app answered %(status)s.") % {"status": came.status}, seen))

    def _body(self, order: Order) -> bytes | None:
        if order.event is None:
            return None
        callback_url = self.context.callback_url(order.key)
        return event_body.of(order, order.event, integration=self._integration(), callback_url=callback_url)

    def _integration(self) -> dict[str, str]:
        return {"id": self.context.integration_id, "name": self.context.integration_name}

    def _url(self) -> str:
        return str(self.context.settings["url"])

    def _send(self, key: str, body: bytes, more: Mapping[str, str]) -> outbound.Answer | Retry | Failed:
        """One signed POST, noted for the timeline; the answer where it is 2xx."""
        try:
            headers = {**more, **self._headers(key, body)}
        except PermanentError as error:
            # As with a wrong secret: the lane waits until it is set, and nothing is lost.
            return Failed(Kind.AUTH, str(error), _("Enter it in the delivery settings."))
        self.context.check()
        started = time.monotonic()
        try:
            answer = outbound.call("POST", self._url(), headers=headers, body=body)
        except outbound.TooLarge as error:
            answer = outbound.Answer(error.status, {}, str(error).encode(), _since(started))
        except outbound.Failed as error:
            self._note(body, str(error).encode(), ms=_since(started))
            return http_outcomes.of_failure(error)
        self._note(body, answer.body, status=answer.status, ms=answer.elapsed_ms)
        return http_outcomes.of_answer(answer.status, self.context.masked(answer.headers)) or answer

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        """PermanentError where a secret is not set."""
        secret = self.context.secret(signing.CURRENT)
        both = [secret, *self._previous()]
        found = signing.headers(body, key=key, at=timezone.now(), secrets=both)
        name = self.context.settings.get("header_name", "")
        further = {name: self.context.secret("header_value")} if name else {}
        return {"Content-Type": "application/json", **found, **further}

    def _previous(self) -> list[str]:
        try:
            return [self.context.secret(signing.PREVIOUS)]
        except PermanentError:  # no secret is being replaced
            return []

    def _note(self, sent: bytes, received: bytes, *, ms: int, status: int = 0) -> None:
        # An address may carry a key behind its question mark.
        where = urlsplit(self._url())._replace(query="", fragment="").geturl()
        words = f"POST {redact.text(where)}"
        shown = [shown_bodies.of_bytes(body, self.context.masked) for body in (sent, received)]
        self.context.note(Exchange(words, status, ms, *shown))


def _too_large() -> Failed:
    reason = _("What was written in its place is larger than 20 kB, which receivers do not take.")
    return Failed(Kind.INVALID, reason, _("Shorten it."))


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _checked_secret(text: Any) -> str:
    """As it was entered; a missing one is no matter of form."""
    secret = str(text or "").strip()
    if secret and not signing.is_secret(secret):
        raise forms.ValidationError(_("This is no signing secret: whsec_ and then 24 to 64 bytes in base64."))
    return secret


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    clean = url.isprintable() and not set(url) & set(' \\<>"')
    return bool(clean and parts.hostname and port_is_fine and parts.username is None and not parts.fragment)
