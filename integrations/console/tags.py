"""Template library `ui`: icons, avatars, moments and form controls of the console."""

from __future__ import annotations

import re
import zlib
from datetime import datetime, timedelta

from django.forms import BoundField, CheckboxInput, Select, Textarea
from django.template import Library
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext_lazy

register = Library()

TONES = 6
WORD_BREAK = re.compile(r"[\s._-]+")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The first that is found wins: Edge and Opera also call themselves Chrome, and Chrome calls itself Safari.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
# Largest first; an age is told in the largest unit it fills. Months and years are rounded to 30 and 365 days.
UNITS = (
    (
        timedelta(days=365),
        ngettext_lazy("%(n)d year ago", "%(n)d years ago", "n"),
        ngettext_lazy("in %(n)d year", "in %(n)d years", "n"),
    ),
    (
        timedelta(days=30),
        ngettext_lazy("%(n)d month ago", "%(n)d months ago", "n"),
        ngettext_lazy("in %(n)d month", "in %(n)d months", "n"),
    ),
    (
        timedelta(days=1),
        ngettext_lazy("%(n)d day ago", "%(n)d days ago", "n"),
        ngettext_lazy("in %(n)d day", "in %(n)d days", "n"),
    ),
    (
        timedelta(hours=1),
        ngettext_lazy("%(n)d hour ago", "%(n)d hours ago", "n"),
        ngettext_lazy("in %(n)d hour", "in %(n)d hours", "n"),
    ),
    (
        timedelta(minutes=1),
        ngettext_lazy("%(n)d minute ago", "%(n)d minutes ago", "n"),
        ngettext_lazy("in %(n)d minute", "in %(n)d minutes", "n"),
    ),
    (
        timedelta(seconds=1),
        ngettext_lazy("%(n)d second ago", "%(n)d seconds ago", "n"),
        ngettext_lazy("in %(n)d second", "in %(n)d seconds", "n"),
    ),
)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One symbol of the sprite, hidden from screen readers; `extra` is "sm" or another class."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        extra,
        static("icons/icons.svg"),
        name,
    )


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar: of the first two words, of an only word, or of what stands before an @."""
    words = [word for word in WORD_BREAK.split(name.partition("@")[0]) if word]
    if len(words) > 1:
        return (words[0][0] + words[1][0]).upper()
    return words[0][:2].capitalize() if words else "?"


@register.filter
def tone(name: str) -> int:
    """A colour 1 to 6 that stays with the name, whatever its case."""
    return 1 + zlib.crc32(name.casefold().encode()) % TONES


@register.simple_tag
def ago(moment: datetime | None) -> str:
    """A moment seen from now, "2 minutes ago" or "in 3 months", its title the exact time; None is "Never"."""
    if moment is None:
        return gettext("Never")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        _exactly(moment),
        _seen_from_now(moment),
    )


@register.simple_tag
def stamp(moment: datetime) -> SafeString:
    """A moment to the second, "24 Nov 2026, 08:10:57", in the current time zone."""
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), _exactly(moment))


@register.simple_tag
def clock(moment: datetime) -> SafeString:
    """A moment in a list of many: "15:29:41" today, else "24 Nov, 15:29"; its title the exact time."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    words = format_date(local, "H:i:s" if is_today else "j M, H:i")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), _exactly(moment), words
    )


@register.filter
def day(moment: datetime | None) -> str:
    """The date of a moment, "12 Mar 2026", in the current time zone; None is empty."""
    return format_date(timezone.localtime(moment), "j M Y") if moment else ""


@register.filter
def short_ids(path: str) -> str:
    """A path whose long ids are shortened to their ends: "/Users/1f0c…77a2"."""
    return UUID.sub(lambda found: f"{found[0][:4]}…{found[0][-4:]}", path)


@register.filter
def browser(user_agent: str) -> str:
    """A browser in words, "Chrome on Windows"; one that is not known stays as it says."""
    name = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if name and system:
        return gettext("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or user_agent or gettext("Unknown browser")


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's widget in the class that styles it; Django adds the ARIA attributes.

    A placeholder that only repeats the label goes: it looks like a value that is filled in already.
    """
    widget = field.field.widget
    kinds = ((Select, "select"), (Textarea, "textarea"), (CheckboxInput, ""))
    look = next((name for kind, name in kinds if isinstance(widget, kind)), "input")
    if str(widget.attrs.get("placeholder", "")).casefold().startswith(str(field.label).casefold()):
        widget.attrs.pop("placeholder", None)
    classes = " ".join(filter(None, [look, str(widget.attrs.get("class", ""))]))
    return field.as_widget(attrs={"class": classes} if classes else {})


def _exactly(moment: datetime) -> str:
    return format_date(timezone.localtime(moment), "j M Y, H:i:s")


def _seen_from_now(moment: datetime) -> str:
    distance = moment - timezone.now()
    for unit, past, future in UNITS:
        if abs(distance) >= unit:
            words = past if distance < timedelta() else future
            return words % {"n": abs(distance) // unit}
    return gettext("just now")
