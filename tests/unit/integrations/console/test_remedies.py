"""Beside a refusal: what was expected, what came, and where to mend it."""

from __future__ import annotations

import pytest

from integrations import idps
from integrations.console import remedies
from integrations.traffic.models import RequestLog


def log(status: int = 400, **fields: str) -> RequestLog:
    return RequestLog(method="PATCH", path="/Users/1", status=status, **fields)


@pytest.mark.parametrize("idp", [*idps.BY_ID, ""])
@pytest.mark.parametrize("cause", [*remedies.CAUSES, *remedies.EXPECTED])
def test_every_refusal_says_what_was_expected_and_what_came(idp, cause):
    known = {"status": int(cause)} if cause.isdecimal() else {"scim_type": cause}

    refusal = remedies.of(log(idp=idp, **known))

    assert refusal.expected
    assert refusal.received == "PATCH /Users/1"
    assert "%" not in refusal.steps


@pytest.mark.parametrize(
    ("idp", "scim_type", "place"),
    [
        ("okta", "uniqueness", "In Okta: Provisioning > To App. "),
        ("okta", "invalidSyntax", "In Okta: Provisioning tab > Integration > Edit. "),
        ("entra", "invalidValue", "In Microsoft Entra ID: Attribute mapping. "),
        ("onelogin", "invalidFilter", "In OneLogin: Parameters tab. "),
        ("jumpcloud", "invalidValue", "In JumpCloud: Configure Application > Identity Management tab. "),
        ("generic", "invalidPath", "Take out the attribute"),
        ("", "invalidPath", "Take out the attribute"),
    ],
)
def test_the_way_is_told_in_the_providers_own_words(idp, scim_type, place):
    assert remedies.of(log(idp=idp, scim_type=scim_type)).steps.startswith(place)


def test_what_the_refusal_itself_says_goes_first():
    refusal = remedies.of(
        log(scim_type="invalidValue", expected="active: true or false", received="active: text", remedy="So.")
    )

    assert (refusal.expected, refusal.received, refusal.remedy) == (
        "active: true or false",
        "active: text",
        "So.",
    )


def test_a_cause_without_a_known_remedy_has_no_steps():
    assert remedies.of(log(500)).steps == ""
