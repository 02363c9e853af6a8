"""The settings of a script."""

from __future__ import annotations

import re
from pathlib import Path

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import SettingsForm

SECRETS = "secrets"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
OFF = gettext_lazy("Scripts are switched off. The operator of this gateway sets SCRIPT_ROOT.")


def pairs(text: str) -> dict[str, str]:
    """NAME=VALUE, one a line. ValueError where a line is none."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals or not NAME.fullmatch(name.strip()):
            raise ValueError(name)
        found[name.strip()] = value.strip()
    return found


class ScriptForm(SettingsForm):
    """Which program, and what it is told besides the person."""

    secret_fields = (SECRETS,)

    path = forms.CharField(
        label=gettext_lazy("Program"),
        max_length=500,
        widget=forms.TextInput(attrs={"placeholder": "/"}),
        help_text=gettext_lazy("Its absolute path, beneath the folder that the operator opened for scripts."),
    )
    values = forms.CharField(
        label=gettext_lazy("Settings"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "placeholder": "NAME=VALUE"}),
        help_text=gettext_lazy("What the program is told with each change; one NAME=VALUE a line."),
    )
    secrets = forms.CharField(
        label=gettext_lazy("Secrets"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(
            attrs={"rows": 3, "class": "mono", "placeholder": "NAME=VALUE", "autocomplete": "off"}
        ),
        help_text=gettext_lazy("The same for what nobody may see; told on standard input alone."),
    )

    def clean_path(self) -> str:
        if settings.SCRIPT_ROOT is None:
            raise ValidationError(OFF, code="off")
        path = str(self.cleaned_data["path"])
        if not Path(path).is_absolute() or "\0" in path:
            raise ValidationError(_("Enter an absolute path, such as /srv/scripts/acme/people.py."))
        return path

    def clean_values(self) -> str:
        return self._pairs("values")

    def clean_secrets(self) -> str:
        return self._pairs(SECRETS)

    def _pairs(self, field: str) -> str:
        text = str(self.cleaned_data[field])
        try:
            pairs(text)
        except ValueError as error:
            raise ValidationError(_("Write each line as NAME=VALUE.")) from error
        return text
