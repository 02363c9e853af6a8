"""/Bulk (RFC 7644 3.7): many changes in one request, references between them, failures and limits."""

from __future__ import annotations

import json

import pytest

from integrations.traffic.models import RequestLog
from scim.core.bulk import MOST_OPERATIONS, REQUEST_SCHEMA
from scim.models import ScimUser
from tests.db.scim import wire
from tests.db.scim.bulks import group, made, op, sent, statuses, user, whole


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
        pytest.param(whole({"path": "/Users"}), 400, "invalidSyntax", id="no method"),
        pytest.param(whole(user("a"), user("a")), 400, "invalidValue", id="a bulkId twice"),
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


@pytest.mark.parametrize(
    ("wrong", "scim_type"),
    [
        pytest.param(op("GET", "/Users"), "invalidSyntax", id="GET"),
        pytest.param(op("POST", "/Users", {}), "invalidSyntax", id="POST without a bulkId"),
        pytest.param(op("POST", "/Users/1", {}, bulkId="bad"), "invalidValue", id="POST to an id"),
        pytest.param(op("DELETE", "/Users"), "invalidValue", id="DELETE of all"),
        pytest.param(op("DELETE", "/Bulk/1"), "invalidValue", id="another address"),
        pytest.param(op("DELETE", "/Users/1?x=y"), "invalidValue", id="a query"),
        pytest.param(op("DELETE", "/Users/1/../2"), "invalidValue", id="a way up"),
        pytest.param(op("PATCH", "/Users/1"), "invalidSyntax", id="PATCH without data"),
        pytest.param(op("PUT", "/Users/1", []), "invalidSyntax", id="data that is a list"),
    ],
)
def test_an_operation_that_cannot_be_read_is_refused_alone(provider, wrong, scim_type):
    results = sent(provider, user("a"), wrong, group("of the wrong", "bulkId:bad"), user("b"))

    assert statuses(results) == ["201", "400", "409" if "bulkId" in wrong else "400", "201"]
    assert (results[1]["method"], results[1]["response"]["scimType"]) == (wrong["method"], scim_type)
    assert statuses(sent(provider, wrong, user("c"), failOnErrors=1)) == ["400"]
    assert wire.counts(provider) == (2, 0)


def test_operations_keep_their_order_where_references_allow(provider):
    old, editors = provider.person("n"), provider.group("Editors")
    add = {"op": "add", "path": "members", "value": [{"value": "bulkId:n"}]}

    results = sent(
        provider,
        op("PATCH", f"/Groups/{editors}", {"Operations": [add]}),
        op("DELETE", f"/Users/{old}"),
        op("POST", "/Users", {"userName": "n@northwind.example", "title": "New"}, bulkId="n"),
    )

    assert statuses(results) == ["200", "204", "201"]
    assert wire.members(provider, editors) == {made(results[2])}


def test_a_reference_in_the_path_of_a_patch_is_resolved(provider):
    ada = provider.person("ada")
    editors = provider.group("Editors", ada)
    pick = {"op": "add", "path": 'members[value eq "bulkId:ben"]'}

    results = sent(provider, op("PATCH", f"/Groups/{editors}", {"Operations": [pick]}), user("ben"))

    assert statuses(results) == ["200", "201"]
    assert wire.members(provider, editors) == {ada, made(results[1])}


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
    results = sent(provider, op("DELETE", "/Users/x y"), op("DELETE", "/Groups/bulkId-less"))

    assert statuses(results) == ["404", "404"]
    assert results[0]["location"].endswith("/Users/x%20y")
