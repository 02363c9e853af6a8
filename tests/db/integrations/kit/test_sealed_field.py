"""Secrets of a row: sealed in the database, open on their row, shown nowhere."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib import admin
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.forms import model_to_dict, modelform_factory
from django.test import RequestFactory
from django.test.utils import isolate_apps
from rest_framework.serializers import ModelSerializer

from integrations.kit import ids, sealed_field, secretbox
from integrations.kit.prepared import Insert, Select
from integrations.kit.sealed_field import SealedField
from tests import vault
from tests.vault import Vault, stored

SECRET = "hunter2-hunter2"


@pytest.fixture(autouse=True)
def _vaults(db, settings):
    settings.GATEWAY_KEYS = [Fernet.generate_key().decode()]
    vault.make_table()


@pytest.fixture
def crm() -> Vault:
    return Vault.objects.create(name="crm", secrets={"signing_secret": SECRET, "old": None})


def test_secrets_are_kept_sealed_and_open_on_their_row(crm):
    found = Vault.objects.get()

    assert dict(found.secrets) == {"signing_secret": SECRET, "old": None}
    assert found.secrets["signing_secret"] == SECRET
    assert crm.secrets == found.secrets
    assert SECRET not in stored(crm)
    assert secretbox.unseal(stored(crm), f"integrations.vault:{crm.pk}:secrets") == dict(found.secrets)


def test_a_row_without_secrets_needs_no_key(settings):
    crm = Vault.objects.create()
    settings.GATEWAY_KEYS = []

    found = Vault.objects.get(pk=crm.pk)

    assert stored(crm) == ""
    assert (dict(found.secrets), len(found.secrets)) == ({}, 0)


def test_secrets_change_as_a_whole(crm):
    crm.secrets = {**crm.secrets, "signing_secret": "another"}
    crm.save(update_fields=["secrets"])

    assert dict(Vault.objects.get().secrets) == {"signing_secret": "another", "old": None}
    with pytest.raises(TypeError):
        crm.secrets["signing_secret"] = "x"


@pytest.mark.parametrize("value", [None, "text", 7])
def test_what_is_no_dictionary_is_not_taken(value):
    with pytest.raises((TypeError, ValueError)):
        Vault(secrets=value)


def test_secrets_that_were_copied_to_another_row_do_not_open(crm):
    thief = Vault.objects.create()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE integrations_vault SET secrets = %s", [stored(crm)])

    with pytest.raises(secretbox.NotOpened, match="another place"):
        dict(Vault.objects.get(pk=thief.pk).secrets)
    assert Vault.objects.get(pk=crm.pk).secrets["signing_secret"] == SECRET


def test_a_row_that_is_saved_under_another_key_takes_no_secret_along(crm):
    found = Vault.objects.get()
    found.pk = ids.new()
    found.save(force_insert=True)

    with pytest.raises(secretbox.NotOpened):
        dict(Vault.objects.get(pk=found.pk).secrets)


def test_secrets_of_one_row_may_be_given_to_another(crm):
    other = Vault.objects.create(secrets=Vault.objects.get().secrets)

    assert Vault.objects.get(pk=other.pk).secrets["signing_secret"] == SECRET
    assert stored(other) != stored(crm)


def test_rows_written_many_at_once_are_sealed_each_for_itself():
    rows = [Vault(name=str(number), secrets={"n": number}) for number in range(3)]
    Vault.objects.bulk_create(rows)
    for row in rows:
        row.secrets = {"n": f"{row.secrets['n']}!"}
    Vault.objects.bulk_update(rows, ["secrets"])

    assert [row.secrets["n"] for row in Vault.objects.order_by("name")] == ["0!", "1!", "2!"]


def test_a_prepared_statement_seals_and_opens_as_the_orm_does():
    row = Vault(name="fast", secrets={"a": SECRET})
    Insert(Vault).one(row)

    found = Select(lambda: Vault.objects.order_by("pk")).first()

    assert SECRET not in stored(row)
    assert found is not None
    assert found.secrets["a"] == SECRET


def test_secrets_that_are_deferred_or_refreshed_open(crm):
    assert Vault.objects.defer("secrets").get().secrets["signing_secret"] == SECRET
    crm.refresh_from_db()
    assert crm.secrets["signing_secret"] == SECRET


def test_nothing_that_shows_a_row_shows_its_secrets(crm):
    class Whole(ModelSerializer):
        class Meta:
            model = Vault
            fields = "__all__"

    fresh = Vault(name="new", secrets={"a": SECRET})
    shown: list[Any] = [
        *(repr(row.secrets) for row in (crm, fresh, Vault.objects.get())),
        f"{crm.secrets} {crm.secrets!s}",
        *(str(list(Vault.objects.values())), str(list(Vault.objects.values_list()))),
        *(str(model_to_dict(crm)), str(Whole(crm).data), serializers.serialize("json", [crm])),
        *(str(pickle.dumps(row)) for row in (crm, fresh)),
        str(modelform_factory(Vault, fields="__all__")(instance=crm)),
        str(admin.ModelAdmin(Vault, admin.AdminSite()).get_fields(RequestFactory().get("/"))),
    ]

    assert not any(SECRET in text or "signing_secret" in text for text in shown)
    assert repr(crm.secrets) == "Sealed(...)"
    assert "secrets" not in model_to_dict(crm)
    assert "secrets" not in serializers.serialize("json", [crm])
    with pytest.raises(TypeError):
        json.dumps(crm.secrets, cls=DjangoJSONEncoder)


def test_secrets_read_beside_their_row_do_not_open(crm):
    (sealed,) = Vault.objects.values_list("secrets", flat=True)

    with pytest.raises(secretbox.NotOpened):
        dict(sealed)


def test_a_copy_of_the_secrets_is_sealed_and_opens(crm):
    for secrets in (crm.secrets, Vault.objects.get().secrets):
        for again in (pickle.loads(pickle.dumps(secrets)), copy.deepcopy(secrets), copy.copy(secrets)):
            assert again["signing_secret"] == SECRET
            assert repr(again.__reduce__()).count(SECRET) == 0


def test_nothing_is_found_by_a_secret_and_none_is_set_beside_its_row(crm):
    for word in ("secrets", "secrets__contains", "secrets__isnull"):
        with pytest.raises(FieldError):
            Vault.objects.filter(**{word: "x"})
    with pytest.raises(ValueError, match="set on a row"):
        Vault.objects.update(secrets={"a": "b"})


def test_a_migration_of_the_field_names_no_more_than_it():
    _name, path, words, options = Vault._meta.get_field("secrets").deconstruct()

    assert (path, list(words), options) == ("integrations.kit.sealed_field.SealedField", [], {})


@isolate_apps("integrations")
def test_a_row_whose_key_the_database_makes_is_refused_by_a_check():
    class Counted(models.Model):
        id = models.BigAutoField(primary_key=True)
        secrets = SealedField()

        class Meta:
            app_label = "integrations"

        def __str__(self) -> str:
            return str(self.pk)

    assert [error.id for error in Counted.check()] == ["integrations.E001"]
    assert Vault.check() == []
    with pytest.raises(ValueError, match="has its key"):
        Counted(secrets={"a": "b"}).secrets.text()


def test_the_columns_of_the_product_are_found_by_themselves(monkeypatch):
    monkeypatch.setattr(apps, "get_models", lambda: [Vault])

    assert sealed_field.columns() == [(Vault, "secrets")]
