"""Forms about deliveries: what was chosen, why one is skipped, what is sent in its place, since when."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.console.forms.verb import VerbForm
from integrations.delivery.turns.controls import CHUNK, Replay
from integrations.kit import strict_json

LONGEST_OVERRIDE = 20_000
MOST_DIGITS = 18


class Numbers(forms.Field):
    """Numbers of deliveries, one for each box that was ticked; at most as many as are worked on at once."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        texts = [text for text in value or [] if text.isascii() and text.isdecimal()]
        return [int(text) for text in texts[:CHUNK] if len(text) <= MOST_DIGITS]


class SelectedForm(VerbForm):
    """What is to be done, and to which: the ticked ones, or all that failed."""

    do = forms.ChoiceField(choices=[("retry", "retry"), ("skip", "skip")], widget=forms.HiddenInput)
    which = forms.ChoiceField(choices=[("failed", "failed")], required=False, widget=forms.HiddenInput)
    number = Numbers(required=False)


class SkipForm(VerbForm):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept with the delivery and in the audit log."),
    )


class EditForm(VerbForm):
    """What is sent in its place: a JSON object."""

    override = forms.CharField(
        label=gettext_lazy("What is sent"),
        max_length=LONGEST_OVERRIDE,
        widget=forms.Textarea(attrs={"rows": 14, "class": "mono", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "A JSON object. It is sent once, in the place of what the gateway would send; later changes of "
            "this person follow as usual."
        ),
    )

    def clean_override(self) -> dict[str, Any]:
        try:
            return strict_json.read(self.cleaned_data["override"])
        except strict_json.Malformed as error:
            raise ValidationError(str(error)) from error


class SinceForm(VerbForm):
    """A moment, in the time zone of the console."""

    since = forms.DateTimeField(
        label=gettext_lazy("Since"),
        widget=forms.DateTimeInput(
            attrs={"class": "short", "placeholder": "2026-11-28 14:30", "autocomplete": "off"}
        ),
        help_text=gettext_lazy(
            "Date and time in UTC, such as 2026-11-28 14:30. Every change since then is delivered again."
        ),
    )

    def clean_since(self) -> datetime:
        since: datetime = self.cleaned_data["since"]
        if since > timezone.now():
            raise ValidationError(_("This moment is still to come."))
        return since


class ReplayForm(SinceForm):
    """The window of a replay, and how far it has come."""

    until = forms.DateTimeField(widget=forms.HiddenInput)
    after_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    after_id = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def asked(self) -> Replay:
        values = self.cleaned_data
        at: datetime | None = values["after_at"]
        pk: UUID | None = values["after_id"]
        return Replay(values["since"], values["until"], (at, pk) if at and pk else None)
