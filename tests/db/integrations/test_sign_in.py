"""Signing in with a password, how long it lasts, and where it leads."""

from __future__ import annotations

import re
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from integrations import addresses, one_time_links, workspaces
from integrations.models import GatewayToken, Integration, Membership, Workspace
from tests import factories, sessions
from tests.db.console import path


def enter_password(client: Client, email: str, password: str = factories.PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"login": email, "password": password, **more})


def words(answer: Any) -> str:
    return answer.content.decode()


def test_a_member_signs_in_and_arrives_at_the_integrations(client, owner, workspace):
    answer = client.post(
        "/sign-in/", {"login": owner.user.email.upper(), "password": factories.PASSWORD}, follow=True
    )

    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == f"/w/{workspace.slug}/integrations/"


def test_someone_who_is_signed_in_is_led_past_the_sign_in_page(as_owner):
    assert as_owner.get("/sign-in/")["Location"] == "/"


def test_wrong_password_and_unknown_account_answer_the_same(owner):
    wrong = enter_password(Client(), owner.user.email, "wrong password, long enough")
    unknown = enter_password(Client(), "nobody@northwind.example", "wrong password, long enough")

    assert wrong.status_code == unknown.status_code == 200
    assert "The email address and/or password you specified are not correct." in words(wrong)
    assert _without_secrets(wrong, owner.user.email) == _without_secrets(unknown, "nobody@northwind.example")


TOO_OFTEN = "Too many failed login attempts."


@pytest.mark.parametrize(
    "host", ["localhost:1", "LOCALHOST", "localhost.", "127.0.0.1:9", "[::1]"], ids=lambda host: host
)
def test_wrong_passwords_count_by_account_whatever_host_is_asked(owner, host):
    for _ in range(5):
        enter_password(Client(), owner.user.email, "wrong password, long enough")

    answer = Client().post(
        "/sign-in/",
        {"login": owner.user.email.title(), "password": factories.PASSWORD},
        headers={"host": host},
    )

    assert answer.status_code == 200
    assert TOO_OFTEN in words(answer)


def test_wrong_passwords_are_not_forgotten_over_those_for_many_other_accounts(owner):
    for _ in range(5):
        enter_password(Client(), owner.user.email, "wrong password, long enough")
    for number in range(400):
        cache.set(f"other-{number}", [time.time()], 300)

    assert TOO_OFTEN in words(enter_password(Client(), owner.user.email))


def test_a_new_password_ends_the_count_of_wrong_ones(client, owner, mailed):
    for _ in range(5):
        enter_password(client, owner.user.email, "wrong password, long enough")
    client.post("/sign-in/reset/", {"email": owner.user.email}, headers={"host": "localhost:1"})
    link = sessions.found(
        re.compile(r"https://gateway\.example\.com(/sign-in/reset/\S+)"), first_mail(mailed)
    )
    form = client.get(link)["Location"]
    new = "a quite different sentence"
    client.post(form, {"password1": new, "password2": new}, headers={"host": "127.0.0.1:1"})

    assert enter_password(Client(), owner.user.email, new).status_code == 302


def test_an_account_that_is_switched_off_is_not_told_apart_by_a_wrong_password(owner):
    off = factories.make_user("off@northwind.example")
    off.is_active = False
    off.save()

    answer = enter_password(Client(), "off@northwind.example", "wrong password, long enough")

    wrong = enter_password(Client(), owner.user.email, "wrong password, long enough")
    assert _without_secrets(answer, "off@northwind.example") == _without_secrets(wrong, owner.user.email)


def _without_secrets(answer: Any, email: str) -> str:
    return sessions.CSRF.sub("", words(answer)).replace(email, "")


def fresh_by(kind: str, client: Client) -> Any:
    """Signs in as the only member of a workspace, in one of the ways there are."""
    if kind == "start":
        form = {"name": "Ada", "email": "ada@northwind.example", "workspace": "Northwind"}
        return client.post(f"/start/{one_time_links.start()}/", {**form, "password": factories.PASSWORD})
    workspace = factories.make_workspace()
    boss = Membership.objects.for_workspace(workspace).select_related("user", "workspace").get()
    if kind == "invitation":
        key = workspaces.invite(workspace, "new@northwind.example", "owner", by=boss).key
        return client.post(f"/invite/{key}/", {"name": "New", "password": factories.PASSWORD})
    if kind == "link":
        return client.post(f"/sign-in/link/{one_time_links.sign_in(boss.user)}/")
    return enter_password(client, boss.user.email)


def generate(client: Client, integration: Integration) -> Any:
    return client.post(path("console:token-generate", integration), {"form_key": str(factories.form_key())})


KINDS = pytest.mark.parametrize("kind", ["start", "invitation", "link", "password"])


@KINDS
def test_each_kind_of_sign_in_counts_for_ten_minutes(db, kind):
    client = Client()
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        fresh_by(kind, client)
        integration = factories.make_integration(Workspace.objects.get())
        clock.shift(599)
        within = generate(client, integration)
        GatewayToken.objects.for_integration(integration).delete()
        clock.shift(2)
        after = generate(client, integration)

    assert within.status_code == 200
    assert "shown only once" in words(within)
    assert after.status_code == 302
    assert after["Location"].startswith("/sign-in/confirm/?next=")
    assert not GatewayToken.objects.for_integration(integration).exists()


def test_an_invitation_taken_up_over_someone_elses_session_is_a_fresh_sign_in(integration, owner, as_owner):
    key = workspaces.invite(integration.workspace, "new@northwind.example", "admin", by=owner).key

    as_owner.post(f"/invite/{key}/", {"name": "New", "password": factories.PASSWORD})

    assert generate(as_owner, integration).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "http:///evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "http://testserver/w/x/",
        "http://localhost/w/x/",
        "w/x/",
    ],
)
def test_no_next_leads_anywhere_but_to_a_path_of_this_site(client, owner, workspace, target):
    signed_in = enter_password(client, owner.user.email, next=target)
    confirmed = client.post("/sign-in/confirm/", {"password": factories.PASSWORD, "next": target})
    signed_out = client.post("/sign-out/", {"next": target})

    assert (signed_in.status_code, signed_in["Location"]) == (302, "/")
    assert (confirmed.status_code, confirmed["Location"]) == (302, "/")
    assert (signed_out.status_code, signed_out["Location"]) == (302, "/sign-in/")


def test_next_leads_back_to_the_page_that_asked(client, owner, workspace):
    page = f"/w/{workspace.slug}/members/?a=1"
    assert f'name="next" value="{page}"' in words(client.get("/sign-in/", {"next": page}))

    assert enter_password(client, owner.user.email, next=page)["Location"] == page


@pytest.fixture
def mailed(settings, mailoutbox) -> list[EmailMessage]:
    """The mails of an installation that sends some."""
    settings.MAIL_CONFIGURED, settings.PUBLIC_URL = True, "https://gateway.example.com"
    return mailoutbox


def first_mail(mailed: list[EmailMessage]) -> str:
    """The text of the first mail."""
    wait_for_mail()
    return str(mailed[0].body)


def wait_for_mail() -> None:
    """Mails are sent behind the answer."""
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join(10)


RESET = re.compile(r"https?://\S+/sign-in/reset/\S+")


def test_a_forgotten_password_is_replaced_by_a_link_from_a_mail(client, owner, mailed):
    asked = client.post("/sign-in/reset/", {"email": owner.user.email})
    link = sessions.found(
        re.compile(r"https://gateway\.example\.com(/sign-in/reset/\S+)"), first_mail(mailed)
    )
    form = client.get(link)["Location"]
    new = "a quite different sentence"
    changed = client.post(form, {"password1": new, "password2": new}, follow=True)

    assert asked["Location"] == "/sign-in/reset/sent/"
    assert mailed[0].to == [owner.user.email]
    assert "The password is changed" in words(changed)
    assert enter_password(Client(), owner.user.email).status_code == 200
    assert enter_password(Client(), owner.user.email, new).status_code == 302
    assert "This link does not work any more" in words(client.get(link))


def test_the_key_of_a_reset_link_leaves_the_address_at_once(client, owner, mailed):
    client.post("/sign-in/reset/", {"email": owner.user.email})
    link = sessions.found(
        re.compile(r"https://gateway\.example\.com(/sign-in/reset/\S+)"), first_mail(mailed)
    )

    answer = client.get(link)

    assert answer.status_code == 302
    assert link.split("-")[-1].strip("/") not in answer["Location"]
    assert "no-store" in client.get(answer["Location"])["Cache-Control"]


def test_a_reset_link_never_follows_the_host_header(owner, mailed, settings, tmp_path):
    settings.PUBLIC_URL, settings.DATA_DIR = "", tmp_path
    addresses.record("http://127.0.0.1:8123")
    headers = {"host": "localhost:6666", "x-forwarded-host": "evil.example"}

    Client().post("/sign-in/reset/", {"email": owner.user.email}, headers=headers)

    assert [urlsplit(url).netloc for url in RESET.findall(first_mail(mailed))] == ["127.0.0.1:8123"]


def test_a_reset_for_an_unknown_address_answers_the_same_and_sends_nothing(owner, mailed):
    known = Client().post("/sign-in/reset/", {"email": owner.user.email}, follow=True)
    unknown = Client().post("/sign-in/reset/", {"email": "nobody@northwind.example"}, follow=True)

    assert first_mail(mailed)
    assert [mail.to for mail in mailed] == [[owner.user.email]]
    assert (known.redirect_chain, words(known)) == (unknown.redirect_chain, words(unknown))


def test_a_mail_server_that_fails_does_not_tell_who_has_an_account(owner, mailed, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = Client().post("/sign-in/reset/", {"email": owner.user.email})

    wait_for_mail()
    assert answer["Location"] == "/sign-in/reset/sent/"
    assert "mail.failed" in caplog.text
    assert "/sign-in/reset/" not in caplog.text


def test_without_mail_a_forgotten_password_is_a_matter_for_the_operator(client, owner, mailoutbox):
    shown = client.get("/sign-in/reset/")
    sent = client.post("/sign-in/reset/", {"email": owner.user.email})

    assert "manage.py sign_in_link" in words(shown)
    assert words(shown) == words(sent)
    assert mailoutbox == []


def test_half_an_hour_of_doing_nothing_ends_the_session(owner, workspace):
    client, page = Client(), f"/w/{workspace.slug}/members/"
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        enter_password(client, owner.user.email)
        clock.shift(29 * 60)
        at_work = client.get(page)
        clock.shift(31 * 60)
        back = client.get(page)

    assert at_work.status_code == 200
    assert back["Location"] == f"/sign-in/?next={page}"


def test_a_session_that_was_never_used_ends_as_well(owner, workspace):
    client = Client()
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        enter_password(client, owner.user.email)
        clock.shift(31 * 60)

        assert client.get(f"/w/{workspace.slug}/members/").status_code == 302


def test_the_card_that_asks_by_itself_keeps_nobody_signed_in(owner, integration):
    client = Client()
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        enter_password(client, owner.user.email)
        for _ in range(4):
            clock.shift(10 * 60)
            answer = client.get(path("console:connection", integration), headers={"HX-Request": "true"})

    assert answer.status_code == 401


def test_twelve_hours_after_the_sign_in_work_ends_too(owner, workspace):
    client, page = Client(), f"/w/{workspace.slug}/members/"
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        enter_password(client, owner.user.email)
        seen = []
        for _ in range(12 * 3 + 1):
            clock.shift(20 * 60)
            seen.append(client.get(page).status_code)

    assert seen == [200] * 36 + [302]
