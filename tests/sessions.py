"""Signed-in people for tests: a Django test client, a cookie for a browser, a console over HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client

from integrations.models import Membership, User

REVOKE = re.compile(r'href="([^"]+/revoke/)"')
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def sign_in(client: Client, who: Membership | User, *, age: timedelta = timedelta()) -> Client:
    """Signs the person in; `age` is how long ago that was."""
    user = who.user if isinstance(who, Membership) else who
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request = HttpRequest()
    request.session = client.session
    request.user = get_user(request)
    record_authentication(request, request.user, method="password")
    records = request.session["account_authentication_methods"]
    records[-1]["at"] = time.time() - age.total_seconds()
    request.session.save()
    return client


def found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    assert match, text
    return match[1]


@contextmanager
def console(url: str, sign_in_url: str) -> Iterator[Console]:
    """Somebody signed in by their link."""
    with httpx.Client(follow_redirects=True, timeout=30) as http:
        signed_in = Console(url, http)
        signed_in.post(sign_in_url)
        yield signed_in


@dataclass(frozen=True)
class Console:
    """A person at the console of a running product, over HTTP."""

    url: str
    http: httpx.Client

    def post(self, url: str, **fields: str) -> httpx.Response:
        """Opens the page, and sends its form with these fields."""
        page = self.http.get(url)
        assert page.status_code == 200, page.text
        answer = self.http.post(url, data={"csrfmiddlewaretoken": found(CSRF, page.text), **fields})
        assert answer.status_code == 200, answer.text
        return answer

    def revoke_token(self, workspace: str, integration_id: str, *, name: str, public_id: str) -> None:
        """Finds the token's Revoke in the menu of Connected services, and types the integration's name."""
        page = f"{self.url}/w/{workspace}/integrations/{integration_id}/settings/connected-services/"
        way = found(REVOKE, self.http.get(page).text)
        answer = self.post(self.url + way, confirm=name)
        assert f"cgw_{public_id} is revoked" in answer.text
