"""How a value in the app is told to be otherwise than it shall be."""

from __future__ import annotations

from django.utils.translation import gettext as _

LONGEST = 100


def sentence(name: str, has: object, wants: object) -> str:
    """Of plain values both are told; of what is made of parts only that it is otherwise."""
    if isinstance(has, list | dict) or isinstance(wants, list | dict):
        return _("%(name)s is otherwise than it shall be.") % {"name": name}
    words = {"name": name, "has": _cut(has), "wants": _cut(wants)}
    return _("%(name)s is “%(has)s”, and shall be “%(wants)s”.") % words


def _cut(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
