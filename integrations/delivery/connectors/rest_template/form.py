"""The settings of the REST template, each explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import PermanentError, SettingsForm
from integrations.delivery.connectors.rest_template import access, recipes
from integrations.delivery.connectors.rest_template.recipe import SECRETS, AuthKind, Recipe
from integrations.delivery.connectors.rest_template.recipes import BadRecipe


class RestTemplateForm(SettingsForm):
    """Where the app is, how it knows us, and the recipe of its API."""

    secret_fields: ClassVar[tuple[str, ...]] = SECRETS
    # Which secrets are needed says the recipe, so a browser cannot know.
    use_required_attribute = False

    base_url = forms.CharField(
        label=gettext_lazy("Base URL"),
        required=False,
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://app.example.com/api"}),
        help_text=gettext_lazy("Every path of the recipe goes on from here. Empty: as the recipe says."),
    )
    auth_kind = forms.ChoiceField(
        label=gettext_lazy("Authentication"),
        required=False,
        choices=[
            ("", gettext_lazy("As the recipe says")),
            (AuthKind.BEARER.value, gettext_lazy("Bearer token")),
            (AuthKind.BASIC.value, gettext_lazy("User name and password (basic)")),
            (AuthKind.HEADER.value, gettext_lazy("A header of its own")),
            (AuthKind.NONE.value, gettext_lazy("None")),
        ],
        help_text=gettext_lazy("How the app knows that a request is ours. Secrets never stand in a URL."),
    )
    auth_user_name = forms.CharField(
        label=gettext_lazy("User name"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For user name and password: the account that the app gave to this gateway."),
    )
    auth_header = forms.CharField(
        label=gettext_lazy("Header"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("For a header of its own: its name, such as X-Api-Key."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=4000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The token, the password or the key. It is kept sealed and not shown again."),
    )
    second_secret = forms.CharField(
        label=gettext_lazy("Second secret"),
        max_length=4000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("For apps that want two, such as a key of the app and one of the account."),
    )
    takes_over = forms.BooleanField(
        label=gettext_lazy("Take over what another system made"),
        required=False,
        help_text=gettext_lazy(
            "An account with the right user name, but the external id of somebody else, becomes this "
            "person's. Without it the delivery fails and says so."
        ),
    )
    recipe = forms.CharField(
        label=gettext_lazy("Recipe"),
        strip=False,
        max_length=recipes.MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy("JSON that says which request is sent for what, and how to read the answers."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = _needed(self.data) if self.is_bound else set(self.secret_fields[:1])
        for name in self.secret_fields:
            self.fields[name].required = name in needed

    def clean_secret(self) -> str:
        return _header_safe(self.cleaned_data["secret"])

    def clean_second_secret(self) -> str:
        return _header_safe(self.cleaned_data["second_secret"])

    def clean_base_url(self) -> str:
        url = str(self.cleaned_data["base_url"]).rstrip("/")
        if url and not recipes.is_address(url):
            raise ValidationError(_("Enter an address such as https://app.example.com/api."))
        return url

    def clean_auth_header(self) -> str:
        name = str(self.cleaned_data["auth_header"])
        if name and not recipes.may_carry_secret(name):
            raise ValidationError(_("Enter the name of a header, such as X-Api-Key."))
        return name

    def clean_recipe(self) -> str:
        text = str(self.cleaned_data["recipe"])
        try:
            recipes.parse(text)
        except BadRecipe as error:
            raise ValidationError([str(problem) for problem in error.problems]) from error
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        recipe = recipes.parse(cleaned["recipe"]) if "recipe" in cleaned else None
        if recipe is not None and not cleaned.get("base_url") and not recipe.base_url:
            self.add_error("base_url", _("Enter it here, or in the recipe as “base_url”."))
        kind = cleaned.get("auth_kind")
        if kind == AuthKind.BASIC and not cleaned.get("auth_user_name"):
            self.add_error("auth_user_name", _("Enter the user name."))
        if kind == AuthKind.HEADER and not cleaned.get("auth_header"):
            self.add_error("auth_header", _("Enter the name of the header."))
        return cleaned


def _needed(values: Mapping[str, Any]) -> set[str]:
    """The secrets that these settings need; of what is not understood the other fields complain."""
    try:
        recipe: Recipe | None = recipes.parse(str(values.get("recipe") or ""))
    except BadRecipe:
        recipe = None
    kind = str(values.get("auth_kind") or "")
    if recipe is None or (kind and kind not in set(AuthKind)):
        return set()
    return set(access.of({**values, "auth_kind": kind}, recipe).auth.secrets)


def _header_safe(secret: str) -> str:
    try:
        return access.plain(secret)
    except PermanentError as error:
        raise ValidationError(_("It has characters that a header cannot hold. Copy it again.")) from error
