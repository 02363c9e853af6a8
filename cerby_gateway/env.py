"""Typed readers of the environment: every outside value of settings.py comes through here."""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
SHORTEST_SECRET = 32
# 32 bytes as Fernet takes them.
SEALING_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")


def text(name: str, default: str = "") -> str:
    """The trimmed value of `name`; a variable that is set but empty counts as not set."""
    return os.environ.get(name, "").strip() or default


def names(name: str) -> list[str]:
    """A comma-separated list, blanks trimmed, empty entries dropped."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """A comma-separated list of addresses or networks, such as 10.0.0.5,192.0.2.0/24."""
    try:
        return [ipaddress.ip_network(part) for part in names(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must list addresses or networks: {error}.") from error


def flag(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if value and value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in TRUE if value else default


def integer(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    value = text(name)
    if value and not (value.isdecimal() and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} to {most}, not {value!r}.")
    return int(value) if value else default


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """One of some words; "" when it is not set."""
    value = text(name).lower()
    if value and value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def address(name: str) -> str:
    """An absolute http(s) address without path, query or fragment, such as https://gateway.example.com; or
    ""."""
    value = text(name).rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query):
        raise ImproperlyConfigured(f"{name} must look like https://gateway.example.com, not {value!r}.")
    return value


def folder(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()


def root(name: str) -> Path | None:
    """An absolute folder beneath which something is allowed; None when it is not set. It need not be there
    yet."""
    value = text(name)
    if value and not Path(value).is_absolute():
        raise ImproperlyConfigured(f"{name} must be an absolute path, not {value!r}.")
    return Path(value).resolve() if value else None


def database(name: str, default: Path) -> dict[str, object]:
    """The Django database settings for a URL such as postgres://user:password@host/name; SQLite at `default`
    without one."""
    url = text(name)
    try:
        return dict(environ.Env.db_url_config(url or f"sqlite:///{default}"))
    except (ValueError, ImproperlyConfigured):
        # Not chained: the library's own message may show the password.
        raise ImproperlyConfigured(f"{name} is not a database URL that is understood.") from None


def email(name: str) -> dict[str, object]:
    """Django's EMAIL_* settings for a URL such as smtp+tls://user:password@mail.example.com:587; {} without
    one."""
    url = text(name)
    try:
        return dict(environ.Env.email_url_config(url)) if url else {}
    except (ValueError, ImproperlyConfigured):
        # Not chained: the library's own message may show the password.
        raise ImproperlyConfigured(
            f"{name} must look like smtp+tls://user:password@mail.example.com:587."
        ) from None


def secret(name: str, data_dir: Path) -> str:
    """NAME, else the content of the file NAME_FILE, else a value made once in `data_dir` and kept there with
    mode 600."""
    return _secret(name, data_dir, parts=1)[0]


def secret_pair(name: str, data_dir: Path) -> tuple[str, str]:
    """As `secret`, for two values joined by a comma."""
    first, second = _secret(name, data_dir, parts=2)
    return first, second


def sealing_keys(name: str, data_dir: Path) -> list[str]:
    """As `secret`, for one or more keys joined by commas, newest first, each of 32 bytes in URL-safe
    base64."""
    kept = _given_or_kept(name, data_dir, lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())
    keys = [part.strip() for part in kept.split(",") if part.strip()]
    if not keys or len(set(keys)) != len(keys) or not all(map(SEALING_KEY.fullmatch, keys)):
        raise ImproperlyConfigured(
            f"{name} must be one or more different keys joined by commas, newest first, each of 32 bytes in "
            "URL-safe base64 (44 characters)."
        )
    return keys


def _secret(name: str, data_dir: Path, *, parts: int) -> list[str]:
    value = _given_or_kept(name, data_dir, lambda: ",".join(secrets.token_urlsafe(48) for _ in range(parts)))
    values = [part.strip() for part in value.split(",")] if parts > 1 else [value]
    if len(values) != parts or min(map(len, values)) < SHORTEST_SECRET or len(set(values)) != parts:
        wanted = f"{parts} different values joined by a comma, each" if parts > 1 else "one value"
        raise ImproperlyConfigured(f"{name} must be {wanted} of at least {SHORTEST_SECRET} characters.")
    return values


def _given_or_kept(name: str, data_dir: Path, make: Callable[[], str]) -> str:
    if value := text(name):
        return value
    path = text(f"{name}_FILE")
    return (
        _read_secret(Path(path), name) if path else _kept_secret(data_dir / "keys" / name.lower(), name, make)
    )


def _read_secret(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be read: {error.strerror}.") from error


def _kept_secret(path: Path, name: str, make: Callable[[], str]) -> str:
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.touch(mode=0o600)
            draft.write_text(make(), encoding="utf-8")
            # A link appears whole or not at all: of two processes that start at once, one wins and both read
            # its value.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name} cannot be kept in {path}: {error.strerror}. Set DATA_DIR."
            ) from error
        finally:
            draft.unlink(missing_ok=True)
    return _read_secret(path, name)
