"""The form behind a verb: what the verb refuses is shown at its field."""

from __future__ import annotations

from django import forms

from integrations.kit.errors import Refused


class VerbForm(forms.Form):
    def refuse(self, refused: Refused) -> None:
        self.add_error(refused.field if refused.field in self.fields else None, refused.message)
