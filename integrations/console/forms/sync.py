"""Forms about what a sync found: which accounts, what to do, and whose one is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.console import people_picked
from integrations.console.forms.deliveries import Numbers
from integrations.console.forms.verb import VerbForm
from integrations.models import Integration


class AccountsForm(VerbForm):
    """The accounts that were ticked, or the one whose own button was pressed."""

    do = forms.ChoiceField(choices=[("bring", "bring"), ("take", "take")], required=False)
    number = Numbers(required=False)
    bring = Numbers(required=False)
    take = Numbers(required=False)

    def asked(self) -> tuple[str, list[int]]:
        """What is to be done, and the ids of the accounts."""
        values = self.cleaned_data
        single = next((name for name in ("bring", "take") if values[name]), "")
        return (single, values[single]) if single else (values["do"], values["number"])


class PersonForm(VerbForm):
    """A person by user name, as somebody types it."""

    person = forms.CharField(
        label=gettext_lazy("User name of the person"),
        max_length=512,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("As the identity provider knows it; the beginning is enough."),
    )

    def __init__(self, integration: Integration, data: QueryDict | None = None, **named: Any) -> None:
        super().__init__(data, **named)
        self.integration = integration

    def clean_person(self) -> UUID:
        picked = people_picked.by_name(self.integration, self.cleaned_data["person"].replace("\0", ""))
        if picked.person is not None:
            return picked.person.id
        if picked.others:
            names = ", ".join(one.name for one in picked.others[:5])
            raise ValidationError(
                _("More than one name begins so: %(names)s. Type the whole.") % {"names": names}
            )
        raise ValidationError(_("Nobody here has such a user name."))
