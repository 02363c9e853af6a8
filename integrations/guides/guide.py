"""What a guide says: the way through an identity provider's own pages, and what to paste where.

Labels and menus are the provider's own words, as it shows them, and are not translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Paste(Enum):
    """What an integration has to be pasted; each page fills in its own."""

    SCIM_URL = auto()
    TOKEN = auto()
    BOOKMARK_URL = auto()
    APP = auto()


class Source(Enum):
    """Where the steps are known from."""

    VENDOR = "vendor"
    PUBLISHED = "published guides"
    UNCONFIRMED = "unconfirmed"

    @property
    def warning(self) -> Text:
        """What is said beside them; "" of the vendor's own."""
        return _WARNINGS[self]


_WARNINGS: dict[Source, Text] = {
    Source.VENDOR: "",
    Source.PUBLISHED: _("Known from published guides: menus may have other names by now."),
    Source.UNCONFIRMED: _("Not confirmed by anybody yet: menus may have other names."),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field or switch of the provider, and what it is set to."""

    label: Text
    value: Paste | Text


@dataclass(frozen=True, slots=True)
class Step:
    """`where` is the way through the provider's menus; `text` is read before the fields are set, `then`
    afterwards. `code`: what a field is called that takes a text of several lines, and the text."""

    title: Text
    where: tuple[str, ...] = ()
    text: Text = ""
    fields: tuple[Field, ...] = ()
    code: tuple[str, str] | None = None
    then: Text = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """`idp` is an id of idps.py. `needs`: what one has to have there; `expect`: when it sends, and what is
    peculiar to it."""

    idp: str
    needs: Text
    steps: tuple[Step, ...]
    tile: tuple[Step, ...]
    expect: tuple[Text, ...]
    source: Source = Source.PUBLISHED
    tile_source: Source = Source.PUBLISHED
