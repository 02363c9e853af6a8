"""A connector's settings in a file, as the connector's own form reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.configuration.form import Json
from integrations.delivery.connector import SettingsForm
from integrations.delivery.errands import connecting
from integrations.kit.errors import Refused

# What JSON brings for a field, the more particular class first. A field of another class judges alone.
_BROUGHT: tuple[tuple[type[forms.Field], tuple[type, ...], Any], ...] = (
    (forms.JSONField, (dict, list, str, int, float, bool), ""),
    (forms.MultipleChoiceField, (list,), gettext_lazy("Here stands a list.")),
    (forms.BooleanField, (bool,), gettext_lazy("Here stands true or false.")),
    (forms.IntegerField, (int, float), gettext_lazy("Here stands a number.")),
    (forms.ChoiceField, (str, int, float, bool), gettext_lazy("Here stands one of the choices.")),
    (forms.CharField, (str,), gettext_lazy("Here stands a text.")),
)


@dataclass(frozen=True, slots=True)
class Read:
    """`needed` and `known` are names of secrets: those that these settings ask for, and all there are."""

    settings: Json
    needed: Sequence[str] = ()
    known: Sequence[str] = ()


def read(kind: str, values: Json) -> Read:
    """Refused with the first fault and its place; that a secret is not set is none."""
    form_class = connecting.form_of(kind, place="connector.kind")
    for name, value in values.items():
        _check(form_class, name, value)
    form = form_class(values)
    secrets = form_class.secret_fields
    for name, errors in form.errors.items():
        if name not in secrets:
            raise Refused("invalid", str(errors[0]), _place(name))
    settings = {name: value for name, value in form.cleaned_data.items() if name not in secrets}
    return Read(settings, [name for name in secrets if name in form.errors], secrets)


def as_it_is(kind: str, settings: Json) -> Read:
    """What is set here already; as it stands, where its connector is gone or would not take it any more."""
    try:
        return read(kind, settings)
    except Refused:
        return Read(settings)


def _check(form_class: type[SettingsForm], name: str, value: Any) -> None:
    field = form_class.base_fields.get(name)
    if name in form_class.secret_fields:
        words = _("A secret never comes by a file. Take it out, and set it in the console.")
        raise Refused("secret", words, _place(name))
    if field is None:
        raise Refused("unknown", _("The connector has no such setting."), _place(name))
    types, words = next((row[1:] for row in _BROUGHT if isinstance(field, row[0])), ((), ""))
    if types and value not in (None, "") and type(value) not in types:
        raise Refused("invalid", str(words), _place(name))


def _place(name: str) -> str:
    return f"connector.settings.{name}" if name != NON_FIELD_ERRORS else "connector.settings"
