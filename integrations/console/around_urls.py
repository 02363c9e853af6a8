"""Addresses outside the workspaces. Those of allauth keep its URL names and get our paths."""

from __future__ import annotations

from allauth.account import views as account
from allauth.usersessions import views as usersessions
from django.urls import path, re_path

from integrations.console.pages import around, callbacks, invite, start

urlpatterns = [
    path("", around.home, name="home"),
    path("start/<str:key>/", start.start, name="start"),
    path("invite/<str:key>/", invite.invite, name="invite"),
    path("preferences/theme/", around.theme, name="theme"),
    re_path(r"^go/(?P<integration_id>[0-9a-f-]{36})/?$", around.bookmark, name="bookmark"),
    path("callbacks/<str:key>/", callbacks.callback, name="callback"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/link/<str:key>/", start.sign_in_link, name="sign-in-link"),
    path("sign-in/confirm/", around.confirm, name="account_reauthenticate"),
    path("sign-in/inactive/", account.account_inactive, name="account_inactive"),
    path("sign-in/closed/", account.signup, name="account_signup"),
    path("sign-in/reset/", around.forgot_password, name="account_reset_password"),
    path("sign-in/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^sign-in/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/reset/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/password/set/", around.set_password, name="account_set_password"),
    path("account/sessions/", usersessions.list_usersessions, name="usersessions_list"),
]
