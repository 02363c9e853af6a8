"""Forms about tasks: proof, and whom to give one to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from integrations.console.forms.verb import VerbForm
from integrations.delivery.hands import evidence
from integrations.delivery.hands.evidence import Evidence
from integrations.models import Membership


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        one = super().clean
        return [one(each, initial) for each in data or []]


class ProofForm(VerbForm):
    """What shows that a task is done; the verb judges it."""

    proof = FilesField(
        label=_("Proof"),
        required=False,
        widget=FilesInput(attrs={"accept": ",".join(evidence.TYPES)}),
        help_text=_(
            "Pictures, PDF or text files that show it: at most 5, each up to 5 MiB. "
            "A file or a note is needed to finish."
        ),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("Anything the next reader should know")}),
    )

    def evidence(self) -> list[Evidence]:
        """The files in memory; of one that is too large, or of too many, only as much as shows it."""
        return [
            Evidence(file.name or "", file.content_type or "", file.read(evidence.LARGEST_FILE + 1))
            for file in self.cleaned_data["proof"][: evidence.MOST_FILES + 1]
        ]


class GiveForm(VerbForm):
    """Chooses a member of the workspace."""

    def __init__(self, members: Sequence[Membership], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(member.pk): member for member in members}
        choices = [(pk, member.user.email) for pk, member in self.members.items()]
        self.fields["to"] = forms.ChoiceField(
            label=_("Give it to"), choices=[("", _("Choose a member")), *choices]
        )

    def member(self) -> Membership:
        return self.members[self.cleaned_data["to"]]
