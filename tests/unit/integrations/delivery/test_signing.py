"""Whose message it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integrations.delivery.telling import event_body, signing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
BODY = b'{"status":"done"}'


def headers(*secrets: str, age: timedelta = timedelta(), body: bytes = BODY) -> dict[str, str]:
    return signing.headers(body, key="msg_1", at=datetime.now(tz=UTC) - age, secrets=secrets or [SECRET])


def test_a_signature_is_the_one_that_others_make():
    """The published example of Svix, who began Standard Webhooks."""
    at = datetime.fromtimestamp(1614265330, tz=UTC)

    made = signing.headers(
        b'{"test": 2432232314}', key="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, secrets=[SECRET]
    )

    assert made == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@pytest.mark.parametrize("secrets", [[SECRET], [OTHER, SECRET]])
def test_any_of_the_secrets_may_have_signed(secrets):
    assert signing.is_genuine(BODY, headers(), secrets)
    assert signing.is_genuine(BODY, headers(SECRET, "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"), secrets)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v1,x,y"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-timestamp": "inf"},
        {"webhook-timestamp": "soon"},
    ],
)
def test_what_does_not_fit_is_not_genuine(change):
    assert not signing.is_genuine(BODY, {**headers(), **change}, [SECRET])


def test_another_body_another_secret_and_another_time_are_not_genuine():
    assert not signing.is_genuine(b"{}", headers(), [SECRET])
    assert not signing.is_genuine(b"\xff", headers(), [SECRET])
    assert not signing.is_genuine(BODY, headers(), [OTHER])
    assert not signing.is_genuine(BODY, headers(), [])
    assert not signing.is_genuine(BODY, headers(age=timedelta(minutes=6)), [SECRET])
    assert not signing.is_genuine(BODY, headers(age=timedelta(minutes=-6)), [SECRET])


def test_half_a_character_can_be_sent_and_signed():
    body = event_body.encoded({"title": "a\ud800"})

    assert body == b'{"title":"a\\ud800"}'
    assert signing.is_genuine(body, headers(body=body), [SECRET])
