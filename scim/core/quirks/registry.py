"""The identity providers that can be recognised, one line each, and their signals sorted by method."""

from __future__ import annotations

from scim.core.quirks import (
    authentik,
    cyberark,
    duo,
    entra,
    google,
    jumpcloud,
    keycloak,
    okta,
    onelogin,
    pingone,
    rippling,
)
from scim.core.quirks.fingerprint import Fingerprint, Signal

FINGERPRINTS: tuple[Fingerprint, ...] = (
    okta.FINGERPRINT,
    entra.FINGERPRINT,
    onelogin.FINGERPRINT,
    jumpcloud.FINGERPRINT,
    google.FINGERPRINT,
    pingone.FINGERPRINT,
    cyberark.FINGERPRINT,
    rippling.FINGERPRINT,
    duo.FINGERPRINT,
    authentik.FINGERPRINT,
    keycloak.FINGERPRINT,
)

_SIGNALS = tuple(signal for fingerprint in FINGERPRINTS for signal in fingerprint.signals)

BY_SIGNAL: dict[str, tuple[str, int]] = {
    signal.id: (fingerprint.idp, signal.weight)
    for fingerprint in FINGERPRINTS
    for signal in fingerprint.signals
}

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


# The headers that tell something, in lower case.
HEADERS = frozenset(
    {"user-agent"}
    | {name for signal in _SIGNALS for name, _pattern in signal.headers}
    | {signal.header_absent for signal in _SIGNALS if signal.header_absent}
)


def _signals_of(method: str, *, with_body: bool, with_query: bool) -> tuple[Signal, ...]:
    return tuple(
        signal
        for signal in _SIGNALS
        if signal.method in (None, method)
        and (with_body or signal.body is None)
        and (with_query or signal.query is None)
    )


_BY_METHOD = {
    (method, with_body, with_query): _signals_of(method, with_body=with_body, with_query=with_query)
    for method in _METHODS
    for with_body in (True, False)
    for with_query in (True, False)
}


def signals_for(method: str, *, with_body: bool, with_query: bool) -> tuple[Signal, ...]:
    """The signals that a request of this method can show; none for a method that SCIM does not use."""
    return _BY_METHOD.get((method, with_body, with_query), ())
