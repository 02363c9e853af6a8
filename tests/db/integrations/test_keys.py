"""Keys that seal: which start is refused, and how secrets come under the newest."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError

from integrations import keys
from integrations.kit import secretbox
from integrations.kit.errors import Refused
from integrations.models import KeyProbe
from tests import vault
from tests.vault import Vault, stored

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture(autouse=True)
def _under_the_old_key(db, settings, monkeypatch):
    settings.GATEWAY_KEYS = [OLD]
    monkeypatch.setattr(apps, "get_models", lambda: [Vault])
    vault.make_table()
    keys.check()


def refused() -> str:
    with pytest.raises(Refused) as error:
        keys.check()
    return error.value.message


def test_a_start_needs_a_key_that_the_database_knows(settings):
    for known in ([OLD], [OLD, NEW], [NEW, OLD]):
        settings.GATEWAY_KEYS = known
        keys.check()

    settings.GATEWAY_KEYS = [NEW]
    assert "GATEWAY_KEYS is not the one this database was made with" in refused()


def test_secrets_come_under_the_newest_key_and_the_older_may_go(settings, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    rows = [Vault.objects.create(name=str(number), secrets={"n": number}) for number in range(5)]
    Vault.objects.create(name="none")
    settings.GATEWAY_KEYS = [NEW, OLD]
    rows[3].secrets = {"n": 3}
    rows[3].save()

    assert keys.rotate() == {"resealed": 4, "current": 1}

    settings.GATEWAY_KEYS = [NEW]
    keys.check()
    assert [row.secrets.get("n") for row in Vault.objects.order_by("name")] == [0, 1, 2, 3, 4, None]
    settings.GATEWAY_KEYS = [OLD]
    assert "GATEWAY_KEYS" in refused()


def test_stopped_it_goes_on_where_it_was(settings, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    rows = [Vault.objects.create(secrets={"n": number}) for number in range(5)]
    settings.GATEWAY_KEYS = [NEW, OLD]
    reseal, calls = secretbox.reseal, []

    def stop(text: str) -> str:
        calls.append(text)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return reseal(text)

    monkeypatch.setattr(secretbox, "reseal", stop)
    with pytest.raises(KeyboardInterrupt):
        keys.rotate()
    settings.GATEWAY_KEYS = [OLD]
    keys.check()
    settings.GATEWAY_KEYS = [NEW, OLD]

    assert keys.rotate() == {"resealed": 3, "current": 2}
    assert [row.secrets["n"] for row in Vault.objects.order_by("pk")] == [0, 1, 2, 3, 4]
    assert rows[0].secrets["n"] == 0


def test_secrets_that_no_key_opens_are_counted_and_the_older_key_stays_known(settings):
    settings.GATEWAY_KEYS = [OTHER]
    lost = Vault.objects.create(secrets={"a": "b"})
    settings.GATEWAY_KEYS = [OLD]
    Vault.objects.create(secrets={"a": "b"})
    settings.GATEWAY_KEYS = [NEW, OLD]
    before = stored(lost)

    with pytest.raises(Refused, match=r"1 of the sealed rows open under no key .*; 1 were sealed"):
        keys.rotate()

    assert stored(lost) == before
    settings.GATEWAY_KEYS = [OLD]
    keys.check()


def test_nothing_is_sealed_anew_under_keys_of_another_database(settings):
    crm = Vault.objects.create(secrets={"a": "b"})
    before = stored(crm)
    settings.GATEWAY_KEYS = [NEW]

    with pytest.raises(CommandError, match="is not the one this database was made with"):
        call_command("rotate_secret_key")

    assert stored(crm) == before


def test_the_command_tells_a_person_and_a_program_how_many(settings):
    Vault.objects.create(secrets={"a": "b"})
    settings.GATEWAY_KEYS = [NEW, OLD]
    program, person = StringIO(), StringIO()

    call_command("rotate_secret_key", "--json", stdout=program)
    call_command("rotate_secret_key", stdout=person)

    assert json.loads(program.getvalue()) == {"resealed": 1, "current": 0}
    assert person.getvalue().startswith("Sealed anew: 0. Under the newest key before: 1.")
    assert KeyProbe.objects.filter(name="GATEWAY_KEYS").count() == 1
