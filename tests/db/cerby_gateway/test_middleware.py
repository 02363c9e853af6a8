"""What every request gets."""

from __future__ import annotations

import ipaddress

import pytest
from django.http import HttpResponse

from cerby_gateway import middleware
from integrations.kit import context

PROXY = "10.0.0.5"


def seen(rf, settings, **meta) -> context.Context:
    """The context that a view would see."""
    settings.TRUSTED_NETWORKS = [ipaddress.ip_network("10.0.0.0/24")]
    found: list[context.Context] = []

    def view(_request):
        found.append(context.current.get())
        return HttpResponse()

    middleware.request_context(view)(rf.get("/", **meta))
    return found[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "origin"),
    [
        pytest.param("192.0.2.1", "", "192.0.2.1", id="direct"),
        pytest.param("192.0.2.1", "198.51.100.7", "192.0.2.1", id="a stranger's header counts for nothing"),
        pytest.param(PROXY, "198.51.100.7", "198.51.100.7", id="a trusted proxy is believed"),
        pytest.param(PROXY, "1.2.3.4, 198.51.100.7", "198.51.100.7", id="what came before the proxy is not"),
        pytest.param(PROXY, "198.51.100.7, 10.0.0.6", "198.51.100.7", id="a chain of trusted proxies"),
        pytest.param(PROXY, "rubbish", None, id="rubbish is no address"),
        pytest.param("", "", None, id="no peer"),
    ],
)
def test_the_origin_is_as_far_as_trusted_proxies_tell(rf, settings, peer, forwarded, origin):
    meta = {"REMOTE_ADDR": peer} | ({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {})

    assert seen(rf, settings, **meta).ip == origin


def test_only_a_trusted_proxy_says_that_the_request_came_by_https(rf, settings):
    settings.TRUSTED_NETWORKS = [ipaddress.ip_network("10.0.0.0/24")]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    secure: list[bool] = []

    def view(request):
        secure.append(request.is_secure())
        return HttpResponse()

    for peer in (PROXY, "192.0.2.1"):
        middleware.request_context(view)(rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https"))

    assert secure == [True, False]


def test_the_trace_id_is_ours_and_the_callers_is_kept_beside_it(rf, settings):
    theirs = "00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01"

    here = seen(rf, settings, HTTP_TRACEPARENT=theirs)

    assert here.caller_trace == theirs
    assert here.trace_id not in theirs
    assert len(here.trace_id) == 32


def test_nothing_is_left_behind_when_a_view_fails(rf):
    def view(_request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        middleware.request_context(view)(rf.get("/"))

    assert context.current.get() is context.NOWHERE
