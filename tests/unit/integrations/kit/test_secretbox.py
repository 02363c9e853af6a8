"""What is sealed opens under the keys, in its own place, and nowhere else."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.fernet import Fernet

from integrations.kit import secretbox

PLACE = "integrations.integration:1:secrets"


@pytest.fixture
def key(settings) -> str:
    settings.GATEWAY_KEYS = [Fernet.generate_key().decode()]
    return settings.GATEWAY_KEYS[0]


@pytest.mark.usefixtures("key")
def test_what_is_sealed_opens_in_its_place():
    secrets = {"signing_secret": "whsec_ünï", "numbers": [1, None]}

    text = secretbox.seal(secrets, PLACE)

    assert secretbox.unseal(text, PLACE) == secrets
    assert "whsec" not in text
    assert "whsec" not in base64.urlsafe_b64decode(text).decode("latin-1")
    assert secretbox.seal(secrets, PLACE) != text


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    "place", ["", "integrations.integration:2:secrets", "integrations.integration:1:secret"]
)
def test_it_does_not_open_in_another_place(place):
    text = secretbox.seal({"a": "hunter2"}, PLACE)

    with pytest.raises(secretbox.NotOpened, match="sealed for another place") as no:
        secretbox.unseal(text, place)

    assert "hunter2" not in str(no.value)


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("text", ["", "x", "gAAAAA", "ünï", json.dumps({"c": PLACE, "v": 1})])
def test_what_was_not_sealed_does_not_open(text):
    with pytest.raises(secretbox.NotOpened):
        secretbox.unseal(text, PLACE)
    with pytest.raises(secretbox.NotOpened):
        secretbox.reseal(text)


@pytest.mark.usefixtures("key")
def test_a_changed_letter_does_not_open():
    text = secretbox.seal("hunter2", PLACE)
    other = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]

    with pytest.raises(secretbox.NotOpened, match="No key"):
        secretbox.unseal(other, PLACE)


def test_older_keys_open_and_the_newest_seals(key, settings):
    text = secretbox.seal("old", PLACE)
    newest = Fernet.generate_key().decode()
    settings.GATEWAY_KEYS = [newest, key]

    assert secretbox.unseal(text, PLACE) == "old"
    resealed = secretbox.reseal(text)
    assert resealed != text
    assert secretbox.reseal(resealed) == resealed
    settings.GATEWAY_KEYS = [newest]
    assert secretbox.unseal(resealed, PLACE) == "old"
    with pytest.raises(secretbox.NotOpened, match="No key of GATEWAY_KEYS opens it"):
        secretbox.unseal(text, PLACE)


@pytest.mark.usefixtures("key")
def test_what_json_does_not_know_is_not_sealed():
    with pytest.raises(TypeError):
        secretbox.seal({"when": object()}, PLACE)
