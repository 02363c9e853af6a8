"""How much one request and one client may ask, with the figure in every refusal."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import httpx
import pytest
from django.utils import timezone

from integrations.traffic.models import RefusedToken
from tests import running
from tests.db.scim import bulks, wire

MIB = 1024 * 1024
_peers = itertools.count(1)


@pytest.fixture
def peer() -> str:
    return f"10.9.{next(_peers)}.1"


def padded(body: wire.Json, size: int) -> bytes:
    """The body as JSON of exactly `size` bytes."""
    empty = len(json.dumps({**body, "padding": ""}))
    return json.dumps({**body, "padding": "x" * (size - empty)}).encode()


@pytest.mark.parametrize(
    ("resource", "body", "limit"),
    [
        pytest.param("/Users", {"userName": "ada"}, MIB, id="a person"),
        pytest.param("/Groups", {"displayName": "Editors"}, 16 * MIB, id="a group"),
    ],
)
def test_a_body_up_to_the_limit_is_taken_and_one_byte_more_is_413(provider, resource, body, limit):
    whole, over = padded(body, limit), padded({**body, "over": 1}, limit + 1)

    refused = wire.raw(provider, "POST", resource, over)
    row = wire.logged(provider)
    taken = wire.raw(provider, "POST", resource, whole)

    assert str(limit) in wire.refusal(refused, 413)
    assert (row.status, row.size_bytes) == (413, limit + 1)
    assert taken.status_code == 201
    assert wire.read(provider, resource)["totalResults"] == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_limit_holds_for_changes_too(provider, method):
    person = provider.person("ada")
    body = {"userName": "x", "Operations": [{"op": "remove", "path": "emails"}]}

    refused = wire.raw(provider, method, f"/Users/{person}", padded(body, MIB + 1))

    assert str(MIB) in wire.refusal(refused, 413)
    assert wire.events(provider) == ["user.created"]


@pytest.mark.parametrize("claimed", [str(MIB + 1), str(2**31 - 1)])
def test_a_length_that_no_body_has_is_refused_and_kept_in_the_log(provider, claimed):
    address = f"/scim/v2/{provider.integration.pk}/Users"
    header = {"authorization": f"Bearer {provider.issued.text}"}

    response = provider.client.post(
        address, {}, content_type="application/json", headers=header, CONTENT_LENGTH=claimed
    )

    wire.refusal(response, 413)
    assert wire.logged(provider).status == 413


def nested(depth: int) -> str:
    """An object that is nested `depth` levels deep, itself counted."""
    return '{"userName": "ada", "deep": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


def test_a_body_may_be_64_levels_deep(provider):
    assert "64" in wire.refusal(wire.raw(provider, "POST", "/Users", nested(65)), 400, "invalidSyntax")
    assert wire.raw(provider, "POST", "/Users", nested(64)).status_code == 201


@pytest.mark.parametrize("tower", ["[" * 500_000, '{"a":' * 200_000, "[" * 250_000 + "]" * 250_000])
def test_a_tower_of_brackets_is_refused_without_a_fall(provider, tower):
    wire.refusal(wire.raw(provider, "POST", "/Users", tower), 400, "invalidSyntax")


def test_a_patch_takes_a_thousand_operations(provider):
    person = provider.person("ada")
    one = {"op": "replace", "path": "title", "value": "x"}

    over = wire.raw(provider, "PATCH", f"/Users/{person}", {"Operations": [one] * 1001})
    full = wire.patch(provider, f"/Users/{person}", *([one] * 999), {**one, "value": "last"})

    assert over.status_code in (400, 413)
    assert "1000" in wire.refusal(over, over.status_code, json.loads(over.content).get("scimType"))
    assert (full[0], full[1]["title"]) == (200, "last")


# Of a person with 1,000 addresses, three of these stay below the limit and four do not.
SIXTY_TERMS = " or ".join(['value eq "nobody"'] * 60)
COSTLY = {"op": "remove", "path": f"emails[{SIXTY_TERMS}]"}


@pytest.fixture
def known_well(provider) -> str:
    """A person with as many addresses as one may have."""
    emails = [{"value": f"ada{number}@a.example"} for number in range(1_000)]
    return provider.send("POST", "/Users", {"userName": "ada", "emails": emails})[1]["id"]


def test_a_patch_compares_no_more_than_the_limit(provider, known_well):
    title = {"op": "add", "path": "title", "value": "x"}

    over = wire.raw(provider, "PATCH", f"/Users/{known_well}", {"Operations": [title] + [COSTLY] * 4})
    below = [wire.patch(provider, f"/Users/{known_well}", *([COSTLY] * 3))[0] for _ in range(2)]

    assert "200000" in wire.refusal(over, 400, "tooMany")
    assert below == [200, 200]
    assert "title" not in wire.read(provider, f"/Users/{known_well}?excludedAttributes=emails")


def test_the_patches_of_a_bulk_share_that_limit(provider, known_well):
    one = bulks.op("PATCH", f"/Users/{known_well}", {"Operations": [COSTLY]})

    for _ in range(2):
        results = bulks.sent(provider, *([one] * 4), bulks.user("grace"))

        assert bulks.statuses(results)[:4] == ["200", "200", "200", "400"]
        assert results[3]["response"]["scimType"] == "tooMany"
        assert results[4]["status"] in ("201", "409")


@pytest.mark.parametrize(
    ("settings_name", "rate"),
    [("TOKEN_RATE_LIMIT", "3 requests in 60 s"), ("TOKEN_BURST_LIMIT", "3 requests in 1 s")],
)
def test_a_token_that_asks_too_much_is_slowed_down(
    provider, stranger, settings, time_machine, settings_name, rate
):
    time_machine.move_to(timezone.now(), tick=False)
    setattr(settings, settings_name, 3)

    answers = [wire.raw(provider, "GET", "/Users") for _ in range(5)]
    row = wire.logged(provider)

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    wait = int(answers[-1]["Retry-After"])
    detail = wire.refusal(answers[-1], 429)
    assert rate in detail
    assert 1 <= wait <= 60
    assert (row.status, rate in row.problem) == (429, True)
    assert stranger.send("GET", "/Users")[0] == 200
    time_machine.shift(wait + 1)
    assert provider.send("GET", "/Users")[0] == 200


def test_a_refused_change_is_not_done(provider, settings, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    settings.TOKEN_RATE_LIMIT = 1
    provider.person("ada")

    status, _ = provider.send("POST", "/Users", {"userName": "grace"})

    assert (status, wire.counts(provider)) == (429, (1, 0))


def test_zero_lifts_the_rate_limit(provider, settings):
    settings.TOKEN_RATE_LIMIT = 0
    settings.TOKEN_BURST_LIMIT = 1

    assert {provider.send("GET", "/Schemas")[0] for _ in range(5)} == {200}


def test_whoever_insists_with_a_refused_token_is_slowed_down_and_the_true_one_is_not(
    provider, stranger, peer
):
    header = f"Bearer {stranger.issued.text}"

    answers = [wire.raw(provider, "GET", "/Users", authorization=header, peer=peer) for _ in range(12)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    wire.refusal(answers[-1], 429)
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert RefusedToken.objects.for_integration(provider.integration).get().count == 12
    assert wire.raw(provider, "GET", "/Users", peer=peer).status_code == 200
    assert wire.raw(stranger, "GET", "/Users", peer=peer).status_code == 200


def test_one_address_that_tries_many_things_is_slowed_down_alone(provider, peer):
    answers = [wire.raw(provider, "GET", "/Users", authorization=f"Bearer {n}", peer=peer) for n in range(61)]
    elsewhere = wire.raw(provider, "GET", "/Users", authorization="Bearer 1", peer="10.9.0.2")

    assert [answer.status_code for answer in answers] == [401] * 60 + [429]
    assert elsewhere.status_code == 401


@pytest.fixture(scope="module")
def live(tmp_path_factory) -> Iterator[httpx.Client]:
    """An identity provider of a running product on SQLite."""
    with running.product(tmp_path_factory.mktemp("live")) as product:
        made = product.command("create_workspace", "Northwind", "--owner", "owner@northwind.example")
        integration = product.command("create_integration", "Hootsuite", "--workspace", made["workspace"])
        token = product.command("generate_token", integration["id"])["token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        with httpx.Client(base_url=integration["scim_gateway_url"], headers=headers, timeout=30) as client:
            yield client


def said(response: httpx.Response) -> wire.Json:
    """The error of an answer."""
    assert response.headers["content-type"].startswith("application/scim+json"), response.text
    body = response.json()
    assert body["status"] == str(response.status_code)
    return body


@pytest.mark.parametrize(
    ("resource", "limit"), [("/Users", MIB), ("/Groups", 16 * MIB)], ids=["a person", "a group"]
)
def test_a_running_product_refuses_a_body_over_the_limit_by_its_length(live, resource, limit):
    response = live.post(resource, content=b"x" * (limit + 1))

    assert response.status_code == 413
    assert str(limit) in said(response)["detail"]


def test_a_running_product_answers_a_broken_body_in_scim(live):
    assert live.post("/Users", content=b"{").status_code == 400
    assert said(live.post("/Users", content=b"{"))["scimType"] == "invalidSyntax"
