"""The addresses people and identity providers are given."""

from __future__ import annotations

import pytest
from django.core.exceptions import DisallowedHost

from integrations import addresses


def test_the_configured_address_wins_over_the_requests_host(settings, rf, integration):
    settings.PUBLIC_URL = "https://gateway.example.com"

    url = addresses.scim_gateway_url(integration, rf.get("/", headers={"host": "localhost"}))

    assert url == f"https://gateway.example.com/scim/v2/{integration.pk}"


def test_the_requests_host_counts_only_when_it_is_allowed(settings, rf):
    settings.PUBLIC_URL = ""

    assert addresses.base(rf.get("/", headers={"host": "127.0.0.1:8000"})) == "http://127.0.0.1:8000"
    with pytest.raises(DisallowedHost):
        addresses.base(rf.get("/", headers={"host": "evil.example"}))


def test_commands_use_the_address_that_was_recorded(settings, tmp_path):
    settings.PUBLIC_URL, settings.DATA_DIR = "", tmp_path / "data"

    assert addresses.base() == addresses.FALLBACK
    addresses.record("http://127.0.0.1:8123")
    assert addresses.base() == "http://127.0.0.1:8123"


def test_links_of_commands_follow_the_public_address_that_was_recorded(settings, tmp_path):
    settings.PUBLIC_URL, settings.DATA_DIR = "", tmp_path
    addresses.record("http://127.0.0.1:9000", public="https://gateway.example.com")

    assert addresses.base() == "https://gateway.example.com"
    assert addresses.recorded() == ("http://127.0.0.1:9000", "https://gateway.example.com")
    addresses.record("http://127.0.0.1:9000")
    assert addresses.base() == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:8000/scim/v2/x", "loopback"),
        ("https://localhost/scim/v2/x", "loopback"),
        ("http://[::1]:8000/", "loopback"),
        ("http://gateway.example.com/", "http"),
        ("https://gateway.example.com/", ""),
    ],
)
def test_an_address_that_no_cloud_provider_can_reach_is_named(url, reason):
    assert addresses.unreachable_reason(url) == reason
