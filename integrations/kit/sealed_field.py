"""A column for the secrets of a row: sealed at rest, and nowhere shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from integrations.kit import secretbox

SHOWN = "Sealed(...)"


class Sealed(Mapping[str, Any]):
    """The secrets of one row by name, opened anew at each look; printed, it shows nothing.

    Read from values() it belongs to no row and does not open.
    """

    __slots__ = ("_content", "_context")

    def __init__(self, content: str | dict[str, Any], context: str = "") -> None:
        self._content = content
        self._context = context

    def __getitem__(self, name: str) -> Any:
        return self._open()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._open())

    def __len__(self) -> int:
        return len(self._open())

    def __repr__(self) -> str:
        return SHOWN

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, such as one in a cache, is sealed."""
        return Sealed, (self.text(), self._context)

    @property
    def context(self) -> str:
        return self._context

    def at(self, context: str) -> Sealed:
        """The same content in another place: sealed already, it will not open there."""
        return self if self._context == context else Sealed(self._content, context)

    def text(self) -> str:
        """What is stored; "" without any secret. Raises ValueError while its place is not known."""
        if not self._content:
            return ""
        if isinstance(self._content, str):
            return self._content
        if not self._context:
            raise ValueError("Secrets are set on a row that has its key, and saved with it.")
        return secretbox.seal(self._content, self._context)

    def _open(self) -> dict[str, Any]:
        if isinstance(self._content, dict):
            return self._content
        content: dict[str, Any] = secretbox.unseal(self._content, self._context) if self._content else {}
        return content


class SealedAttribute(DeferredAttribute):
    """Ties the secrets to the row they are read from, so that they open there and in no other."""

    field: SealedField

    def __get__(self, instance: models.Model | None, owner: Any = None) -> Any:
        value = super().__get__(instance, owner)
        return value if instance is None else value.at(self.field.context(instance))

    def __set__(self, instance: models.Model, value: Mapping[str, Any]) -> None:
        place = self.field.context(instance)
        if not isinstance(value, Sealed) or value.context not in {"", place}:
            # From another row they are taken over in the clear, to be sealed for this one.
            value = Sealed(dict(value), place)
        instance.__dict__[self.field.attname] = value


# Generic for the type checker alone: Django's classes cannot be subscripted when they run.
if TYPE_CHECKING:
    Column = models.Field[Mapping[str, Any], Sealed]
else:
    Column = models.Field


class SealedField(Column):
    """Secrets by name, such as {"signing_secret": "..."}: set as a whole, kept as one sealed text.

    The row's key has to be known before it is saved. Nothing can be searched by it, no form, dump or
    serialiser takes it, and `update()` takes no secrets: they are set on a row.
    """

    descriptor_class = SealedAttribute

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "default": dict, "editable": False, "serialize": False})

    def deconstruct(self) -> Any:
        name, path, words, options = super().deconstruct()
        return (
            name,
            path,
            words,
            {k: v for k, v in options.items() if k not in {"default", "editable", "serialize"}},
        )

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        return [*super().check(**options), *self._check_key()]

    def _check_key(self) -> list[checks.CheckMessage]:
        if not isinstance(self.model._meta.pk, models.AutoField):
            return []
        words = "Secrets are sealed for their row: it needs a key that is known before it is saved."
        return [checks.Error(words, obj=self, id="integrations.E001")]

    def context(self, instance: models.Model) -> str:
        """The place that the secrets of this row belong to; "" while it has no key."""
        meta = self.model._meta
        key = meta.pk.to_python(instance.pk)
        return "" if key is None else f"{meta.label_lower}:{key}:{self.name}"

    def get_internal_type(self) -> str:
        return "TextField"

    def get_lookup(self, _lookup_name: str) -> None:
        return None

    def from_db_value(self, value: str, *_where: Any) -> Sealed:
        return Sealed(value)

    def get_prep_value(self, value: Any) -> str:
        return (value if isinstance(value, Sealed) else Sealed(dict(value))).text()

    def value_to_string(self, _obj: models.Model) -> str:
        return SHOWN


def columns() -> list[tuple[type[models.Model], str]]:
    """Every model with sealed secrets, and the name of its field."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, SealedField)
    ]
