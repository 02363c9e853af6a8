"""The certificate that the server speaks TLS with is judged before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cerby_gateway import tls
from integrations.kit.errors import Refused
from tests import targets


@pytest.fixture
def pem(tmp_path) -> dict[str, str]:
    """Two pairs, and what is none."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        targets.certificate(tmp_path / name, "gateway.example.com")
    (tmp_path / "none.pem").write_text("none", encoding="utf-8")
    return {
        "": "",
        "certificate": str(tmp_path / "one/certificate.pem"),
        "key": str(tmp_path / "one/key.pem"),
        "other key": str(tmp_path / "two/key.pem"),
        "no pem": str(tmp_path / "none.pem"),
        "nowhere": str(tmp_path / "nowhere.pem"),
        "folder": str(Path(tmp_path)),
    }


@pytest.mark.parametrize("names", [("", ""), ("certificate", "key")], ids=["plain http", "a pair"])
def test_a_pair_or_nothing_is_taken(settings, pem, names):
    settings.TLS_CERT, settings.TLS_KEY = (pem[name] for name in names)

    tls.check()


@pytest.mark.parametrize(
    ("certificate", "key", "sentence"),
    [
        ("certificate", "", "TLS_CERT is set and TLS_KEY is not"),
        ("", "key", "TLS_KEY is set and TLS_CERT is not"),
        ("nowhere", "key", "TLS_CERT: .*nowhere.pem cannot be read: No such file"),
        ("certificate", "nowhere", "TLS_KEY: .*nowhere.pem cannot be read"),
        ("certificate", "folder", "TLS_KEY: .* cannot be read: Is a directory"),
        ("certificate", "other key", "are no certificate with its private key"),
        ("no pem", "key", "are no certificate with its private key"),
    ],
)
def test_anything_else_is_told_in_a_sentence(settings, pem, certificate, key, sentence):
    settings.TLS_CERT, settings.TLS_KEY = pem[certificate], pem[key]

    with pytest.raises(Refused, match=sentence):
        tls.check()
