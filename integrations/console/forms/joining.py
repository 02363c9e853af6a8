"""Forms around signing in: they turn words into values and say what is missing; verbs judge the rest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext_lazy as _

from integrations.console.forms.verb import VerbForm


def _password(label: Any, autocomplete: str = "new-password") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=200)


def _text(label: Any, autocomplete: str, most: int) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.TextInput(attrs={"autocomplete": autocomplete})
    )


class AccountForm(VerbForm):
    name = _text(_("Your name"), "name", 120)
    password = _password(_("Password"))
    # As on the pages of allauth, which change one.
    password.help_text = password_validators_help_text_html()


class StartForm(AccountForm):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    workspace = _text(_("Workspace name"), "organization", 80)
    workspace.help_text = _("Usually your company's name.")

    field_order = ["name", "email", "password", "workspace"]
