"""The settings of a file drop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import SettingsForm
from integrations.delivery.connectors.file_drop import folder, rows, ssh
from integrations.delivery.connectors.file_drop.formats import FORMULA
from integrations.delivery.connectors.file_drop.places import Trouble

FOLDER, SFTP = "folder", "sftp"
CHANGES, EVERYBODY = "delta", "full"
PASSWORD, PRIVATE_KEY = "password", "private_key"
MOST_COLUMNS = 100


class FileDropForm(SettingsForm):
    """What is written, where, and what comes back."""

    secret_fields = (PASSWORD, PRIVATE_KEY)

    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        choices=[
            (SFTP, gettext_lazy("SFTP server")),
            (FOLDER, gettext_lazy("Folder of the gateway's machine")),
        ],
    )
    folder = forms.CharField(
        label=gettext_lazy("Folder"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "On the server; or, on this machine, beneath the folder that is opened for the workspace."
        ),
    )
    content = forms.ChoiceField(
        label=gettext_lazy("Content"),
        choices=[
            (CHANGES, gettext_lazy("One file for each change")),
            (EVERYBODY, gettext_lazy("One file with everybody")),
        ],
        help_text=gettext_lazy("The file with everybody is kept up to date, person by person."),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("csv", "CSV"), ("jsonl", gettext_lazy("JSON lines"))],
    )
    columns = forms.CharField(
        label=gettext_lazy("Columns"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": ", ".join(rows.USUAL)}),
        help_text=gettext_lazy(
            "Names of mapped attributes, and id, action, active, roles or key, by comma. Empty: the usual "
            "ones."
        ),
    )
    name = forms.RegexField(
        label=gettext_lazy("Name of the file with everybody"),
        regex=r"^[0-9A-Za-z][0-9A-Za-z_-]{0,59}$",
        required=False,
        help_text=gettext_lazy("Without the ending. Empty: people."),
    )
    app_answers = forms.BooleanField(
        label=gettext_lazy("The app answers"),
        required=False,
        help_text=gettext_lazy("It puts an answer beside each file; only then the change counts as arrived."),
    )
    answer_minutes = forms.IntegerField(
        label=gettext_lazy("Look for the answer after so many minutes"),
        required=False,
        min_value=1,
        max_value=1440,
        help_text=gettext_lazy("Empty: 5."),
    )
    host = forms.CharField(label=gettext_lazy("SFTP server"), required=False, max_length=253)
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        required=False,
        min_value=1,
        max_value=65535,
        help_text=gettext_lazy("Empty: 22."),
    )
    user_name = forms.CharField(label=gettext_lazy("User name"), required=False, max_length=100)
    host_key = forms.CharField(
        label=gettext_lazy("Host key"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "The fingerprint, such as SHA256:…; several by a blank. Leave it empty, test the connection, and "
            "compare what the server shows."
        ),
    )
    sign_in = forms.ChoiceField(
        label=gettext_lazy("Sign in by"),
        choices=[(PASSWORD, gettext_lazy("Password")), (PRIVATE_KEY, gettext_lazy("Private key"))],
        required=False,
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    private_key = forms.CharField(
        label=gettext_lazy("Private key"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "class": "mono"}),
        help_text=gettext_lazy("Ed25519, ECDSA or RSA, without a passphrase."),
    )

    def clean_columns(self) -> str:
        text = str(self.cleaned_data["columns"])
        names = rows.columns(text)
        if len(set(names)) != len(names) or len(names) > MOST_COLUMNS:
            raise ValidationError(_("Name each column once, and at most %d.") % MOST_COLUMNS)
        if any(name.startswith(FORMULA) for name in names):
            raise ValidationError(_("A column must not begin with = + - or @."))
        return text

    def clean_host_key(self) -> str:
        fingerprints = str(self.cleaned_data["host_key"]).split()
        if not all(ssh.FINGERPRINT.fullmatch(one) for one in fingerprints):
            raise ValidationError(_("A fingerprint looks like SHA256: and 43 letters or digits."))
        return " ".join(fingerprints)

    def clean_private_key(self) -> str:
        text = str(self.cleaned_data["private_key"])
        if text:
            try:
                ssh.read_key(text)
            except Trouble as trouble:
                raise ValidationError(trouble.finding().fix) from trouble
        return text

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("place") == FOLDER:
            self._clean_folder(str(values.get("folder", "")))
        elif values.get("place") == SFTP:
            for name in ("host", "user_name"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("An SFTP server needs it."))
        if values.get("content") == EVERYBODY:
            if values.get("app_answers"):
                self.add_error("app_answers", _("The app can answer only where each change has a file."))
            if "columns" in values and rows.KEY not in rows.columns(values["columns"]):
                self.add_error("columns", _("The file with everybody needs the column id."))
        return values

    def _clean_folder(self, chosen: str) -> None:
        if settings.FILE_DROP_ROOT is None:
            words = _("Folders of this machine are switched off. The operator sets FILE_DROP_ROOT.")
            self.add_error("place", words)
        try:
            folder.parts(chosen)
        except ValueError:
            self.add_error("folder", _("Enter a folder without .. that does not begin with a slash."))
