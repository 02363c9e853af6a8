"""Signing in: allauth in our manner, how fresh a sign-in is, and when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from integrations import addresses
from integrations.kit import context, mail
from integrations.models import User

View = TypeVar("View", bound=Callable[..., HttpResponse])
BEGAN = "began_at"
SEEN = "seen_at"
SEEN_EVERY_S = 60
# The mark of a view that open pages ask for by themselves.
ASKED_BY_ITSELF = "is_asked_by_itself"
NOWHERE = "0.0.0.0"  # noqa: S104 - an address to write down where none is known
# What a page shows anyway need not be said.
UNSAID = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is not typed
    """People come by invitation; addresses in mails never follow a Host header."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Every way in comes through here: the half hour and the twelve hours of the session begin."""
        super().login(request, user)
        request.session[BEGAN] = request.session[SEEN] = time.time()

    def get_client_ip(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's signature
        return context.current.get().ip or NOWHERE

    def _get_login_attempts_cache_key(self, _request: HttpRequest, **credentials: Any) -> str:
        """One count of wrong passwords for an account: the host, which allauth puts before it, is written in
        many ways by whoever asks."""
        return str(credentials.get("email", "")).casefold()

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return addresses.absolute(path.replace("UID-KEY", quote(key)))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Behind the answer: its time, or a failure, would tell that the address has an account."""
        mail.send_later(self.render_mail(template_prefix, email, {"email": email, **context}))

    def is_safe_url(self, url: str | None) -> bool:
        """Whether a `next` may be followed: paths of this site alone, whatever hosts it is reached under."""
        return bool(url) and local_path(str(url), "") == url

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *more: Any, **named: Any
    ) -> None:
        if message_template not in UNSAID:
            super().add_message(request, level, message_template, *more, **named)


def enter(request: HttpRequest, user: User, *, method: str) -> None:
    """Signs the person in and records how ("start", "invitation", "link"): a fresh sign-in like one by
    password."""
    # In this order: signing in over someone else's session empties it.
    get_adapter(request).login(request, user)
    record_authentication(request, user, method=method)
    UserSession.objects.create_from_request(request)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person signed in, or confirmed it, in the last ten minutes.

    Our own check: allauth counts only confirmations, and lets people without a password through.
    """
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    newest = max((record["at"] for record in records), default=0.0)
    return time.time() - newest < settings.STEP_UP_AGE.total_seconds()


def confirm_url(next_path: str) -> str:
    """Where the person confirms who they are, and then goes on to a page of ours; nothing is sent again."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': local_path(next_path)})}"


def new_password_path(user: User) -> str:
    """Where whoever opens it sets a new password for this account without the old one, once."""
    key = EmailAwarePasswordResetTokenGenerator().make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def local_path(path: str, default: str = "/") -> str:
    """The path if it stays on this site, else the default."""
    if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return path
    return default


def end_sessions(user: User, *, but: HttpRequest | None = None) -> None:
    """Signs the person out everywhere, save in the browser of that request."""
    sessions = UserSession.objects.filter(user=user)
    for session in sessions.exclude(session_key=but.session.session_key) if but else sessions:
        session.end()


def asked_by_itself(view: View) -> View:
    """Decorates the view of a card that renews itself: that a page is open is nobody at work."""
    setattr(view, ASKED_BY_ITSELF, True)
    return view


def idle_sign_out(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: whoever did nothing for half an hour, or signed in twelve hours ago, is signed out.

    Requests without a session cost nothing.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            _look_at_clock(request)
        return get_response(request)

    return middleware


def _look_at_clock(request: HttpRequest) -> None:
    now = time.time()
    idle = now - request.session.get(SEEN, now)
    # Django counts a session's age from the last time it was written, which is all the time.
    age = now - request.session.get(BEGAN, now)
    if idle > settings.SESSION_IDLE.total_seconds() or age > settings.SESSION_COOKIE_AGE:
        auth.logout(request)
    elif request.session.is_empty():
        return  # a stranger's session is not written
    elif (idle > SEEN_EVERY_S or SEEN not in request.session) and not _is_asked_by_itself(request):
        request.session[SEEN] = now


def _is_asked_by_itself(request: HttpRequest) -> bool:
    try:
        return bool(getattr(resolve(request.path_info).func, ASKED_BY_ITSELF, False))
    except Resolver404:
        return False
