"""The settings of a webhook, as an admin enters them."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from integrations.delivery.connectors import webhook
from integrations.delivery.connectors.webhook import WebhookForm
from integrations.delivery.telling import signing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def errors(**more: str) -> list[str]:
    values = {"url": "https://app.example.com/hook", "signing_secret": SECRET}
    return sorted(WebhookForm({**values, **more}).errors)


@pytest.mark.parametrize(
    "url", ["https://app.example.com/hook?a=1", "https://app.example.com:8443/", "https://[2001:db8::1]/h"]
)
def test_addresses_that_are_taken(url):
    assert errors(url=url) == []


@pytest.mark.parametrize(
    "url",
    [
        *("", "app.example.com", "http://app.example.com/", "ftp://app.example.com/", "https://"),
        *("https://me:pw@app.example.com/", "https://app.example.com/#a", "https://app.example.com:0x/"),
        "https://app.example.com/a b",
    ],
)
def test_addresses_that_are_not_taken(url):
    assert errors(url=url) == ["url"]


def test_http_is_taken_where_the_operator_allows_networks(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("10.0.0.0/8")]

    assert errors(url="http://receiver:8080/hook") == []


@pytest.mark.parametrize(
    "secret",
    ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_*", f"whsec_{'A' * 100}"],
)
def test_secrets_that_are_not_taken(secret):
    assert errors(signing_secret=secret) == ["signing_secret"]


def test_a_secret_that_is_made_is_a_good_one_and_never_the_same():
    made = {webhook.new_secret() for _ in range(50)}

    assert len(made) == 50
    assert all(signing.is_secret(secret) for secret in made)
    assert WebhookForm.made["signing_secret"] is webhook.new_secret


@pytest.mark.parametrize("name", ["Host", "webhook-id", "Content-Type", "Content-Length", "a b", "X:"])
def test_headers_that_cannot_be_set(name):
    assert errors(header_name=name) == ["header_name"]


@pytest.mark.parametrize("value", ["a\nb", "é"])
def test_values_that_no_header_has(value):
    assert errors(header_name="X-Api-Key", header_value=value) == ["header_value"]


def test_every_field_is_explained():
    form = WebhookForm()

    assert all(field.label and field.help_text for field in form.fields.values())
    assert set(form.secret_fields) <= set(form.fields)
