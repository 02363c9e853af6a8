"""What the service says of itself, unknown addresses, and methods."""

from __future__ import annotations

import json

import pytest

from tests.db.scim import wire

CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


def test_the_configuration_names_what_every_client_looks_for(provider):
    config = wire.read(provider, "/ServiceProviderConfig")

    base = f"http://testserver/scim/v2/{provider.integration.pk}"
    assert config["schemas"] == [CONFIG]
    assert config["meta"]["location"] == f"{base}/ServiceProviderConfig"
    assert config["meta"]["resourceType"] == "ServiceProviderConfig"
    for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag"):
        assert isinstance(config[name]["supported"], bool), name
    assert {"maxOperations", "maxPayloadSize"} <= set(config["bulk"])
    assert config["filter"] == {"supported": True, "maxResults": 1000}
    assert (config["patch"]["supported"], config["etag"]["supported"]) == (True, True)
    assert config["changePassword"]["supported"] is False
    (scheme,) = config["authenticationSchemes"]
    assert scheme["type"] == "oauthbearertoken"
    assert all(scheme[name] for name in ("name", "description"))


def test_resource_types_are_listed_and_read_one_by_one(provider):
    page = wire.read(provider, "/ResourceTypes")

    assert page["schemas"] == [wire.LIST]
    assert page["totalResults"] == len(page["Resources"]) == 2
    shown = {one["name"]: one for one in page["Resources"]}
    assert (shown["User"]["endpoint"], shown["User"]["schema"]) == ("/Users", wire.USER)
    assert (shown["Group"]["endpoint"], shown["Group"]["schema"]) == ("/Groups", wire.GROUP)
    assert shown["User"]["schemaExtensions"] == [{"schema": wire.ENTERPRISE, "required": False}]
    for name, one in shown.items():
        assert one["schemas"] == [RESOURCE_TYPE]
        assert wire.read(provider, f"/ResourceTypes/{name}") == one
        assert one["meta"]["location"].endswith(f"/ResourceTypes/{name}")


def test_schemas_are_listed_and_read_one_by_one(provider):
    page = wire.read(provider, "/Schemas")

    shown = {one["id"]: one for one in page["Resources"]}
    assert {wire.USER, wire.GROUP, wire.ENTERPRISE} <= set(shown)
    assert page["totalResults"] == len(shown)
    for name, one in shown.items():
        assert one["schemas"] == [SCHEMA]
        assert wire.read(provider, f"/Schemas/{name}") == one
        assert wire.read(provider, f"/Schemas/{name.lower()}") == one


def test_every_attribute_is_described_whole(provider):
    def walk(attributes: list[wire.Json]) -> None:
        for one in attributes:
            assert all(one[name] for name in ("name", "description"))
            assert isinstance(one["multiValued"], bool)
            assert isinstance(one["required"], bool)
            assert one["mutability"] in ("readOnly", "readWrite", "immutable", "writeOnly")
            assert one["returned"] in ("always", "never", "default", "request")
            if one["type"] == "complex":
                walk(one["subAttributes"])
            else:
                assert one["type"] in (
                    "string",
                    "boolean",
                    "decimal",
                    "integer",
                    "dateTime",
                    "reference",
                    "binary",
                )
                assert one["uniqueness"] in ("none", "server", "global")
            if one["type"] == "reference":
                assert one["referenceTypes"]

    for schema in wire.read(provider, "/Schemas")["Resources"]:
        walk(schema["attributes"])


def test_what_the_schemas_promise_of_the_crucial_attributes(provider):
    user = {one["name"]: one for one in wire.read(provider, f"/Schemas/{wire.USER}")["attributes"]}

    name, secret = user["userName"], user["password"]
    assert (name["required"], name["caseExact"], name["uniqueness"]) == (True, False, "server")
    assert (secret["mutability"], secret["returned"]) == ("writeOnly", "never")
    assert user["groups"]["mutability"] == "readOnly"


@pytest.mark.parametrize("resource", ["/Schemas", "/ResourceTypes"])
def test_discovery_takes_no_filter(provider, resource):
    # RFC 7644 4
    wire.refusal(wire.raw(provider, "GET", f"{resource}?filter=id%20pr"), 403)


@pytest.mark.parametrize(
    "resource",
    ["/Nobody", "/Users/a/b", "/Groups/a/members", "/Schemas/urn:nobody", "/ResourceTypes/Nobody"],
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_an_unknown_address_is_a_refusal_in_scim(provider, resource, method):
    response = wire.raw(provider, method, resource, {"a": 1} if method == "POST" else "")

    assert response.status_code in (404, 405)
    wire.refusal(response, response.status_code)


@pytest.mark.parametrize(
    ("method", "resource", "allowed"),
    [
        pytest.param("PUT", "/Users", "GET, POST", id="PUT on all people"),
        pytest.param("PATCH", "/Users", "GET, POST", id="PATCH on all people"),
        pytest.param("DELETE", "/Users", "GET, POST", id="DELETE of all people"),
        pytest.param("DELETE", "/Groups/", "GET, POST", id="DELETE of all groups"),
        pytest.param("POST", f"/Users/{wire.NOBODY}", "DELETE, GET, PATCH, PUT", id="POST on one"),
        pytest.param("POST", f"/Groups/{wire.NOBODY}", "DELETE, GET, PATCH, PUT", id="POST on a group"),
        pytest.param("POST", "/Schemas", "GET", id="POST on schemas"),
        pytest.param("DELETE", "/ResourceTypes/User", "GET", id="DELETE of a resource type"),
        pytest.param("PUT", "/ServiceProviderConfig", "GET", id="PUT on the configuration"),
        pytest.param("TRACE", "/Users", "GET, POST", id="TRACE"),
        pytest.param("BREW", "/Users", "GET, POST", id="an invented method"),
    ],
)
def test_a_wrong_method_is_405_and_names_the_right_ones(provider, method, resource, allowed):
    person = provider.person("ada")

    response = wire.raw(provider, method, resource, {"userName": "x"})

    wire.refusal(response, 405)
    assert set(allowed.split(", ")) <= set(response["Allow"].split(", "))
    assert method not in response["Allow"].split(", ")
    assert wire.read(provider, "/Users")["Resources"][0]["id"] == person


@pytest.mark.parametrize(
    ("resource", "needed"),
    [
        ("/Users", "GET, HEAD, POST, OPTIONS"),
        ("/Groups/", "GET, HEAD, POST, OPTIONS"),
        (f"/Users/{wire.NOBODY}", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("/Schemas", "GET, HEAD, OPTIONS"),
        ("/ServiceProviderConfig", "GET, HEAD, OPTIONS"),
        ("/Bulk", "POST, OPTIONS"),
        ("/.search", "POST, OPTIONS"),
        ("/Groups/.search", "POST, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_is_answered_in_scim_with_the_methods(provider, resource, needed):
    response = wire.raw(provider, "OPTIONS", resource)

    assert (response.status_code, response.content) == (204, b"")
    assert response["Content-Type"].startswith("application/scim+json")
    assert set(needed.split(", ")) == set(response["Allow"].split(", "))


@pytest.mark.parametrize("prefix", ["//scim/v2", "/scim//v2/", "///scim/v2//"])
def test_doubled_slashes_before_the_integration_change_nothing(provider, prefix):
    address = f"{prefix}/{provider.integration.pk}/Users"
    sent = {"HTTP_AUTHORIZATION": f"Bearer {provider.issued.text}", "PATH_INFO": address}

    response = provider.client.get("/", **sent)

    assert (response.status_code, response.json()["totalResults"]) == (200, 0)


@pytest.mark.parametrize("address", ["/scim/v2/", "/scim/v2", "/scim/", "/scim/v2//Users"])
def test_an_address_without_an_integration_is_answered_in_scim(provider, address):
    header = {"authorization": f"Bearer {provider.issued.text}"}

    response = provider.client.get(address, headers=header, REMOTE_ADDR="10.7.0.1")

    assert response.status_code in (401, 404)
    wire.refusal(response, response.status_code)


def test_a_host_that_is_not_ours_is_refused_in_scim(provider):
    response = wire.raw(provider, "GET", "/Users", Host="evil.example")

    wire.refusal(response, 400)


@pytest.mark.parametrize(
    "resource", ["/Users", "/Groups", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig"]
)
def test_head_answers_as_get_without_a_body(provider, resource):
    get, head = (wire.raw(provider, method, resource) for method in ("GET", "HEAD"))

    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == get["Content-Type"]


def test_head_of_one_person_says_whether_they_are_here(provider):
    person = provider.person("ada")

    here, missing = (wire.raw(provider, "HEAD", f"/Users/{one}") for one in (person, wire.NOBODY))

    assert (here.status_code, missing.status_code) == (200, 404)
    assert here["ETag"]


def test_every_answer_says_that_it_is_not_to_be_kept_or_rendered(provider):
    for response in (wire.raw(provider, "GET", "/Users"), wire.raw(provider, "GET", "/Nobody")):
        assert response["Cache-Control"] == "no-store"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert len(response["X-Request-Id"]) == 32


@pytest.mark.parametrize(
    "content_type",
    ["application/scim+json", "application/json", "application/json; charset=utf-8", "APPLICATION/JSON", ""],
)
def test_a_body_in_json_is_read(provider, content_type):
    response = wire.raw(provider, "POST", "/Users", {"userName": "ada"}, content_type=content_type)

    assert response.status_code == 201


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_packed_body_is_415(provider, method):
    resource = "/Users" if method == "POST" else f"/Users/{provider.person('ada')}"

    response = wire.raw(provider, method, resource, {"userName": "grace"}, Content_Encoding="gzip")

    assert "gzip" in wire.refusal(response, 415)
    as_it_is = wire.raw(provider, "POST", "/Users", {"userName": "alan"}, Content_Encoding="identity")
    assert as_it_is.status_code == 201


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/html",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_in_another_form_is_415(provider, method, content_type):
    resource = "/Users" if method == "POST" else f"/Users/{provider.person('ada')}"

    response = wire.raw(provider, method, resource, {"userName": "grace"}, content_type=content_type)

    wire.refusal(response, 415)


@pytest.mark.parametrize(
    "accept",
    [
        *("*/*", "application/*", "application/json", "application/json;q=0.5, text/html", ""),
        *("application/scim+json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON; x=y"),
        "text/html, application/json; charset=utf-8; q=0.9, application/scim+json; charset=utf-8",
        "application/json;q=0, */*",
    ],
)
def test_an_answer_is_scim_json_for_whoever_takes_json(provider, accept):
    response = wire.raw(provider, "GET", "/Users", Accept=accept)

    assert response.status_code == 200
    assert json.loads(response.content)["totalResults"] == 0


@pytest.mark.parametrize(
    "accept",
    [
        *(
            "text/html",
            "application/xml",
            "image/*",
            "application/json;q=0",
            "application/json; x=y; q=0.000",
        ),
        "application/*;q=0, */*",
    ],
)
@pytest.mark.parametrize(
    ("method", "resource"), [("GET", "/Users"), ("POST", "/Users"), ("GET", "/Schemas"), ("POST", "/Bulk")]
)
def test_whoever_takes_no_json_is_told_so_and_nothing_is_done(provider, accept, method, resource):
    body = {"userName": "ada"} if method == "POST" else b""

    detail = wire.refusal(wire.raw(provider, method, resource, body, Accept=accept), 406)

    assert accept.partition(";")[0] in detail
    assert wire.counts(provider) == (0, 0)
