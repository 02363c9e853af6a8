"""Every template: does it compile, and does it keep to the content security policy and the CSRF rule?"""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template

from cerby_gateway import assets
from integrations.console import gallery

FOLDER = settings.BASE_DIR / "templates"
NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
MAILS = re.compile(r"^emails/|/email/")
# Each of these needs what the policy forbids: inline code, inline style, or eval.
REFUSED = {
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "a script with a body": r"<script[^>]*>[^<\s]",
    "an inline style sheet": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "an event handler": r"\son[a-z]+\s*=",
    "an htmx event handler": r"\bhx-on\b",
    "a computed htmx value": r"=\s*[\"']?(js|javascript):",
    "a filtered htmx trigger": r"hx-trigger\s*=\s*(\"[^\"]*\[|'[^']*\[)",
}
POST_FORM = re.compile(r"<form\b(?=[^>]*method=\"?post)[^>]*>(.*?)(?:</form>|\Z)", re.IGNORECASE | re.DOTALL)
PARTS = re.compile(r"{% (?:extends|include) \"([^\"]+)\"")
ICON = re.compile(r"{% icon \"([^\"]+)\"|\bicon=\"([^\"]+)\"")


@pytest.fixture
def static_files(settings):
    """Static files under their own names: the hashed ones exist only after they were collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


def source(name):
    return (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", [name for name in NAMES if not MAILS.search(name)])
def test_template_needs_nothing_that_the_policy_forbids(name):
    found = [fault for fault, pattern in REFUSED.items() if re.search(pattern, source(name), re.IGNORECASE)]

    assert found == []


@pytest.mark.parametrize("name", [name for name in NAMES if POST_FORM.search(source(name))])
def test_every_post_form_carries_the_csrf_token(name):
    bodies = POST_FORM.findall(source(name))

    assert all("{% csrf_token %}" in body for body in bodies)


def test_every_icon_that_a_template_names_is_in_the_sprite():
    used = {first or second for name in NAMES for first, second in ICON.findall(source(name))}

    assert used - set(assets.SYMBOLS) == set()


@pytest.mark.parametrize(
    ("fault", "markup"),
    [
        ("an inline script", "<script>"),
        ("a script with a body", '<script src="/a.js">go()'),
        ("an inline style sheet", "<style>"),
        ("a style attribute", '<p style="color: red">'),
        ("an event handler", '<p onclick="go()">'),
        ("an htmx event handler", '<p hx-on:click="go()">'),
        ("a computed htmx value", "<p hx-vals='js:go()'>"),
        ("a computed htmx value", '<a href="javascript:go()">'),
        ("a filtered htmx trigger", '<p hx-trigger="keyup[key==1]">'),
    ],
)
def test_refusal_recognises(fault, markup):
    assert re.search(REFUSED[fault], markup)


@pytest.mark.usefixtures("static_files")
@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_error_page_needs_neither_context_nor_database(name):
    page = get_template(name).render()

    assert "<h1" in page
    assert 'href="/"' in page


@pytest.mark.usefixtures("static_files")
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Words and states"),
        ("?dialog=form&standalone", "Keep it for 1 hour"),
        ("?dialog=locked", "I have copied it"),
    ],
    ids=["page", "dialog in the page", "dialog alone"],
)
def test_gallery_shows_the_components(rf, query, words):
    request = rf.get(f"/_components{query}")
    request.user = AnonymousUser()

    page = gallery.gallery(request).content.decode()

    assert words in page
    assert ("<html" in page) is (query != "?dialog=locked")


def test_gallery_shows_every_component():
    shown = set()
    ahead = {name for name in NAMES if name.startswith("console/") and "gallery" in name}
    while ahead:
        shown |= ahead
        ahead = {name for page in ahead for name in PARTS.findall(source(page))} - shown

    assert {name for name in NAMES if name.startswith("components/")} - shown == set()
