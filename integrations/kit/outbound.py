"""The one door to the network for connectors: where they may go, for how long, and how much they may read."""

from __future__ import annotations

import functools
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpcore
import httpx
import ssrfguard
from django.conf import settings
from ssrfguard import SSRFGuardError

from integrations.kit import outbound_failures as failures
from integrations.kit import outbound_policy as policies
from integrations.kit import outbound_wire as wire
from integrations.kit.outbound_failures import Dropped, Failed, Refused, TimedOut, TooLarge, Unreachable
from integrations.kit.outbound_wire import within

__all__ = [
    "Answer",
    "Client",
    "Dropped",
    "Failed",
    "Refused",
    "TimedOut",
    "TooLarge",
    "Unreachable",
    "call",
    "check_host",
    "within",
]

ANSWER_BYTES = 64 * 1024
MOST_ANSWER_BYTES = 4 * 1024 * 1024
# A target that moved in DNS is noticed after so many seconds at the latest.
KEPT_S = 30.0
# They describe the connection, or where it goes: the door writes them itself.
OWN_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer"}
    | {"expect", "proxy-authorization", "proxy-connection"}
)
PACKED = frozenset({"gzip", "x-gzip", "deflate"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, a redirect included; names of `headers` are compared without case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    elapsed_ms: int


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    limit: int = ANSWER_BYTES,
) -> Answer:
    """One request on a connection of its own; see `Client.call`."""
    with Client() as client:
        return client.call(method, url, headers=headers, body=body, limit=limit)


class Client:
    """Keeps connections between calls, for one delivery of several; several threads may use it at once.

    Redirects are answers; cookies are not kept; proxies of the environment are not asked.
    """

    def __init__(self) -> None:
        self._direct = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=None,
            keepalive_expiry=KEPT_S,
            network_backend=wire.Backend(),
        )
        self._proxy = _proxy() if settings.OUTBOUND_PROXY else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._direct.close()
        if self._proxy:
            self._proxy.close()

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        limit: int = ANSWER_BYTES,
    ) -> Answer:
        """Sends one request and reads at most `limit` bytes of its answer, whatever its status.

        Takes at most 12 seconds, or what is left of `within`. Raises one of the kinds of Failed.
        """
        request = _request(method, url, headers or {}, body=body)
        policy = policies.of(request.url)
        policies.check(policy, url, str(request.url))
        # A proxy cannot judge what lies in private networks: it is reached directly.
        pool = self._direct if self._proxy is None or policies.is_inside(policy) else self._proxy
        under_way = wire.Call(policy, is_tls=request.url.scheme == "https")
        host = request.url.host
        with wire.running(under_way):
            try:
                return _exchange(pool, request, min(limit, MOST_ANSWER_BYTES))
            except SSRFGuardError as error:
                raise policies.refusal(error, host, policy) from None
            except httpcore.TimeoutException:
                raise failures.too_slow(host, was_sent=under_way.is_sent) from None
            except httpcore.LocalProtocolError:
                raise failures.malformed() from None
            except httpcore.ProxyError:
                raise failures.held_by_proxy(host) from None
            except (httpcore.NetworkError, httpcore.ProtocolError) as error:
                raise _lost(error, request.url, under_way, is_proxied=pool is self._proxy) from None


def check_host(host: str, port: int) -> str:
    """The address to connect to, for what speaks no HTTP, such as SFTP: connect to it, not to the name.

    It is public, or in a network that the operator allows; which ports make sense the caller knows. Raises
    Refused, Unreachable, TimedOut.
    """
    if set(host) & set("/?#@\\[]"):
        raise failures.unclear()
    try:
        policy = policies.of_port(port)
        target = policy.check_url(f"https://[{host}]:{port}/" if ":" in host else f"https://{host}:{port}/")
    except ValueError:
        raise failures.unclear() from None
    except SSRFGuardError as error:
        raise policies.refusal(error, host, policy) from None
    with wire.running(wire.Call(policy)):
        try:
            return str(ssrfguard.resolve(target, policy=policy, resolver=wire.look_up)[0].ip)
        except SSRFGuardError as error:
            raise policies.refusal(error, host, policy) from None
        except httpcore.TimeoutException:
            raise failures.too_slow(host, was_sent=False) from None
        except OSError:
            raise failures.unknown(host) from None


def _request(method: str, url: str, headers: Mapping[str, str], *, body: bytes) -> httpx.Request:
    """The request with what every request of ours says. Raises Refused."""
    for name in headers:
        if name.lower() in OWN_HEADERS:
            raise failures.own_header(name)
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise failures.unclear() from None
    try:
        request = httpx.Request(method, parsed, headers=headers, content=body)
    except ValueError:  # a header that is not ASCII
        raise failures.malformed() from None
    if not (method.isascii() and method.isalpha()):
        raise failures.malformed()
    request.headers["User-Agent"] = f"Cerby-Gateway/{settings.VERSION}"
    request.headers["Accept-Encoding"] = "identity"
    return request


def _exchange(pool: httpcore.ConnectionPool, request: httpx.Request, limit: int) -> Answer:
    started = time.monotonic()
    url = request.url
    response = pool.handle_request(
        httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.content,
            extensions={"timeout": wire.timeouts()},
        )
    )
    try:
        headers = httpx.Headers(response.headers)
        body = _body(response, headers, limit, host=url.host)
    finally:
        response.close()
    return Answer(response.status, headers, body, round((time.monotonic() - started) * 1000))


def _body(response: httpcore.Response, headers: httpx.Headers, limit: int, *, host: str) -> bytes:
    """The body, unpacked where it came packed although we asked for it plain; never more than the limit in
    memory."""
    is_packed = headers.get("content-encoding", "").strip().lower() in PACKED
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out itself which of the two it is
    body, read_bytes = bytearray(), 0
    for chunk in response.iter_stream():
        read_bytes += len(chunk)
        try:
            body += unpacker.decompress(chunk, limit + 1 - len(body)) if is_packed else chunk
        except zlib.error:
            raise failures.garbled(host) from None
        if max(read_bytes, len(body)) > limit:
            raise failures.too_large(host, limit, response.status)
    return bytes(body)


@functools.cache
def _tls() -> ssl.SSLContext:
    """Trusts what browsers trust, and what this machine trusts, such as a company's own authority."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _proxy() -> httpcore.HTTPProxy:
    url = httpx.URL(settings.OUTBOUND_PROXY)
    return httpcore.HTTPProxy(
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=policies.port_of(url), target=b"/"),
        proxy_auth=(url.username, url.password) if url.userinfo else None,
        ssl_context=_tls(),
        max_connections=None,
        keepalive_expiry=KEPT_S,
        network_backend=wire.Backend(policies.of_proxy(url)),
    )


def _lost(error: Exception, url: httpx.URL, under_way: wire.Call, *, is_proxied: bool) -> Failed:
    """What an error of the connection means."""
    cause = error.args[0] if error.args else None
    if under_way.is_sent:
        return failures.dropped(url.host)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return failures.untrusted(url.host, cause)
    if isinstance(cause, ssl.SSLError):
        return failures.no_tls(url.host, policies.port_of(url))
    if is_proxied:
        return failures.no_proxy()
    if not under_way.is_known:
        return failures.unknown(url.host)
    return failures.silent(url.host, policies.port_of(url))
