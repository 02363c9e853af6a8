"""Forms about an integration: words into values. What they mean is judged by the verbs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations import idps
from integrations.catalog import Facts
from integrations.console.forms.verb import VerbForm
from integrations.kit import one_line
from integrations.models import Integration

SHORT = {"class": "short"}


class NewIntegrationForm(VerbForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs=SHORT),
        help_text=_("Usually the app's name, such as Hootsuite."),
    )
    sign_in_url = forms.CharField(
        label=_("Sign-in page of the app"),
        max_length=2000,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("The Bookmark URL sends people here. It can be added later."),
    )

    def facts(self) -> Facts:
        return Facts(**self.cleaned_data)


class IntegrationForm(NewIntegrationForm):
    app = forms.CharField(label=_("App"), max_length=80, required=False, widget=forms.TextInput(attrs=SHORT))
    idp = forms.ChoiceField(
        label=_("Identity provider"),
        required=False,
        choices=[("", _("Recognise it from its requests")), *idps.CHOICES],
        widget=forms.Select(attrs=SHORT),
        help_text=_("What you choose here is never overwritten."),
    )
    test_user_name = forms.CharField(
        label=_("Test address"),
        max_length=512,
        required=False,
        widget=forms.TextInput(attrs=SHORT),
        help_text=_(
            "JumpCloud's connection test makes a person with this address. They never count as real."
        ),
    )
    rehire = forms.ChoiceField(
        label=_("When a person comes back"),
        choices=Integration.Rehire.choices,
        widget=forms.Select(attrs=SHORT),
        help_text=_(
            "The same person is one with the same externalId, or the same userName where one has none."
        ),
    )

    nested_groups = forms.ChoiceField(
        label=_("Groups inside groups"),
        choices=Integration.NestedGroups.choices,
        widget=forms.Select(attrs=SHORT),
        help_text=_("What happens when the identity provider sends a group as a member of a group."),
    )

    field_order = ["name", "app", "sign_in_url", "idp", "test_user_name", "rehire", "nested_groups"]

    @staticmethod
    def values_of(integration: Integration) -> dict[str, Any]:
        return {name: getattr(integration, name) for name in IntegrationForm.field_order}


class ConfirmForm(VerbForm):
    """Asks for a name to be typed before something that cannot be taken back."""

    confirm = forms.CharField(widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._name = name
        self.fields["confirm"].label = _("Type %(name)s to confirm") % {"name": name}

    def clean_confirm(self) -> str:
        typed = one_line.of(self.cleaned_data["confirm"])
        if typed != one_line.of(self._name):
            raise forms.ValidationError(_("This is not the name."))
        return typed
