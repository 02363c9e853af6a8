"""/Bulk (RFC 7644 3.7): many changes in one request, references between them, failures and limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.traffic.models import RequestLog
from scim.core.bulk import MOST_OPERATIONS, REQUEST_SCHEMA, RESPONSE_SCHEMA
from scim.models import ScimUser
from tests.db.scim import wire


def op(method: str, path: str, data: Any = None, **more: str) -> wire.Json:
    sent = {"method": method, "path": path, **more}
    return sent if data is None else {**sent, "data": data}


def user(name: str, **more: Any) -> wire.Json:
    return op("POST", "/Users", {"schemas": [wire.USER], "userName": name, **more}, bulkId=name)


def group(name: str, *members: str, **more: Any) -> wire.Json:
    data = {"displayName": name, "members": [{"value": member} for member in members]}
    return op("POST", "/Groups", data, bulkId=name, **more)


def whole(*operations: Any, **more: Any) -> wire.Json:
    return {"schemas": [REQUEST_SCHEMA], "Operations": list(operations), **more}


def sent(provider, *operations: Any, **more: Any) -> list[wire.Json]:
    """The results of a bulk that was carried out."""
    status, body = provider.send("POST", "/Bulk", whole(*operations, **more))
    assert status == 200, body
    assert body["schemas"] == [RESPONSE_SCHEMA]
    return body["Operations"]


def statuses(results: list[wire.Json]) -> list[str]:
    assert all(isinstance(result["status"], str) for result in results)
    return [result["status"] for result in results]


def made(result: wire.Json) -> str:
    return result["location"].rsplit("/", 1)[-1]


def test_each_method_does_what_it_does_alone(provider):
    keep, change, go = (provider.person(name) for name in ("keep", "change", "go"))

    results = sent(
        provider,
        user("new"),
        op("PUT", f"/Users/{keep}", {"userName": "kept"}),
        op("PATCH", f"/Users/{change}", {"Operations": [{"op": "add", "path": "title", "value": "T"}]}),
        op("DELETE", f"/Users/{go}"),
        group("Editors", keep),
    )

    assert statuses(results) == ["201", "200", "200", "204", "201"]
    base = f"http://testserver/scim/v2/{provider.integration.pk}"
    assert results[0] == {
        "method": "POST",
        "bulkId": "new",
        "status": "201",
        "version": 'W/"1"',
        "location": f"{base}/Users/{made(results[0])}",
    }
    assert results[3] == {"method": "DELETE", "status": "204", "location": f"{base}/Users/{go}"}
    assert wire.read(provider, f"/Users/{keep}")["userName"] == "kept"
    assert wire.read(provider, f"/Users/{change}")["title"] == "T"
    assert provider.send("GET", f"/Users/{go}")[0] == 404
    assert wire.members(provider, made(results[4])) == {keep}
    assert wire.counts(provider) == (3, 1)


@pytest.mark.parametrize("turned", [False, True], ids=["before", "after"])
def test_a_reference_is_resolved_wherever_its_maker_stands(provider, turned):
    operations = [user("ada"), group("Editors", "bulkId:ada")]
    if turned:
        operations.reverse()

    results = {result["bulkId"]: result for result in sent(provider, *operations)}

    ada, editors = made(results["ada"]), made(results["Editors"])
    assert wire.members(provider, editors) == {ada}
    provider.integration.refresh_from_db()
    assert provider.integration.pending_count == 0


def test_the_results_come_in_the_order_of_the_operations(provider):
    names = ["c", "b", "a"]

    results = sent(provider, group("G", *(f"bulkId:{name}" for name in names)), *map(user, names))

    assert [result["bulkId"] for result in results] == ["G", *names]


def test_references_work_in_paths_and_in_patches(provider):
    results = sent(
        provider,
        op("PATCH", "/Users/bulkId:ada", {"Operations": [{"op": "add", "path": "title", "value": "T"}]}),
        op(
            "PATCH",
            "/Groups/bulkId:Editors",
            {"Operations": [{"op": "add", "path": "members", "value": [{"value": "bulkId:ada"}]}]},
        ),
        group("Editors"),
        user("ada"),
        op("DELETE", "/Users/bulkId:ben"),
        user("ben"),
    )

    assert statuses(results) == ["200", "200", "201", "201", "204", "201"]
    ada = made(results[3])
    assert wire.read(provider, f"/Users/{ada}")["title"] == "T"
    assert wire.members(provider, made(results[2])) == {ada}
    assert wire.counts(provider) == (1, 1)


def test_people_who_manage_each_other_are_both_made(provider):
    results = sent(
        provider,
        user("ada", **{wire.ENTERPRISE: {"manager": {"value": "bulkId:ben"}}}),
        user("ben", **{wire.ENTERPRISE: {"manager": {"value": "bulkId:ada"}}}),
    )

    ada, ben = map(made, results)
    assert statuses(results) == ["201", "201"]
    for one, other, result in ((ada, ben, results[0]), (ben, ada, results[1])):
        shown = wire.read(provider, f"/Users/{one}")
        assert shown[wire.ENTERPRISE]["manager"]["value"] == other
        assert shown["meta"]["version"] == result["version"]


def test_one_who_manages_themselves_is_made(provider):
    (result,) = sent(provider, user("ada", **{wire.ENTERPRISE: {"manager": {"value": "bulkId:ada"}}}))

    manager = wire.read(provider, f"/Users/{made(result)}")[wire.ENTERPRISE]["manager"]
    assert (result["status"], manager["value"]) == ("201", made(result))


def test_what_refers_to_nothing_or_to_a_failure_is_not_done(provider):
    provider.person("taken", userName="taken")

    results = sent(
        provider,
        group("No maker", "bulkId:nobody"),
        user("taken"),
        group("Failed maker", "bulkId:taken"),
        group("Second hand", "bulkId:Failed maker"),
        user("fine"),
    )

    assert statuses(results) == ["400", "409", "409", "409", "201"]
    assert "location" not in results[1]
    for result in results[:4]:
        assert result["response"]["schemas"] == [wire.ERROR]
        assert result["response"]["status"] == result["status"]
    assert wire.counts(provider) == (2, 0)


@pytest.mark.parametrize(
    ("fail_on_errors", "expected"),
    [
        (None, ["400", "201", "400", "201", "404", "201"]),
        (1, ["400"]),
        (2, ["400", "201", "400"]),
        (3, ["400", "201", "400", "201", "404"]),
        (4, ["400", "201", "400", "201", "404", "201"]),
    ],
)
def test_after_so_many_failures_the_rest_is_not_tried(provider, fail_on_errors, expected):
    more = {"failOnErrors": fail_on_errors} if fail_on_errors else {}
    bad = op("POST", "/Users", {"title": "no name"}, bulkId="bad1")

    results = sent(
        provider,
        bad,
        user("a"),
        {**bad, "bulkId": "bad2"},
        user("b"),
        op("DELETE", f"/Users/{wire.NOBODY}"),
        user("c"),
        **more,
    )

    assert statuses(results) == expected
    assert wire.counts(provider)[0] == expected.count("201")


def test_a_version_is_held_against_the_resource(provider):
    ada = provider.person("ada")
    title = {"Operations": [{"op": "add", "path": "title", "value": "T"}]}

    results = sent(
        provider,
        op("PATCH", f"/Users/{ada}", title, version='W/"7"'),
        op("PATCH", f"/Users/{ada}", title, version='W/"1"'),
        op("DELETE", f"/Users/{ada}", version='W/"1"'),
    )

    assert statuses(results) == ["412", "200", "412"]
    assert wire.read(provider, f"/Users/{ada}")["meta"]["version"] == 'W/"2"'


def test_the_bulks_own_if_match_is_nothing_to_its_operations(provider):
    ada = provider.person("ada")

    response = wire.raw(provider, "POST", "/Bulk", whole(op("DELETE", f"/Users/{ada}")), If_Match='W/"9"')

    assert json.loads(response.content)["Operations"][0]["status"] == "204"


def test_each_operation_is_kept_in_the_log_with_its_number(provider):
    sent(provider, user("ada"), user("ben", title=7), group("Editors"))

    rows = RequestLog.objects.for_integration(provider.integration)
    kept = [(row.method, row.path, row.status, row.notes[:1]) for row in rows.order_by("at", "pk")]
    assert sorted(kept) == sorted(
        [
            ("POST", "/Bulk", 200, []),
            ("POST", "/Users", 201, ["This was operation 1 of a bulk request."]),
            ("POST", "/Users", 400, ["This was operation 2 of a bulk request."]),
            ("POST", "/Groups", 201, ["This was operation 3 of a bulk request."]),
        ]
    )
    assert wire.events(provider) == ["user.created", "group.created"]


def test_a_failed_operation_takes_nothing_of_the_others_back(provider):
    ada = provider.person("ada")
    patch = {"Operations": [{"op": "add", "path": "title", "value": "T"}, {"op": "remove"}]}

    results = sent(provider, user("ben"), op("PATCH", f"/Users/{ada}", patch), user("cleo"))

    assert statuses(results) == ["201", "400", "201"]
    assert "title" not in wire.read(provider, f"/Users/{ada}")
    assert wire.counts(provider) == (3, 0)


@pytest.mark.parametrize(
    ("body", "status", "scim_type"),
    [
        pytest.param({"Operations": [user("a")]}, 400, "invalidSyntax", id="no schemas"),
        pytest.param({"schemas": [REQUEST_SCHEMA]}, 400, "invalidSyntax", id="no operations"),
        pytest.param(whole(), 400, "invalidSyntax", id="an empty list"),
        pytest.param(whole("x"), 400, "invalidSyntax", id="an operation that is a text"),
        pytest.param(whole(op("GET", "/Users")), 400, "invalidSyntax", id="GET"),
        pytest.param(whole({"path": "/Users"}), 400, "invalidSyntax", id="no method"),
        pytest.param(whole(op("POST", "/Users", {})), 400, "invalidSyntax", id="POST without a bulkId"),
        pytest.param(whole(user("a"), user("a")), 400, "invalidValue", id="a bulkId twice"),
        pytest.param(whole(op("POST", "/Users/1", {}, bulkId="a")), 400, "invalidValue", id="POST to an id"),
        pytest.param(whole(op("DELETE", "/Users")), 400, "invalidValue", id="DELETE of all"),
        pytest.param(whole(op("DELETE", "/Bulk/1")), 400, "invalidValue", id="another address"),
        pytest.param(whole(op("DELETE", "/Users/1?x=y")), 400, "invalidValue", id="a query"),
        pytest.param(whole(op("DELETE", "/Users/1/../2")), 400, "invalidValue", id="a way up"),
        pytest.param(whole(op("PATCH", "/Users/1")), 400, "invalidSyntax", id="PATCH without data"),
        pytest.param(whole(op("PUT", "/Users/1", [])), 400, "invalidSyntax", id="data that is a list"),
        pytest.param(whole(user("a"), failOnErrors=0), 400, "invalidValue", id="failOnErrors 0"),
        pytest.param(whole(user("a"), failOnErrors=True), 400, "invalidValue", id="failOnErrors true"),
        pytest.param(whole(user("a"), failOnErrors="1"), 400, "invalidValue", id="failOnErrors as a text"),
        pytest.param(
            whole(*(op("DELETE", "/Users/1") for _ in range(MOST_OPERATIONS + 1))), 413, None, id="1,001"
        ),
    ],
)
def test_a_bulk_that_cannot_be_begun_changes_nothing(provider, body, status, scim_type):
    wire.refusal(wire.raw(provider, "POST", "/Bulk", body), status, scim_type)

    assert not ScimUser.objects.for_integration(provider.integration).exists()


def test_a_thousand_operations_are_carried_out(provider):
    results = sent(provider, *(op("DELETE", f"/Users/{wire.NOBODY}") for _ in range(MOST_OPERATIONS)))

    assert set(statuses(results)) == {"404"}
    assert len(results) == MOST_OPERATIONS


def test_a_body_over_the_limit_is_413(provider, settings):
    response = wire.raw(provider, "POST", "/Bulk", b" " * (settings.SCIM_GROUP_BODY_LIMIT + 1))

    assert str(settings.SCIM_GROUP_BODY_LIMIT) in wire.refusal(response, 413)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_bulk_takes_a_post_alone(provider, method):
    response = wire.raw(provider, method, "/Bulk")

    wire.refusal(response, 405)
    assert response["Allow"] == "OPTIONS, POST"


@pytest.mark.parametrize("path", ["/users", "//Users/", "/USERS//"])
def test_paths_are_read_as_in_addresses(provider, path):
    (result,) = sent(provider, op("POST", path, {"userName": "ada"}, bulkId="a"))

    assert result["status"] == "201"


def test_a_password_in_a_bulk_is_kept_nowhere(provider):
    sent(provider, user("ada", password="hunter2-secret"))

    assert wire.tables_that_hold("hunter2-secret") == []


def test_what_is_not_an_id_is_404(provider):
    results = sent(provider, op("DELETE", "/Users/x"), op("DELETE", "/Groups/bulkId-less"))

    assert statuses(results) == ["404", "404"]
