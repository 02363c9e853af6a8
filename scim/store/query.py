"""Filters as SQL: exact for what has a column or a value row, else a proven superset that the core sifts.

Plans: each look-up below is one of the indexes user_name_any, user_external_id, email_filtered, member_once
or a primary key, always behind the integration's id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q

from integrations.models import Integration
from scim.core import instants
from scim.core.filters.tree import And, Comparison, Literal, Node, Not, Operator, Or, Present, ValuePath
from scim.models import GroupMember, UserEmail

NOBODY = Q(pk__in=[])
EVERYBODY = ~NOBODY
_ORDER = {Operator.GT: "gt", Operator.GE: "gte", Operator.LT: "lt", Operator.LE: "lte"}


@dataclass(frozen=True, slots=True)
class Translation:
    """`rows` holds every row that meets the filter; `is_exact`: and no other."""

    rows: Q
    is_exact: bool


Column = Callable[[Operator, Literal], Q | None]


def translate(node: Node, columns: dict[str, Column], integration: Integration) -> Translation:
    """The rows of a filter.

    What no column knows widens to everybody, to be sifted: it never decides by itself.
    """
    match node:
        case Comparison(path, operator, value):
            return _term(columns.get(str(path)), operator, value)
        case Present(path):
            return _present(str(path))
        case ValuePath():
            return _value_path(node, columns, integration)
        case And(terms):
            parts = [translate(term, columns, integration) for term in terms]
            rows = EVERYBODY
            for part in parts:
                rows &= part.rows
            return Translation(rows, all(part.is_exact for part in parts))
        case Or(terms):
            parts = [translate(term, columns, integration) for term in terms]
            rows = NOBODY
            for part in parts:
                rows |= part.rows
            return Translation(rows, all(part.is_exact for part in parts))
        case Not(term):
            part = translate(term, columns, integration)
            # The opposite of a superset says nothing.
            return Translation(~part.rows, is_exact=True) if part.is_exact else _unknown()


def user_columns(integration: Integration) -> dict[str, Column]:
    return {
        "id": _id,
        "userName": _folded("user_name_key", integration),
        "externalId": _exact("external_id", integration),
        "active": _active,
        "emails.value": _email(integration),
        "groups.value": _in_group(integration),
        "meta.resourceType": _always("User"),
        **_MOMENTS,
    }


def group_columns(integration: Integration) -> dict[str, Column]:
    return {
        "id": _id,
        "displayName": _folded("display_name_key", integration),
        "externalId": _exact("external_id", integration),
        "members.value": _has_member(integration),
        "meta.resourceType": _always("Group"),
        **_MOMENTS,
    }


def _term(column: Column | None, operator: Operator, value: Literal) -> Translation:
    if column is None:
        return _unknown()
    if operator is Operator.NE:
        equal = column(Operator.EQ, value)
        return Translation(~equal, is_exact=True) if equal is not None else _unknown()
    rows = column(operator, value)
    return Translation(rows, is_exact=True) if rows is not None else _unknown()


def _unknown() -> Translation:
    return Translation(EVERYBODY, is_exact=False)


def _present(name: str) -> Translation:
    if name in {"id", "userName", "displayName", "active", "meta.created", "meta.lastModified"}:
        # A person's displayName may be missing, a group's not; sifting tells.
        return Translation(EVERYBODY, is_exact=name not in {"displayName"})
    if name == "externalId":
        return Translation(~Q(external_id=""), is_exact=True)
    return _unknown()


def _value_path(node: ValuePath, columns: dict[str, Column], integration: Integration) -> Translation:
    if str(node.path) == "emails":
        return _address(node, integration)
    return _reference(columns.get(f"{node.path}.value"), node.filter)


def _address(node: ValuePath, integration: Integration) -> Translation:
    """emails[type eq "work" and value eq "x"]: one and the same address."""
    terms = node.filter.terms if isinstance(node.filter, And) else (node.filter,)
    wanted: dict[str, str] = {}
    for term in terms:
        # An address without a type is kept like one whose type is "": the core tells them apart.
        if not (isinstance(term, Comparison) and term.operator is Operator.EQ and term.value):
            return _unknown()
        column, value = {"value": "value_key", "type": "type"}.get(str(term.path)), str(term.value).casefold()
        if column is None or wanted.setdefault(column, value) != value:
            return _unknown()
    rows = UserEmail.objects.for_integration(integration).filter(**wanted)
    return Translation(Q(pk__in=rows.values("user")), is_exact=True)


def _reference(column: Column | None, inner: Node) -> Translation:
    """members[value eq "x" and type eq "User"]: the `value` narrows, the rest is sifted."""
    terms = inner.terms if isinstance(inner, And) else (inner,)
    for term in terms:
        if isinstance(term, Comparison) and str(term.path) == "value" and term.operator is Operator.EQ:
            found = _term(column, term.operator, term.value)
            return found if len(terms) == 1 else replace(found, is_exact=False)
    return _unknown()


def _id(operator: Operator, value: Literal) -> Q | None:
    if operator is not Operator.EQ:
        return None
    found = _uuid(value)
    return Q(pk=found) if found else NOBODY


# A column's equality says the integration's id with it: each side of an "or" is then a whole key of an index.


def _folded(column: str, integration: Integration) -> Column:
    """A column of case-folded text. Order is left to the core: databases sort text in ways of their own."""

    def rows(operator: Operator, value: Literal) -> Q | None:
        key = str(value).casefold()
        if operator is Operator.EQ:
            return Q(integration=integration, **{column: key})
        look_up = {Operator.CO: "contains", Operator.SW: "startswith", Operator.EW: "endswith"}.get(operator)
        return Q(**{f"{column}__{look_up}": key}) if look_up else None

    return rows


def _exact(column: str, integration: Integration) -> Column:
    """A column compared with case. Only equality: SQLite's LIKE ignores case."""

    def rows(operator: Operator, value: Literal) -> Q | None:
        # Who has none is kept like somebody who has "".
        if operator is not Operator.EQ or not value:
            return None
        return Q(integration=integration, **{column: value})

    return rows


def _always(text: str) -> Column:
    """An attribute that is the same for every row, compared with case."""

    def rows(operator: Operator, value: Literal) -> Q | None:
        if operator is not Operator.EQ:
            return None
        return EVERYBODY if value == text else NOBODY

    return rows


def _active(operator: Operator, value: Literal) -> Q | None:
    return Q(active=value) if operator is Operator.EQ else None


def _moment(column: str) -> Column:
    def rows(operator: Operator, value: Literal) -> Q | None:
        instant = instants.parse(str(value))
        if operator is Operator.EQ:
            return Q(**{column: instant})
        return Q(**{f"{column}__{_ORDER[operator]}": instant}) if operator in _ORDER else None

    return rows


_MOMENTS = {"meta.created": _moment("created_at"), "meta.lastModified": _moment("updated_at")}


def _email(integration: Integration) -> Column:
    def rows(operator: Operator, value: Literal) -> Q | None:
        if operator is not Operator.EQ:
            return None
        addresses = UserEmail.objects.for_integration(integration).filter(value_key=str(value).casefold())
        return Q(pk__in=addresses.values("user"))

    return rows


def _has_member(integration: Integration) -> Column:
    def rows(operator: Operator, value: Literal) -> Q | None:
        if operator is not Operator.EQ:
            return None
        user_id = _uuid(value)
        if user_id is None:
            return NOBODY
        held = GroupMember.objects.filter(  # all-tenants: both ends are held to the integration
            user_id=user_id, user__integration=integration, user__deleted_at=None
        )
        return Q(pk__in=held.values("group"))

    return rows


def _in_group(integration: Integration) -> Column:
    def rows(operator: Operator, value: Literal) -> Q | None:
        if operator is not Operator.EQ:
            return None
        group_id = _uuid(value)
        if group_id is None:
            return NOBODY
        held = GroupMember.objects.filter(  # all-tenants: both ends are held to the integration
            group_id=group_id, group__integration=integration, group__deleted_at=None
        )
        return Q(pk__in=held.values("user"))

    return rows


def _uuid(value: Literal) -> UUID | None:
    """The id as it is shown, in lower case; other ways to write it are other ids (id is caseExact)."""
    try:
        found = UUID(str(value))
    except ValueError:
        return None
    return found if str(found) == value else None
