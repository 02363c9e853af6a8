"""Forms about gateway tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations import tokens
from integrations.console.forms.verb import VerbForm
from integrations.tokens import Terms

LIVES = [
    ("365", gettext_lazy("1 year")),
    ("180", gettext_lazy("180 days")),
    ("90", gettext_lazy("90 days")),
    ("0", gettext_lazy("Never")),
]

A_DAY = 24 * 60


class Choice(str):
    """A choice's label, with the note that stands under it."""

    __slots__ = ("note",)
    note: str

    def __new__(cls, label: str, note: str) -> Choice:
        made = super().__new__(cls, label)
        made.note = note
        return made


class GenerateTokenForm(VerbForm):
    """The one-time key makes a reload or a second click of the same form harmless."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"form_key": uuid4()})
        super().__init__(*args, **kwargs)

    def terms(self) -> Terms:
        key: UUID = self.cleaned_data["form_key"]
        return Terms(form_key=key)


class NewTokenForm(GenerateTokenForm):
    life = forms.ChoiceField(
        label=gettext_lazy("The new token expires"),
        choices=LIVES,
        widget=forms.Select(attrs={"class": "short"}),
    )

    def __init__(self, idp: str, *args: Any, **kwargs: Any) -> None:
        overlaps = tokens.overlaps(idp)
        minutes = [int(overlap.total_seconds() // 60) for overlap in overlaps]
        kwargs["initial"] = {"form_key": uuid4(), "overlap": str(minutes[0]), "life": LIVES[0][0]}
        super().__init__(*args, **kwargs)
        choices = [(str(number), _choice(number, recommended=number == minutes[0])) for number in minutes]
        self.fields["overlap"] = forms.ChoiceField(
            label=_("Old token"),
            choices=choices,
            widget=forms.RadioSelect,
            help_text=_(
                "It stops earlier, ten minutes after your identity provider first uses the new one. If that "
                "has not happened by then, it is kept once more for as long, and you are warned."
            ),
        )
        self.order_fields(["form_key", "overlap", "life"])

    def chosen_overlap(self) -> timedelta:
        return timedelta(minutes=int(self.cleaned_data["overlap"]))

    def terms(self) -> Terms:
        days = int(self.cleaned_data["life"])
        return Terms(life=timedelta(days=days) if days else None, form_key=self.cleaned_data["form_key"])


def _choice(minutes: int, *, recommended: bool) -> Choice:
    if not minutes:
        return Choice(_("Stop it now"), _("If the old token may have leaked."))
    if minutes % 60:
        text = ngettext("Keep it for %(n)d minute", "Keep it for %(n)d minutes", minutes) % {"n": minutes}
    else:
        hours = minutes // 60
        text = ngettext("Keep it for %(n)d hour", "Keep it for %(n)d hours", hours) % {"n": hours}
    if recommended:
        return Choice(text, _("Recommended. Enough to paste the new token and test."))
    return Choice(text, _("For a change window with another team.") if minutes >= A_DAY else "")
