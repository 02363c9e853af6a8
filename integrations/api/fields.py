"""What comes in: serializers that know every name, and fields that take their own type alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from integrations.api import paging

UNKNOWN = _("There is no such field here.")
TWICE = _("It is given more than once.")


class Text(serializers.CharField):
    """A string, and no number or flag in its place."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON number without a fraction, and no text in its place."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, (int, float)) or data != int(data):
            self.fail("invalid")
        return super().to_internal_value(int(data))


class Id(serializers.UUIDField):
    """A UUID as text, and no number in its place."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """An instant with its offset from UTC (RFC 3339)."""

    default_error_messages = {"offset": _("Give the offset from UTC, such as 2026-01-31T12:00:00Z.")}

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="RFC 3339")
        if not (value.endswith(("Z", "z")) or value[-6:-5] in {"+", "-"}):
            self.fail("offset")
        return super().to_internal_value(value)


class Object(serializers.DictField):
    """A JSON object with whatever names."""


class Taken(serializers.Serializer[Any]):
    """A body: an unknown field is an error, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = set(data) - set(self.fields)
            if unknown:
                raise serializers.ValidationError({name: [UNKNOWN] for name in sorted(unknown)}, "unknown")
        return super().to_internal_value(data)


class Asked(Taken):
    """A query: its names are its filters, each given once."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, QueryDict):
            twice = [name for name, values in data.lists() if len(values) > 1]
            if twice:
                raise serializers.ValidationError({name: [TWICE] for name in twice}, "twice")
            data = data.dict()
        return super().to_internal_value(data)


class Digits(serializers.IntegerField):
    """A whole number as an address writes it."""

    def to_internal_value(self, data: Any) -> int:
        if not (isinstance(data, str) and data.isascii() and data.isdecimal()):
            self.fail("invalid")
        return super().to_internal_value(data)


class Word(serializers.BooleanField):
    """true or false as an address writes it."""

    def to_internal_value(self, data: Any) -> bool:
        if data not in {"true", "false"}:
            self.fail("invalid", input=data)
        return bool(data == "true")


class Listed(Asked):
    """What every list takes."""

    limit = Digits(
        min_value=1, max_value=paging.LARGEST, default=paging.USUAL, help_text="Rows of a page at most."
    )
    cursor = serializers.RegexField(
        r"^[0-9A-Za-z:_-]*$",
        default="",
        allow_blank=True,
        max_length=1_000,
        error_messages={"invalid": paging.NOT_OURS},
        help_text="`next_cursor` of the page before.",
    )
