"""The form of a new API key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations import roles
from integrations.api_keys import Terms
from integrations.console.forms.tokens import LIVES, Choice
from integrations.console.forms.verb import VerbForm
from integrations.models import ApiKey, Membership

NOTES = {
    ApiKey.Role.READ_ONLY: _("Sees the whole workspace with its audit log, and changes nothing."),
    ApiKey.Role.ADMIN: _("Changes integrations, their tokens and deliveries; the audit log it does not see."),
    ApiKey.Role.SUPER_ADMIN: _(
        "May what a Super Admin may, such as deleting integrations and changing members."
    ),
}


class NewApiKeyForm(VerbForm):
    """The one-time key makes a reload or a second click of the same form harmless. `kept`: what was chosen
    before the sign-in had to be confirmed."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    label = forms.CharField(
        label=_("What it is for"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("The program that will use it, such as Nightly export."),
    )
    life = forms.ChoiceField(label=_("Expires"), choices=LIVES, widget=forms.Select(attrs={"class": "short"}))

    def __init__(self, member: Membership, *args: Any, kept: Mapping[str, str], **kwargs: Any) -> None:
        usual = {"form_key": uuid4(), "role": ApiKey.Role.READ_ONLY, "life": LIVES[0][0]}
        before = {name: kept[name] for name in ("label", "role", "life") if name in kept}
        kwargs["initial"] = usual | before
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=_roles_to_give(member), widget=forms.RadioSelect
        )
        self.order_fields(["form_key", "label", "role", "life"])

    def chosen(self) -> dict[str, str]:
        """What is kept while the sign-in is confirmed."""
        return {name: self.cleaned_data[name] for name in ("label", "role", "life")}

    def terms(self) -> Terms:
        given = self.cleaned_data
        days = int(given["life"])
        life = timedelta(days=days) if days else None
        return Terms(given["label"], given["role"], life=life, form_key=given["form_key"])


def _roles_to_give(member: Membership) -> list[tuple[str, Choice]]:
    """The roles of a key that this person may make, the smallest first."""
    able = [role for role in ApiKey.Role if roles.may_give_key(member, role)]
    return [(role.value, Choice(str(role.label), str(NOTES[role]))) for role in able]
