"""Readers of the environment."""

from __future__ import annotations

import stat

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from cerby_gateway import databases, env


def test_a_flag_is_read_in_the_usual_words(monkeypatch):
    for word, expected in [
        ("1", True),
        ("true", True),
        ("ON", True),
        ("0", False),
        ("no", False),
        ("", True),
    ]:
        monkeypatch.setenv("SOME_FLAG", word)

        assert env.flag("SOME_FLAG", default=True) is expected


@pytest.mark.parametrize(
    ("reader", "value"),
    [
        pytest.param(lambda: env.flag("BAD", default=False), "perhaps", id="flag"),
        pytest.param(lambda: env.integer("BAD", 1), "-1", id="negative number"),
        pytest.param(lambda: env.integer("BAD", 1, most=65535), "70000", id="number too large"),
        pytest.param(lambda: env.integer("BAD", 1), "ten", id="no number"),
        pytest.param(lambda: env.address("BAD"), "gateway.example.com", id="address without scheme"),
        pytest.param(lambda: env.address("BAD"), "https://gateway.example.com/path", id="address with path"),
        pytest.param(lambda: env.address("BAD"), "javascript:alert(1)", id="address of another scheme"),
        pytest.param(lambda: env.networks("BAD"), "10.0.0.0/40", id="no network"),
        pytest.param(lambda: env.root("BAD"), "drop", id="no absolute folder"),
        pytest.param(lambda: env.email("BAD"), "foo", id="no address of mail"),
        pytest.param(lambda: env.email("BAD"), "smtp://mail.example.com:port", id="no port of mail"),
    ],
)
def test_a_bad_value_stops_the_start_with_the_name_of_the_variable(monkeypatch, reader, value):
    monkeypatch.setenv("BAD", value)

    with pytest.raises(ImproperlyConfigured, match="BAD"):
        reader()


def test_a_folder_beneath_which_something_is_allowed_is_there_by_word_alone(tmp_path, monkeypatch):
    assert env.root("SOME_ROOT") is None

    monkeypatch.setenv("SOME_ROOT", f"{tmp_path}/a/../b")

    assert env.root("SOME_ROOT") == tmp_path / "b"


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_KEY", raising=False)

    first, second = env.secret("SOME_KEY", tmp_path), env.secret("SOME_KEY", tmp_path)

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "keys" / "some_key").stat().st_mode) == 0o600


def test_a_pair_of_secrets_is_two_different_values(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_PAIR", raising=False)

    one, two = env.secret_pair("SOME_PAIR", tmp_path)

    assert one != two
    assert env.secret_pair("SOME_PAIR", tmp_path) == (one, two)


@pytest.mark.parametrize("value", ["short", f"{'a' * 40}", f"{'a' * 40},{'a' * 40}", f"{'a' * 40},{'b' * 4}"])
def test_a_pair_that_is_no_pair_of_good_secrets_is_refused(tmp_path, monkeypatch, value):
    monkeypatch.setenv("SOME_PAIR", value)

    with pytest.raises(ImproperlyConfigured, match="SOME_PAIR"):
        env.secret_pair("SOME_PAIR", tmp_path)


def test_a_secret_is_read_from_the_file_that_is_named(tmp_path, monkeypatch):
    file = tmp_path / "mounted"
    file.write_text("m" * 40 + "\n")
    monkeypatch.delenv("SOME_KEY", raising=False)
    monkeypatch.setenv("SOME_KEY_FILE", str(file))

    assert env.secret("SOME_KEY", tmp_path) == "m" * 40


def test_a_sealing_key_is_made_once_and_kept_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_KEYS", raising=False)

    first, second = env.sealing_keys("SOME_KEYS", tmp_path), env.sealing_keys("SOME_KEYS", tmp_path)

    assert first == second
    assert len(first) == 1
    assert Fernet(first[0])
    assert stat.S_IMODE((tmp_path / "keys" / "some_keys").stat().st_mode) == 0o600


def test_sealing_keys_are_listed_newest_first(tmp_path, monkeypatch):
    new, old = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv("SOME_KEYS", f" {new} ,{old}, ")

    assert env.sealing_keys("SOME_KEYS", tmp_path) == [new, old]


@pytest.mark.parametrize(
    "value", [",", "short", "a" * 44, "+" * 43 + "=", f"{'a' * 43}=,{'a' * 43}=", "ü" * 43 + "="]
)
def test_sealing_keys_that_are_none_are_refused(tmp_path, monkeypatch, value):
    monkeypatch.setenv("SOME_KEYS", value)

    with pytest.raises(ImproperlyConfigured, match="SOME_KEYS must be one or more") as refused:
        env.sealing_keys("SOME_KEYS", tmp_path)

    assert "aaaa" not in str(refused.value)


def test_a_missing_secret_file_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_KEY", raising=False)
    monkeypatch.setenv("SOME_KEY_FILE", str(tmp_path / "nowhere"))

    with pytest.raises(ImproperlyConfigured, match="nowhere"):
        env.secret("SOME_KEY", tmp_path)


def test_a_database_url_error_does_not_show_the_password(monkeypatch, tmp_path):
    for url in ("oops://admin:hunter22222@db/name", "postgres://admin:hunter22222@db:port/name"):
        monkeypatch.setenv("DATABASE_URL", url)

        with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as caught:
            databases.settings(env.database("DATABASE_URL", tmp_path))

        assert "hunter22222" not in str(caught.value)


def test_sqlite_commits_are_on_disk_before_they_are_answered(monkeypatch):
    monkeypatch.delenv("GATEWAY_SQLITE_SYNCHRONOUS", raising=False)

    options = databases.settings({"ENGINE": "django.db.backends.sqlite3", "NAME": "x"})["OPTIONS"]

    assert "synchronous=FULL" in options["init_command"]
    assert options["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize(("setting", "threshold"), [("1", 0), ("0", None)])
def test_statements_are_prepared_unless_a_pooler_stands_in_between(monkeypatch, setting, threshold):
    monkeypatch.setenv("GATEWAY_POSTGRES_PREPARE", setting)

    options = databases.settings({"ENGINE": "django.db.backends.postgresql", "NAME": "x"})["OPTIONS"]

    assert options["prepare_threshold"] == threshold
