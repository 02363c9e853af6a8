"""Fills an integration with people and groups by the hundred thousand, in rows as the store writes them.

    DATA_DIR=... python bench/seeding.py INTEGRATION_ID --people 1000000 --group 50000

The first person and each group are made by the store itself. Every further person is a copy of the first
one's rows with another number and id: a seeded table holds what the store puts there, whatever its columns.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import people, workbench  # isort: skip  # the workbench sets Django up

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from integrations.kit import ids
from integrations.models import Integration
from scim.core import resource
from scim.core.resource_types import GROUP, USER
from scim.models import GroupMember, ScimUser, UserEmail
from scim.store import groups, users
from scim.store.origin import Origin

# Each table with rows of one person, and the column that names the person.
OF_A_PERSON: tuple[tuple[type[models.Model], str], ...] = ((ScimUser, "id"), (UserEmail, "user_id"))
CHUNK = 10_000
# Older than any window in which a person counts as just made.
AGE = timedelta(days=2)
Maker = Callable[[str, UUID], Any]


def seed_people(integration: Integration, number: int, *, first: int = 0, kind: str = "person") -> list[UUID]:
    """That many people, numbered from `first`; returns their ids in order."""
    body = people.body(first, kind)
    with transaction.atomic():
        pattern = users.create(_origin(integration), resource.read(body, USER)).row
        then = timezone.now() - AGE
        ScimUser.objects.filter(pk=pattern.pk).update(created_at=then, updated_at=then)
        made = [ids.new() for _ in range(number - 1)]
        copies = Copies(first, made)
        for model, column in OF_A_PERSON:
            _copy_rows(model, column, pattern.pk, copies=copies)
        Integration.objects.filter(pk=integration.pk).update(people_count=F("people_count") + number - 1)
    return [pattern.pk, *made]


def seed_group(integration: Integration, member_ids: Sequence[UUID], name: str) -> UUID:
    """A group with these members; returns its id."""
    with transaction.atomic():
        group = groups.create(_origin(integration), resource.read(people.group_body(name, []), GROUP))
        group_id = _prepared(GroupMember, "group_id", group.pk)
        at = _prepared(GroupMember, "created_at", timezone.now())
        rows = ([group_id, _prepared(GroupMember, "user_id", one), at] for one in member_ids)
        _insert(GroupMember, ["group_id", "user_id", "created_at"], rows)
        group.member_rows = len(member_ids)
        group.save(update_fields=["member_rows"])
    return group.pk


def settle() -> None:
    """What PostgreSQL does by itself minutes after so many rows; SQLite is left as the product leaves it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies to make of person `first`, by id."""

    first: int
    ids: Sequence[UUID]

    @property
    def mark(self) -> str:
        """The first one's number, as it stands in its rows."""
        return f"{self.first:07d}"

    def __iter__(self) -> Iterator[tuple[str, UUID]]:
        return ((f"{self.first + index:07d}", one) for index, one in enumerate(self.ids, start=1))


def _copy_rows(model: type[models.Model], owner: str, pattern_id: UUID, *, copies: Copies) -> None:
    for values in model._default_manager.filter(**{owner: pattern_id}).values():
        names = [name for name in values if name != "id" or owner == "id"]
        makers = [
            _owner(model, name) if name == owner else _maker(model, name, values[name], mark=copies.mark)
            for name in names
        ]
        rows = ([make(text, one) for make in makers] for text, one in copies)
        _insert(model, names, rows)


def _owner(model: type[models.Model], name: str) -> Maker:
    return lambda _text, one: _prepared(model, name, one)


def _maker(model: type[models.Model], name: str, value: Any, *, mark: str) -> Maker:
    """How a copy's value comes about: with its own number where the pattern has the first one's."""
    text = json.dumps(value) if isinstance(value, dict | list) else value
    if isinstance(text, str):
        return lambda number, _one: text.replace(mark, number)
    prepared = _prepared(model, name, value)
    return lambda _number, _one: prepared


def _prepared(model: type[models.Model], name: str, value: Any) -> Any:
    field = next(field for field in model._meta.concrete_fields if field.attname == name)
    return field.get_db_prep_save(value, connection)


def _insert(model: type[models.Model], names: Sequence[str], rows: Iterable[list[Any]]) -> None:
    columns = {field.attname: field.column or "" for field in model._meta.concrete_fields}
    table = connection.ops.quote_name(model._meta.db_table)
    listed = ", ".join(connection.ops.quote_name(columns[name]) for name in names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(names))
        remaining = iter(rows)
        while chunk := list(islice(remaining, CHUNK)):
            cursor.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", chunk)


def _origin(integration: Integration) -> Origin:
    return Origin(integration, "bench", "0" * 32)


def main() -> None:
    parser = argparse.ArgumentParser(description="Seeds an integration; prints ids as one line of JSON.")
    parser.add_argument("integration", type=UUID)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--group", type=int, nargs="*", default=[], help="sizes of the groups to make")
    parser.add_argument("--show", type=int, default=5_000, help="how many ids of people to print")
    given = parser.parse_args()
    integration = workbench.find(given.integration)
    made = seed_people(integration, given.people)
    group_ids = [seed_group(integration, made[:size], f"Group of {size}") for size in given.group]
    settle()
    step = max(1, len(made) // given.show)
    print(
        json.dumps(
            {"people": list(map(str, made[::step][: given.show])), "groups": list(map(str, group_ids))}
        )
    )


if __name__ == "__main__":
    main()
