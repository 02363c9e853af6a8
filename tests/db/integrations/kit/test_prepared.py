"""Statements that are compiled once give and keep what the ORM gives and keeps, on both databases."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.query import get_related_populators
from django.test.utils import CaptureQueriesContext

from integrations import tokens
from integrations.delivery.models import AppAccount, Attempt, Change, Delivery
from integrations.delivery.queue import outbox
from integrations.delivery.turns import settling
from integrations.kit.prepared import Insert, Select, Slot, Update
from integrations.models import GatewayToken, Integration
from integrations.traffic import journal, writer
from integrations.traffic.models import RequestLog
from scim.models import GroupMember, PendingMember, ScimGroup, ScimUser, UserEmail
from scim.store import statements
from tests import factories

MOMENT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
ODD = 'Ünï "x" \\ % _ 😀'


@pytest.fixture
def known(provider) -> dict[str, Any]:
    """Values for every slot that a statement has; each finds something."""
    ada = provider.person("ada", externalId="e1")
    provider.person("ben", externalId="e1" + ODD)
    gone = provider.person("gone", externalId="e1 gone")
    group = provider.group("Editors", ada)
    provider.send(
        "PATCH", f"/Groups/{group}", {"Operations": [{"op": "add", "path": "externalId", "value": "e1"}]}
    )
    provider.send("DELETE", f"/Users/{gone}")
    return {
        "integration": provider.integration.pk,
        "users": UUID(ada),
        "groups": UUID(group),
        "user": UUID(ada),
        "people": [UUID(ada)],
        "key": "ada@northwind.example",
        "external_id": "e1",
        "public_id": provider.issued.token.public_id,
    }


SELECTS = {name: one for name, one in vars(statements).items() if isinstance(one, Select)}
SELECTS["token"] = tokens._by_public_id


def filled(name: str, select: Select[Any], known: dict[str, Any]) -> dict[str, Any]:
    """What the statement's slots get."""
    own = known["groups"] if name.startswith("group") else known["users"]
    named = {"users_named": known["key"], "groups_named": "editors"}.get(name, known["external_id"])
    every = {**known, "pk": own, "value": named}
    return {slot: every[slot] for slot in select._names}


def as_rows(found: Any) -> list[Any]:
    """Instances with all their columns and what was joined; tuples as they are."""
    return [
        (type(one), {**vars(one), "_state": None, "_joined": joined(one)})
        if isinstance(one, models.Model)
        else one
        for one in found
    ]


def joined(row: models.Model) -> dict[str, Any]:
    return {name: vars(one) | {"_state": None} for name, one in row._state.fields_cache.items()}


@pytest.mark.parametrize("name", SELECTS)
def test_a_select_finds_the_rows_of_its_queryset(known, name):
    select = SELECTS[name]
    values = filled(name, select, known)
    more = {"limit": 5, "offset": 0} if select._is_limited else {}

    for _first_and_later in range(2):
        found = as_rows(select.all(**values, **more))
        assert found == as_rows(select._build(**values)[:5] if more else select._build(**values))
    assert len(found) > 0


@pytest.mark.parametrize("name", [name for name, one in SELECTS.items() if one._is_limited])
@pytest.mark.parametrize(("limit", "offset"), [(1, 0), (1, 1), (0, 0), (5, 9), (100, 1)])
def test_limit_and_offset_cut_as_a_slice_does(known, name, limit, offset):
    select = SELECTS[name]
    values = filled(name, select, known)

    found = [row.pk for row in select.all(**values, limit=limit, offset=offset)]

    assert found == [row.pk for row in select._build(**values)[offset : offset + limit]]


@pytest.mark.parametrize("name", SELECTS)
def test_a_select_is_one_query_and_costs_no_other(known, name):
    select = SELECTS[name]
    values = filled(name, select, known) | ({"limit": 5, "offset": 0} if select._is_limited else {})
    select.all(**values)

    with CaptureQueriesContext(connection) as captured:
        rows = select.all(**values)
        for row in rows:
            if isinstance(row, GatewayToken):
                assert row.integration.name == "Hootsuite"

    assert len(captured) == 1


def test_what_a_select_finds_can_be_changed_and_saved(known):
    row = statements.user.first(integration=known["integration"], pk=known["users"])
    assert row is not None
    assert (row._state.adding, row._state.db) == (False, "default")

    row.user_name = "changed"
    row.save(update_fields=["user_name"])

    assert ScimUser.objects.get(pk=row.pk).user_name == "changed"


def test_nothing_is_found_as_none(known):
    assert statements.user.first(integration=known["integration"], pk=uuid4()) is None
    assert statements.groups_of_user.all(user=uuid4()) == []


def test_a_slot_without_a_value_is_an_error(known):
    with pytest.raises(KeyError):
        statements.user.all(integration=known["integration"])


@pytest.mark.parametrize("text", [ODD, "%s", "%(x)s", "'; DROP TABLE x; --", ""])
def test_a_value_is_bound_and_never_read_as_sql(known, text):
    ScimUser.objects.filter(pk=known["users"]).update(external_id=text)
    values = {"integration": known["integration"], "value": text, "limit": 5, "offset": 0}

    assert known["users"] in {row.pk for row in statements.users_known_as.all(**values)}


@pytest.mark.parametrize("moment", [MOMENT, MOMENT.replace(microsecond=0), MOMENT.replace(year=9999)])
def test_moments_are_bound_as_the_orm_binds_them(known, moment):
    ScimUser.objects.filter(pk=known["users"]).update(created_at=moment)
    at_most = Select[ScimUser](lambda at: ScimUser.objects.filter(created_at__lte=at).order_by("pk"), "at")
    exactly = Select[ScimUser](lambda at: ScimUser.objects.filter(created_at=at), "at")

    assert [row.pk for row in exactly.all(at=moment)] == [known["users"]]
    assert [row.created_at for row in exactly.all(at=moment)] == [moment]
    assert len(at_most.all(at=moment)) == ScimUser.objects.filter(created_at__lte=moment).count()


# Writing


def sample(model: type[models.Model], integration: Integration) -> models.Model:
    """A row with a value in every column, odd letters and nulls among them."""
    user = ScimUser.objects.create(integration=integration, user_name="u", user_name_key=uuid4().hex, data={})
    group = ScimGroup.objects.create(
        integration=integration, display_name="g", display_name_key=uuid4().hex, data={}
    )
    data = {"a": [1, 1.5, None, True, ODD], ODD: {"x": []}}
    delivery = Delivery(
        integration=integration,
        trace_id="t",
        line=uuid4(),
        label=ODD,
        intent="create",
        override=data,
        due_at=MOMENT,
        created_at=MOMENT,
    )
    tried = Delivery.objects.create(integration=integration, trace_id="t", line=uuid4(), intent="create")
    rows: dict[type[models.Model], models.Model] = {
        ScimUser: ScimUser(
            integration=integration,
            user_name=ODD,
            user_name_key=uuid4().hex,
            external_id=ODD,
            display_name="d",
            active=False,
            test_only=True,
            data=data,
            version=7,
            created_at=MOMENT,
            updated_at=MOMENT,
            deleted_at=MOMENT,
        ),
        ScimGroup: ScimGroup(
            integration=integration,
            display_name=ODD,
            display_name_key=uuid4().hex,
            data=data,
            created_at=MOMENT,
        ),
        UserEmail: UserEmail(integration=integration, user=user, type="work", value_key=ODD),
        GroupMember: GroupMember(group=group, user=user, created_at=MOMENT),
        PendingMember: PendingMember(integration=integration, group=group, value=ODD, created_at=MOMENT),
        Change: Change(
            integration=integration,
            at=MOMENT,
            trace_id="t",
            event="user.created",
            resource_type="User",
            resource_id=uuid4(),
            resource_label=ODD,
            version=1,
            actor="a",
            before=None,
            after=data,
            delta=[data],
        ),
        Delivery: delivery,
        Attempt: Attempt(delivery=tried, number=3, started_at=MOMENT, ms=4, result="done", exchanges=[data]),
        AppAccount: AppAccount(integration=integration, line=uuid4(), ref=ODD, roles=[ODD], seen_at=MOMENT),
        RequestLog: RequestLog(
            integration=integration,
            at=MOMENT,
            trace_id="t",
            method="GET",
            path=ODD,
            status=200,
            duration_ms=3,
            ip="2001:db8::1",
            resource_id=None,
            notes=[ODD],
            request_body=ODD,
        ),
    }
    return rows[model]


INSERTS = {
    f"{module.__name__}.{name}": one
    for module in (statements, outbox, settling, journal, writer)
    for name, one in vars(module).items()
    if isinstance(one, Insert)
}
UPDATES = {name: one for name, one in vars(statements).items() if isinstance(one, Update)}


def stored(row: models.Model) -> tuple[Any, ...]:
    """The columns as the database has them, without the key."""
    meta = row._meta
    assert meta.pk is not None
    columns = [field.column for field in meta.local_concrete_fields if not field.primary_key]
    key = meta.pk.get_db_prep_value(row.pk, connection)
    quoted = ", ".join(map(connection.ops.quote_name, filter(None, columns)))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {quoted} FROM {meta.db_table} WHERE {meta.pk.column} = %s", [key])
        return cursor.fetchone()


@pytest.mark.parametrize("name", INSERTS)
def test_an_insert_keeps_what_the_orm_keeps(integration, name):
    insert = INSERTS[name]
    model = insert._model
    theirs = sample(model, integration)
    theirs.save(force_insert=True)
    expected = stored(theirs)
    theirs.delete()
    ours = sample(model, integration)
    for field in model._meta.local_concrete_fields:
        if not isinstance(field, models.AutoField):
            setattr(ours, field.attname, getattr(theirs, field.attname))
    ours.pk = uuid4() if model._meta.pk is not None and isinstance(model._meta.pk, models.UUIDField) else None

    insert.one(ours)

    assert (ours._state.adding, ours._state.db) == (False, "default")
    if ours.pk is None:
        ours.pk = model._default_manager.latest("pk").pk
    assert stored(ours) == expected
    assert model._default_manager.filter(pk=ours.pk).exists()


def test_many_rows_are_inserted_in_one_call(integration):
    rows: list[Any] = [sample(Change, integration) for _ in range(25)]

    statements.insert_user.many([])
    outbox._insert.many(rows)

    assert Change.objects.for_integration(integration).count() == 25


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_keeps_what_the_orm_keeps(integration, name):
    update = UPDATES[name]
    ours, theirs, other = (sample(update._model, integration) for _ in range(3))
    untouched = stored_after_save(other)
    fresh = sample(update._model, integration)
    for row in (ours, theirs):
        row.save(force_insert=True)
        for field in update._names:
            setattr(row, field, getattr(fresh, field))
        for field, value in {"deleted_at": None, "version": 99}.items():
            setattr(row, field, value)
    key = "user_name_key" if update._model is ScimUser else "display_name_key"
    setattr(theirs, key, f"{getattr(fresh, key)}x")

    update.one(ours)
    theirs.save(update_fields=list(update._names))

    setattr(theirs, key, getattr(ours, key))
    assert without(stored(ours), getattr(fresh, key)) == without(stored(theirs), f"{getattr(fresh, key)}x")
    assert stored(other) == untouched


def test_many_rows_are_updated_in_one_call(integration, django_assert_num_queries):
    rows = [factories.make_account(integration, str(number)) for number in range(3)]
    for row in rows[:2]:
        row.user_name, row.roles = f"new{row.ref}", ["Editor"]
    update = Update(AppAccount, "user_name", "roles")

    update.many([])
    with django_assert_num_queries(1):
        update.many(rows[:2])

    kept = AppAccount.objects.for_integration(integration).order_by("pk").values_list("user_name", "roles")
    assert list(kept) == [("new0", ["Editor"]), ("new1", ["Editor"]), ("user2", [])]


def stored_after_save(row: models.Model) -> tuple[Any, ...]:
    row.save(force_insert=True)
    return stored(row)


def without(columns: tuple[Any, ...], key: str) -> list[Any]:
    return [column for column in columns if column != key]


@pytest.mark.parametrize("name", UPDATES)
def test_an_update_writes_every_column_that_a_request_can_change(name):
    fixed = {"id", "integration", "created_at"}
    update = UPDATES[name]

    assert set(update._names) == {field.name for field in update._model._meta.local_concrete_fields} - fixed


# What of Django's own inside all this stands on


def test_the_compiler_is_as_the_reader_knows_it(db):
    queryset = GatewayToken.objects.select_related("integration").filter(public_id=Slot("public_id"))

    compiler = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()

    assert [type(one) for one in params] == [Slot]
    assert sql.count("%s") == 1
    start, end = compiler.klass_info["select_fields"][0], compiler.klass_info["select_fields"][-1] + 1
    own = [expression.target.attname for expression, *_ in compiler.select[start:end]]
    assert own == [field.attname for field in GatewayToken._meta.local_concrete_fields]
    populators: Any = get_related_populators
    (populator,) = populators(compiler.klass_info, compiler.select, "default")
    assert list(inspect.signature(populator.populate).parameters) == ["row", "from_obj"]
    assert callable(compiler.get_converters)
    assert list(inspect.signature(compiler.apply_converters).parameters) == ["rows", "converters"]


def test_slots_stand_in_exact_order_and_combined_look_ups(known):
    select = Select[ScimUser](
        lambda name, at, pk: ScimUser.objects.filter(
            Q(user_name_key=name) | Q(pk__gt=pk), created_at__lt=at
        ).order_by(F("deleted_at").desc(nulls_first=True), "-pk")[:3],
        *("name", "at", "pk"),
    )

    found = select.all(name=known["key"], at=MOMENT.replace(year=9999), pk=known["users"])

    expected = ScimUser.objects.filter(Q(user_name_key=known["key"]) | Q(pk__gt=known["users"]))
    assert {row.pk for row in found} == {row.pk for row in expected}
