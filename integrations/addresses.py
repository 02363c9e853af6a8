"""The absolute addresses people and identity providers are given, and the rules for one they give us."""

from __future__ import annotations

import functools
import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

import idna
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from integrations.kit.errors import Refused
from integrations.models import Integration

FALLBACK = "http://127.0.0.1:8000"
# What identity providers ask lies below the second; below the first all answers are SCIM's.
SCIM_ROOT = "/scim/"
SCIM_PREFIX = f"{SCIM_ROOT}v2/"
LONGEST_SIGN_IN_URL = 2000


def base(request: HttpRequest | None = None) -> str:
    """Scheme and host, without a slash at the end.

    From PUBLIC_URL, else the request's host (one of ALLOWED_HOSTS, which Django has checked). Without a
    request, as for mails and commands, a Host header is never asked: what `up` recorded, else the default.
    """
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    if request is not None:
        return f"{request.scheme}://{_host(request)}"
    here, public = recorded()
    return public or here or FALLBACK


def _host(request: HttpRequest) -> str:
    """As request.get_host(), which X-Forwarded-Host does not change here; an allowed host is checked once."""
    sent = request.META.get("HTTP_HOST", "")
    return sent if _is_allowed(sent, tuple(settings.ALLOWED_HOSTS)) else request.get_host()


@functools.lru_cache(maxsize=64)
def _is_allowed(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def absolute(path: str, request: HttpRequest | None = None) -> str:
    return base(request) + path


def scim_gateway_url(integration: Integration, request: HttpRequest | None = None) -> str:
    return absolute(f"{SCIM_PREFIX}{integration.pk}", request)


def bookmark_url(integration: Integration, request: HttpRequest | None = None) -> str:
    return absolute(reverse("bookmark", args=[integration.pk]), request)


class Recorded(NamedTuple):
    """Where the product ran last: `here` it is asked on this machine, `public` is its PUBLIC_URL; either may
    be ""."""

    here: str
    public: str


def record(here: str, *, public: str = "") -> None:
    """Keeps where `up` serves, a line each, for commands and mails: those of another shell do not have its
    PUBLIC_URL."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    text = f"{here}\n{public}".strip()
    (settings.DATA_DIR / "address").write_text(text, encoding="utf-8")


def recorded() -> Recorded:
    try:
        text = (settings.DATA_DIR / "address").read_text(encoding="utf-8")
    except OSError:
        text = ""
    here, _end, public = text.strip().partition("\n")
    return Recorded(here.strip(), public.strip())


def is_loopback(url: str) -> bool:
    return is_loopback_host(urlsplit(url).hostname or "")


def unreachable_reason(url: str) -> str:
    """Why no identity provider in the cloud can use this address: "loopback", "http" or ""."""
    if is_loopback(url):
        return "loopback"
    return "http" if urlsplit(url).scheme != "https" else ""


def sign_in_url(text: str) -> str:
    """The address of an app's sign-in page, checked: https, or http for a loopback host; in ASCII, as a
    header carries it. Raises Refused."""
    url = text.strip()
    if not url:
        return ""
    # A browser reads blanks, control characters and backslashes in an address in its own way: none are taken.
    if not url.isprintable() or set(url) & set(' \\<>"'):
        raise _bad_address()
    try:
        url = _in_ascii(url)
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise _bad_address() from error
    is_whole = _is_host(parts.hostname) and port_is_fine and len(url) <= LONGEST_SIGN_IN_URL
    if not is_whole or parts.username or parts.password:
        raise _bad_address()
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback_host(parts.hostname or "")):
        return url
    raise _bad_address()


def _in_ascii(url: str) -> str:
    """As a browser sends it: the host as IDNA (RFC 5891), the rest percent-encoded (RFC 3987 3.1). Raises
    ValueError where there is no such host."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    host, rest = parts.netloc, url.partition("//")[2].removeprefix(parts.netloc)
    if not host.isascii():
        name, colon, port = host.partition(":")
        host = idna.encode(name, uts46=True).decode() + colon + port
    return f"{parts.scheme}://{host}{iri_to_uri(rest)}"


def _is_host(host: str | None) -> bool:
    """Whether no part of its name is empty."""
    return bool(host) and all(str(host).removesuffix(".").split("."))


def _bad_address() -> Refused:
    return Refused(
        "sign_in_url",
        _("Enter the whole address of the app's sign-in page. It must start with https://."),
        "sign_in_url",
    )


def is_loopback_host(host: str) -> bool:
    host = host.strip("[]")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
