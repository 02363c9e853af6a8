"""The form of one attribute of an integration's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from scim.console.extra_attributes import RESERVED
from scim.core.schema import Type

SHORT = {"class": "short"}
TYPES = {
    Type.STRING.value: _("Text"),
    Type.BOOLEAN.value: _("Yes or no"),
    Type.INTEGER.value: _("Whole number"),
    Type.DECIMAL.value: _("Number"),
    Type.DATE_TIME.value: _("Date and time"),
    Type.REFERENCE.value: _("Address (URL)"),
}


class ExtraAttributeForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        widget=forms.TextInput(attrs=SHORT),
        help_text=_("As the identity provider sends it, such as costCenterCode."),
    )
    schema = forms.CharField(
        label=_("Schema"),
        max_length=200,
        help_text=_("The URN under which the identity provider sends it. Without one, leave it as it is."),
    )
    type = forms.ChoiceField(label=_("Type"), choices=list(TYPES.items()), widget=forms.Select(attrs=SHORT))
    many = forms.BooleanField(label=_("Several values"), required=False)
    description = forms.CharField(label=_("Description"), max_length=300, required=False)

    def clean_schema(self) -> str:
        urn: str = self.cleaned_data["schema"]
        if urn.lower().startswith(RESERVED):
            raise forms.ValidationError(_("This schema belongs to the standard. Use a URN of your own."))
        return urn

    def attribute(self) -> dict[str, Any]:
        """The attribute as a definition holds it."""
        return {
            "name": self.cleaned_data["name"],
            "type": self.cleaned_data["type"],
            "multiValued": self.cleaned_data["many"],
            "description": self.cleaned_data["description"],
        }
