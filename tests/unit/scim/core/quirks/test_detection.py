"""Recognising the identity provider behind a connection."""

from __future__ import annotations

import pytest

from scim.core.quirks import detection, registry
from scim.core.quirks.fingerprint import Fingerprint, RequestFacts


def _signals(facts: RequestFacts) -> set[str]:
    return set(detection.recognise(facts).signals) - {"entra-no-ua"}


@pytest.mark.parametrize(
    ("agent", "decisive", "hint"),
    [
        ("Okta SCIM Client 1.0.0", "okta", None),
        ("okta scim integration", "okta", None),
        ("Google-Auto-Provisioning", "google", None),
        ("OneLogin SCIM", None, "onelogin"),
        ("goauthentik.io/2026.1", None, "authentik"),
        ("Idaptive/1", None, "cyberark"),
        ("curl/8", None, None),
        ("not okta scim client", None, None),
        ("x" * detection.AGENT_CHARACTERS + "jumpcloud", None, None),
        ("", None, None),
    ],
)
def test_agent_decides_only_when_proven(agent: str, decisive: str | None, hint: str | None):
    sighting = detection.recognise(RequestFacts("GET", "/Users", headers={"user-agent": agent}))

    assert (sighting.decisive, sighting.hint) == (decisive, hint)


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "signals"),
    [
        ("GET", "/Users", "startIndex=1&count=2", "", {"okta-count2"}),
        ("GET", "/Users", "startIndex=1&count=2&", "", {"onelogin-amp"}),
        ("POST", "/Users", "", '{"externalId":"00u1example000000001"}', {"okta-00u"}),
        (
            "PATCH",
            "/Users/1",
            "",
            '{"Operations":[{"op":"replace","value":{"active":false}}]}',
            {"okta-pathless-active"},
        ),
        ("POST", "/Users", "", '{"password":"x","groups":[]}', {"okta-password"}),
        ("PATCH", "/Users/1", "", '{"op":"Add"}', {"entra-caps"}),
        ("POST", "/Users", "", '{"op":"Add"}', set()),
        ("PATCH", "/Users/1", "", '{"op":"replace","path":"active","value":"False"}', {"entra-string-bool"}),
        ("GET", "/Groups/1", "excludedAttributes=members", "", {"entra-excluded"}),
        (
            "POST",
            "/Groups",
            "",
            '"http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"',
            {"entra-adscim"},
        ),
        (
            "GET",
            "/Users",
            "filter=userName+eq+%227f4bc1a3-0000-4000-8000-5accb43efb0e%22",
            "",
            {"entra-guid-probe"},
        ),
        ("GET", "/Users", "aadOptscim062020", "", {"entra-flag"}),
        ("PATCH", "/Groups/1", "", '{"$ref":null}', {"entra-ref-null"}),
        ("PATCH", "/Users/1", "", '{"value":{"displayName":"x","name.givenName":"y"}}', {"entra-dotted"}),
        (
            "POST",
            "/Users",
            "",
            '{"schemas":["urn:scim:schemas:core:1.0"],"id":null}',
            {"onelogin-old-schema", "onelogin-id-null"},
        ),
        ("PATCH", "/Users/1", "", '{"op":"replace","path":"name.givenName"}', {"jumpcloud-paths"}),
        ("PATCH", "/Groups/1", "", '{"op":"remove","path":"members","value":[]}', {"jumpcloud-remove-list"}),
        (
            "PATCH",
            "/Groups/1",
            "",
            '{"op":"add","path":"members","value":[{"value":"1"}]}',
            {"jumpcloud-min-member"},
        ),
        ("GET", "/Users", "filter=userName%20Eq%20%22x%22", "", {"ping-eq"}),
        ("GET", "/ResourceTypes/User", "", "", {"cyberark-rt-user"}),
        ("GET", "/Schemas/urn:x", "", "", {"cyberark-schema"}),
        ("GET", "/ServiceProviderConfig", "", "", {"authentik-spc"}),
        ("POST", "/Users", "", '{"type":"other"}', {"authentik-other"}),
        ("PUT", "/Users/1", "", f'{{"externalId":"{"0a" * 32}"}}', {"authentik-hash"}),
        ("BREW", "/Users", "count=1", "", set()),
    ],
)
def test_request_shows_its_signals(method: str, path: str, query: str, body: str, signals: set[str]):
    assert _signals(RequestFacts(method, path, query, body=body)) == signals


@pytest.mark.parametrize(
    ("headers", "signals"),
    [
        ({}, {"entra-no-ua"}),
        ({"user-agent": ""}, set()),
        ({"user-agent": "x", "accept-charset": "UTF-8"}, {"okta-charset"}),
        (
            {"user-agent": "Google-Auto-Provisioning", "content-type": "application/json; charset=utf-8"},
            {"google-json"},
        ),
        ({"user-agent": "x", "content-type": "application/json"}, set()),
    ],
)
def test_headers_show_their_signals(headers: dict[str, str], signals: set[str]):
    assert set(detection.recognise(RequestFacts("GET", "/Users", headers=headers)).signals) == signals


@pytest.mark.parametrize(
    ("decisive", "seen", "idp"),
    [
        ("google", ["entra-flag"], "google"),
        (None, [], None),
        (None, ["entra-flag"], "entra"),
        (None, ["entra-caps"], None),
        (None, ["entra-caps", "entra-no-ua"], "entra"),
        (None, ["entra-no-ua"] * 9, None),
        (None, ["entra-caps", "entra-no-ua", "okta-00u"], None),
        (None, ["entra-caps", "entra-no-ua", "okta-password", "okta-charset"], "entra"),
        (None, ["nosuch", "onelogin-amp"], "onelogin"),
    ],
)
def test_verdict_needs_weight_and_a_lead(decisive: str | None, seen: list[str], idp: str | None):
    assert detection.verdict(decisive, seen) == idp


def test_sighting_gives_provider_and_weight():
    sighting = detection.recognise(
        RequestFacts("GET", "/Users", "aadOptscim062020", headers={"user-agent": "x"})
    )

    assert sighting.signals == {"entra-flag": ("entra", 4)}


@pytest.mark.parametrize("fingerprint", registry.FINGERPRINTS, ids=lambda fingerprint: fingerprint.idp)
def test_fingerprint_is_whole(fingerprint: Fingerprint):
    assert fingerprint.agents or fingerprint.signals
    for signal in fingerprint.signals:
        assert registry.BY_SIGNAL[signal.id] == (fingerprint.idp, signal.weight)
        assert signal.weight in range(1, 5)
        assert signal.path or signal.query or signal.headers or signal.header_absent or signal.body


def test_signals_are_named_once():
    named = [signal.id for fingerprint in registry.FINGERPRINTS for signal in fingerprint.signals]

    assert len(named) == len(set(named))


def test_only_the_beginning_of_a_large_body_is_looked_at():
    """A pattern that was tried from every place of these 16 MB would not end within the time a test has."""
    late = '"op":"Replace","path":"active","value":"False"'
    facts = RequestFacts("PATCH", "/Users/1", body='{"value":{"password":' * 800_000 + late)

    assert "entra-caps" not in detection.recognise(facts).signals
