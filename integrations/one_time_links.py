"""Links that work once: only a hash of each key is kept, and opening a page uses none up."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from integrations.models import OneTimeLink, User

START_LIFE = timedelta(hours=1)
SIGN_IN_LIFE = timedelta(hours=1)


def new_key() -> tuple[str, str]:
    """A random key for a link, and its hash to keep."""
    key = secrets.token_urlsafe(32)
    return key, hash_of(key)


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def start() -> str:
    """The key of a fresh link on which the first Owner sets up; earlier ones stop working."""
    OneTimeLink.objects.filter(kind=OneTimeLink.Kind.START, used_at=None).delete()
    key, key_hash = new_key()
    OneTimeLink.objects.create(
        kind=OneTimeLink.Kind.START, key_hash=key_hash, expires_at=timezone.now() + START_LIFE
    )
    return key


def sign_in(user: User) -> str:
    """The key of a fresh link that signs this person in once; earlier ones stop working."""
    OneTimeLink.objects.filter(kind=OneTimeLink.Kind.SIGN_IN, user=user, used_at=None).delete()
    key, key_hash = new_key()
    OneTimeLink.objects.create(
        kind=OneTimeLink.Kind.SIGN_IN, user=user, key_hash=key_hash, expires_at=timezone.now() + SIGN_IN_LIFE
    )
    return key


def find(kind: OneTimeLink.Kind, key: str) -> OneTimeLink | None:
    """The open link of that key; None when it is unknown, used or too old."""
    return (
        OneTimeLink.objects.filter(
            kind=kind, key_hash=hash_of(key), used_at=None, expires_at__gt=timezone.now()
        )
        .select_related("user")
        .first()
    )


def use(link: OneTimeLink) -> bool:
    """Uses the link up; False when another request was faster. Call it in the transaction of what it
    opens."""
    return bool(OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()))
