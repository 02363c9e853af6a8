"""How a call into an app fails, in kinds for programs and in sentences for an admin."""

from __future__ import annotations

import ssl

from django.utils.translation import gettext as _


class Failed(Exception):
    """A call gave no answer; the message is a sentence for an admin and holds no secret."""


class Refused(Failed):
    """The address or the request is not allowed; nothing was sent, and trying again does not help."""


class Unreachable(Failed):
    """No connection: the name, the port, the certificate. Certainly nothing was sent."""


class TimedOut(Failed):
    """`was_sent`: whether a part of the request may have arrived, so that its result is unknown."""

    def __init__(self, message: str, *, was_sent: bool) -> None:
        super().__init__(message)
        self.was_sent = was_sent


class TooLarge(Failed):
    """The answer is longer than its limit; what became of the request says its `status`."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class Dropped(Failed):
    """The connection was lost, or spoke no HTTP, after the request was sent: its result is unknown."""


def unclear() -> Refused:
    return Refused(
        _("This is not an address that is understood. It looks like https://app.example.com/path.")
    )


def with_a_password() -> Refused:
    return Refused(_("The address must not contain a user name or a password."))


def only_https() -> Refused:
    return Refused(
        _(
            "The address must begin with https:// and use port 443 or 8443. Others are reached only in "
            "networks that the operator of this gateway lists in OUTBOUND_ALLOWED_NETWORKS."
        )
    )


def not_public(host: str) -> Refused:
    return Refused(
        _(
            "%(host)s does not lead to a public address. For an app inside a private network, the operator "
            "of this gateway sets OUTBOUND_ALLOWED_NETWORKS."
        )
        % {"host": host}
    )


def own_header(name: str) -> Refused:
    return Refused(_("The header %(name)s cannot be set.") % {"name": name})


def malformed() -> Refused:
    """Says not which part it is: it may be a secret."""
    return Refused(_("The method or a header of the request is not valid."))


def unknown(host: str) -> Unreachable:
    return Unreachable(_("The name %(host)s is not found.") % {"host": host})


def silent(host: str, port: int) -> Unreachable:
    return Unreachable(_("%(host)s does not answer on port %(port)s.") % {"host": host, "port": port})


def untrusted(host: str, error: ssl.SSLCertVerificationError) -> Unreachable:
    words = {"host": host, "reason": error.verify_message.rstrip(".")}
    return Unreachable(_("The certificate of %(host)s cannot be trusted: %(reason)s.") % words)


def no_tls(host: str, port: int) -> Unreachable:
    return Unreachable(_("%(host)s does not speak TLS on port %(port)s.") % {"host": host, "port": port})


def no_proxy() -> Unreachable:
    return Unreachable(_("The proxy in OUTBOUND_PROXY cannot be reached."))


def held_by_proxy(host: str) -> Unreachable:
    return Unreachable(_("The proxy did not let the call to %(host)s pass.") % {"host": host})


def too_slow(host: str, *, was_sent: bool) -> TimedOut:
    return TimedOut(_("%(host)s took too long to answer.") % {"host": host}, was_sent=was_sent)


def too_large(host: str, limit: int, status: int) -> TooLarge:
    words = {"host": host, "size": limit // 1024}
    return TooLarge(_("The answer of %(host)s is longer than %(size)s KiB.") % words, status=status)


def garbled(host: str) -> Dropped:
    return Dropped(_("%(host)s sent an answer that cannot be unpacked.") % {"host": host})


def dropped(host: str) -> Dropped:
    return Dropped(_("%(host)s ended the connection without a whole answer.") % {"host": host})
