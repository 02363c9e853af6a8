"""Icons, avatars, moments and controls as templates see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django import forms

from integrations.console import tags

NOW = datetime(2026, 11, 24, 8, 10, 57, tzinfo=UTC)


class SampleForm(forms.Form):
    name = forms.CharField(help_text="How people call it.", widget=forms.TextInput(attrs={"class": "short"}))
    owner = forms.ChoiceField(choices=[("it", "IT")])
    note = forms.CharField(widget=forms.Textarea)
    agreed = forms.BooleanField()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Hootsuite", "Ho"),
        ("Microsoft Entra ID", "ME"),
        ("it.admin@northwind.example", "IA"),
        ("jo@northwind.example", "Jo"),
        ("  ", "?"),
        ("x", "X"),
    ],
)
def test_initials_are_two_letters_of_the_name(name, letters):
    assert tags.initials(name) == letters


def test_tone_stays_with_the_name_whatever_its_case():
    assert tags.tone("Hootsuite") == tags.tone("hootSUITE")


def test_tones_are_one_to_six():
    assert {tags.tone(f"app {number}") for number in range(200)} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-1), "1 second ago"),
        (timedelta(seconds=-59), "59 seconds ago"),
        (timedelta(minutes=-2), "2 minutes ago"),
        (timedelta(hours=-23, minutes=-59), "23 hours ago"),
        (timedelta(days=-1), "1 day ago"),
        (timedelta(days=-800), "2 years ago"),
        (timedelta(minutes=90), "in 1 hour"),
        (timedelta(days=100), "in 3 months"),
    ],
)
def test_moment_is_seen_from_now(time_machine, distance, words):
    time_machine.move_to(NOW, tick=False)

    assert f">{words}</time>" in tags.ago(NOW + distance)


def test_moment_tells_its_exact_time_to_machines_and_as_a_title(time_machine):
    time_machine.move_to(NOW, tick=False)

    assert tags.ago(NOW).startswith(
        '<time datetime="2026-11-24T08:10:57+00:00" title="24 Nov 2026, 08:10:57">'
    )


def test_moment_that_never_was_is_never_in_a_cell():
    assert tags.ago(None) == "Never"


def test_stamp_shows_the_second():
    assert tags.stamp(NOW) == '<time datetime="2026-11-24T08:10:57+00:00">24 Nov 2026, 08:10:57</time>'


@pytest.mark.parametrize(("moment", "words"), [(NOW, "24 Nov 2026"), (None, "")], ids=["a moment", "none"])
def test_day_is_written_short(moment, words):
    assert tags.day(moment) == words


def test_icon_escapes_what_it_is_given(settings):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }

    assert tags.icon('x"><script>', "sm").count("<") == tags.icon("x").count("<")


@pytest.mark.parametrize(
    ("field", "markup"),
    [
        ("name", 'class="input short"'),
        ("name", 'aria-describedby="id_name_helptext"'),
        ("owner", 'class="select"'),
        ("note", 'class="textarea"'),
    ],
)
def test_control_wears_the_class_of_its_kind(field, markup):
    assert markup in tags.control(SampleForm()[field])


def test_checkbox_wears_no_class():
    assert "class=" not in tags.control(SampleForm()["agreed"])


def test_refused_field_says_so_to_screen_readers():
    control = tags.control(SampleForm({})["name"])

    assert 'aria-invalid="true"' in control
    assert 'aria-describedby="id_name_helptext id_name_error"' in control


@pytest.mark.parametrize(
    ("moment", "words"),
    [(NOW, "08:10:57"), (NOW - timedelta(days=1), "23 Nov, 08:10")],
    ids=["today", "before"],
)
def test_a_clock_tells_the_second_today_and_the_day_before(time_machine, moment, words):
    time_machine.move_to(NOW, tick=False)

    assert f">{words}</time>" in tags.clock(moment)


def test_long_ids_in_a_path_are_shortened():
    assert tags.short_ids("/Users/1f0c6a1e-52b7-4d0e-9a41-7c0d9b6e77a2") == "/Users/1f0c…77a2"
    assert tags.short_ids("/Users/anyone") == "/Users/anyone"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/26.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_told_in_words(user_agent, words):
    assert tags.browser(user_agent) == words


class HintingForm(forms.Form):
    email = forms.EmailField(widget=forms.EmailInput(attrs={"placeholder": "Email address"}))
    site = forms.URLField(assume_scheme="https", widget=forms.URLInput(attrs={"placeholder": "https://"}))


def test_a_placeholder_that_repeats_the_label_is_left_out():
    form = HintingForm()

    assert "placeholder" not in tags.control(form["email"])
    assert 'placeholder="https://"' in tags.control(form["site"])
