"""Forms about how changes reach the app: the connector's settings, policies, whom to plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.console.forms.verb import VerbForm
from integrations.delivery.connector import Connector, SettingsForm
from integrations.delivery.models import AppConnection

SHORT = {"class": "short"}
MOST_DAYS = 3650


class SecretInput(forms.PasswordInput):
    """Masked, and never filled in again. No password: a browser would offer to keep it as one's own."""

    input_type = "text"


class SecretTextarea(forms.Textarea):
    """A secret of several lines, never filled in again."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        del value
        return super().get_context(name, None, attrs)


def settings_form(
    connector: type[Connector], connection: AppConnection, *, is_current: bool, data: QueryDict | None
) -> SettingsForm:
    """The connector's form. A secret is never filled in; one that is set may stay empty, and says so."""
    form = connector.settings_form(data, initial=connection.settings if is_current else None)
    for name in form.secret_fields:
        field = form.fields[name]
        field.widget = _masked(field.widget)
        stamp = connection.secrets_set.get(name) if is_current else None
        if stamp:
            field.required = False
            field.help_text = f"{_set(stamp)} {field.help_text}".strip()
        elif name in form.made:
            field.required = False
    return form


def values_of(form: SettingsForm) -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed, without and with the secrets: `connecting.change` judges it."""
    typed = {name: form[name].data for name in form.fields}
    secrets = {name: typed.pop(name) or "" for name in form.secret_fields}
    return typed, {name: value for name, value in secrets.items() if value}


def _masked(widget: forms.Widget) -> forms.Widget:
    kind = SecretTextarea if isinstance(widget, forms.Textarea) else SecretInput
    looks = f"{widget.attrs.get('class', '')} secret".strip()
    return kind(attrs={**widget.attrs, "class": looks, "autocomplete": "off", "spellcheck": "false"})


def _set(stamp: Mapping[str, str]) -> str:
    when = timezone.localtime(datetime.fromisoformat(stamp["at"]))
    words = {"day": format_date(when, "j M Y"), "person": stamp["by"]}
    return _("Set on %(day)s by %(person)s. Leave it empty to keep it.") % words


class PoliciesForm(VerbForm):
    on_deactivate = forms.ChoiceField(
        label=gettext_lazy("When the identity provider deactivates somebody"),
        choices=AppConnection.Leaving.choices,
        widget=forms.Select(attrs=SHORT),
        help_text=gettext_lazy("Unassigned, suspended or disabled there."),
    )
    on_delete = forms.ChoiceField(
        label=gettext_lazy("When the identity provider deletes somebody"),
        choices=AppConnection.Leaving.choices,
        widget=forms.Select(attrs=SHORT),
    )
    delete_after_days = forms.IntegerField(
        label=gettext_lazy("Delete the account after so many days"),
        min_value=0,
        max_value=MOST_DAYS,
        widget=forms.NumberInput(attrs=SHORT),
        help_text=gettext_lazy(
            "For somebody whom the identity provider deleted and the app only deactivated. 0 for never."
        ),
    )
    brake_people = forms.IntegerField(
        label=gettext_lazy("Safety brake: people who may leave within an hour"),
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs=SHORT),
    )
    brake_percent = forms.IntegerField(
        label=gettext_lazy("Safety brake: or so many percent of all, if that is more"),
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs=SHORT),
        help_text=gettext_lazy(
            "When more would leave, an Owner or a Super Admin has to decide. 100 switches it off."
        ),
    )
    width = forms.IntegerField(
        label=gettext_lazy("People worked on side by side"),
        min_value=1,
        widget=forms.NumberInput(attrs=SHORT),
    )

    def __init__(self, widest: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["width"]
        field.validators.append(MaxValueValidator(widest))
        field.widget.attrs["max"] = widest
        field.help_text = _(
            "More is faster, and harder on the app; at most %(n)d here. Each person's changes stay in order."
        ) % {"n": widest}

    @staticmethod
    def values_of(connection: AppConnection) -> dict[str, Any]:
        return {name: getattr(connection, name) for name in PoliciesForm.base_fields}


class RoleChoiceForm(VerbForm):
    """What stands beside the rows of rules."""

    role_choice = forms.ChoiceField(
        label=gettext_lazy("When several rules match"),
        choices=AppConnection.RoleChoice.choices,
        widget=forms.Select(attrs=SHORT),
    )
    default_role = forms.CharField(
        label=gettext_lazy("When no rule matches"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=SHORT),
        help_text=gettext_lazy("A role as the app calls it; empty for none."),
    )


class PersonForm(VerbForm):
    """Whom to look at, by user name."""

    user_name = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=512,
        widget=forms.TextInput(attrs={"autocomplete": "off", **SHORT}),
        help_text=gettext_lazy("Its beginning is enough."),
    )
