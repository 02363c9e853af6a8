"""APIs of other shapes than the sample app's."""

from __future__ import annotations

import base64
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

import pytest

from integrations.delivery.connector import Done, Intent, Kind, Verdict
from tests.contract.connectors import scripted
from tests.contract.connectors.sample import ADA, ada, order
from tests.contract.connectors.scripted import SECRET, Asked, always, connected, recipe

THERE = {"id": "7", "login": ADA.user_name, "on": True, "roles": ["editor"], "department": "Research"}


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""


class Keeping:
    """One account, which PATCH changes."""

    def __init__(self, **values: Any) -> None:
        self.account = {**THERE, **values}

    def __call__(self, asked: Asked) -> tuple[Any, ...]:
        if asked.method == "PATCH":
            self.account.update(asked.body)
            return 200, self.account
        return 200, {"users": [self.account]}


def sent(app: scripted.Scripted) -> list[tuple[str, Any]]:
    return [(asked.method, asked.body) for asked in app.asked if asked.method != "GET"]


def test_roles_and_state_inside_the_body():
    keeping = Keeping(on=False, roles=["viewer"])
    with scripted.running(keeping) as app, connected(recipe(), app) as rest:
        rest.carry(order(Intent.ACTIVATE))
        assert rest.verify(order(Intent.ACTIVATE)).verdict is Verdict.MATCH
        rest.carry(order(Intent.DEACTIVATE))

    assert [(body["on"], body["roles"]) for _method, body in sent(app)] == [
        (True, ["editor"]),
        (False, ["editor"]),
    ]


def test_roles_as_objects():
    shaped = recipe()
    shaped["read"]["roles"] = "/roles/*/code"
    shaped["requests"]["update"]["body"]["roles"] = {"$each": "roles", "$item": {"code": "{{ role.value }}"}}
    keeping = Keeping(roles=[{"code": "viewer"}])

    with scripted.running(keeping) as app, connected(shaped, app) as rest:
        rest.carry(order(Intent.UPDATE, ada(roles=("editor", "approver"))))
        assert rest.carry(order(Intent.UPDATE, ada(roles=("editor", "approver")))).already

    assert keeping.account["roles"] == [{"code": "editor"}, {"code": "approver"}]
    assert len(sent(app)) == 1


def test_values_that_are_missing_may_be_left_out():
    shaped = recipe()
    shaped["requests"]["update"]["omit_empty"] = True
    shaped["requests"]["update"]["body"]["note"] = None

    with scripted.running(Keeping(roles=[])) as app, connected(shaped, app) as rest:
        rest.carry(order(Intent.UPDATE, ada(department=None)))

    ((_method, body),) = sent(app)
    assert "department" not in body
    assert body["note"] is None


def test_an_app_that_takes_forms():
    shaped = recipe()
    update = shaped["requests"]["update"]
    update["form"] = {**update.pop("body"), "note": "{{ person.attributes.note }}", "source": "a&b"}

    with scripted.running(always({"users": [{**THERE, "roles": []}]})) as app, connected(shaped, app) as rest:
        steps = rest.plan(order(Intent.UPDATE, ada(roles=("editor", "approver"))))
        rest.carry(order(Intent.UPDATE, ada(roles=("editor", "approver"))))

    (asked,) = [one for one in app.asked if one.method == "PATCH"]
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.body == {
        "login": [ADA.user_name],
        "department": ["Research"],
        "on": ["true"],
        "roles": ["editor", "approver"],
        "note": [""],
        "source": ["a&b"],
    }
    assert "roles=editor&roles=approver" in steps[-1].detail


def test_what_the_app_does_not_show_is_sent_each_time():
    shaped = recipe()
    shaped["requests"]["update"]["body"]["phone"] = "{{ person.attributes.phone }}"

    with scripted.running(Keeping()) as app, connected(shaped, app) as rest:
        outcome = rest.carry(order(Intent.UPDATE, ada(phone="+1")))
        rest.carry(order(Intent.GRANT, ada(phone="+1")))

    assert isinstance(outcome, Done)
    assert [body["phone"] for _method, body in sent(app)] == ["+1"]


def test_an_app_that_cannot_search_is_read_whole():
    pages = [{"users": [{"id": str(n), "login": f"p{n}"} for n in range(2)]}, {"users": [THERE]}]
    shaped = recipe(
        requests={
            "find": None,
            "list": {
                "path": "/users",
                "items": "/users",
                "paging": {"kind": "page", "parameter": "p", "size_parameter": "n", "size": 2},
            },
        }
    )

    def says(asked: Asked) -> tuple[Any, ...]:
        return 200, pages[0] if "p=1" in asked.target else pages[1]

    with scripted.running(says) as app, connected(shaped, app) as rest:
        outcome = rest.carry(order(Intent.UPDATE))

    assert outcome.ref == "7"
    assert [asked.target for asked in app.asked] == ["/users?n=2&p=1", "/users?n=2&p=2"]


def capped(past: tuple[int, Any]) -> tuple[dict[str, Any], Callable[[Asked], tuple[Any, ...]]]:
    """A recipe that asks for more on a page than the app gives, and the app: two people on a page, and its
    answer to a page after the last."""
    pages = [[{"id": "1"}, {"id": "2"}], [{"id": "3"}, {"id": "4"}]]
    listing = {"path": "/users", "items": "/users"}
    by_number = {"kind": "page", "parameter": "p", "size_parameter": "n", "size": 100}

    def says(asked: Asked) -> tuple[Any, ...]:
        number = int(asked.target.split("p=")[1][0]) if "p=" in asked.target else 1
        return (200, {"users": pages[number - 1]}) if number <= len(pages) else past

    return recipe(requests={"list": {**listing, "paging": by_number}}), says


@pytest.mark.parametrize(
    "past",
    [(200, {"users": []}), (404, {}), (400, {}), (200, {"users": [{"id": "3"}, {"id": "4"}]})],
    ids=["empty", "not found", "refused", "the last one again"],
)
def test_an_app_that_gives_fewer_on_a_page_than_it_is_asked_for_is_read_whole(past):
    shaped, says = capped(past)

    with scripted.running(says) as app, connected(shaped, app) as rest:
        page = rest.accounts()
        refs = [one.ref for one in page.accounts]
        while page.cursor:
            page = rest.accounts(page.cursor)
            refs += [one.ref for one in page.accounts]

    assert list(dict.fromkeys(refs)) == ["1", "2", "3", "4"]


def test_a_test_looks_whether_a_second_page_is_another():
    shaped, _says = capped((200, {}))
    shaped["requests"]["list"]["paging"]["size"] = 2

    with (
        scripted.running(always({"users": [{"id": "1"}, {"id": "2"}]})) as app,
        connected(shaped, app) as rest,
    ):
        first = rest.test()[0]

    assert not first.ok
    assert "The app gives the same page again." in first.words


def test_pages_by_link():
    shaped = recipe(requests={"list": {"path": "/users", "items": "", "paging": {"kind": "link"}}})

    def says(asked: Asked) -> tuple[Any, ...]:
        more = {"Link": '</users?page=2>; rel="next", </users>; rel="first"'}
        return (200, [THERE]) if "page=2" in asked.target else (200, [{"id": 1}], more)

    with scripted.running(says) as app, connected(shaped, app) as rest:
        first = rest.accounts()
        second = rest.accounts(first.cursor)

    assert [one.ref for one in (*first.accounts, *second.accounts)] == ["1", "7"]
    assert second.cursor == ""
    assert [asked.target for asked in app.asked] == ["/users", "/users?page=2"]


def test_roles_at_an_address_of_their_own():
    shaped = recipe(
        requests={
            "roles_of": {"path": "/users/{{ account.ref }}/roles", "items": "/roles", "value": "/code"},
            "grant": {
                "method": "POST",
                "path": "/users/{{ account.ref }}/roles",
                "body": {"code": "{{ role.value }}"},
            },
        }
    )
    del shaped["read"]["roles"]

    def says(asked: Asked) -> tuple[Any, ...]:
        return 200, {"users": [THERE], "roles": [{"code": "editor"}]}

    with scripted.running(says) as app, connected(shaped, app) as rest:
        rest.carry(order(Intent.GRANT, ada(roles=("editor", "viewer"))))

    assert sent(app) == [("POST", {"code": "viewer"})]


def test_an_intent_that_the_recipe_does_not_know_is_named():
    with scripted.running(Keeping()) as app, connected(recipe(), app) as rest:
        outcome = rest.carry(order(Intent.DELETE))

    assert (outcome.kind, outcome.reason) == (Kind.INVALID, "The recipe has no request “delete”.")


def test_an_account_that_goes_while_it_is_changed_is_looked_for_again():
    def says(asked: Asked) -> tuple[Any, ...]:
        return (404, {}) if asked.method == "PATCH" else (200, {"users": [{**THERE, "department": "x"}]})

    with scripted.running(says) as app, connected(recipe(), app) as rest:
        outcome = rest.carry(order(Intent.UPDATE))

    assert (outcome.of_app, outcome.reason) == (False, "The account was there, and is not found any more.")


def test_somebody_else_s_create_in_between_is_adopted():
    answers = iter([{"users": []}, {"users": [THERE]}])

    def says(asked: Asked) -> tuple[Any, ...]:
        return (409, {"message": "taken"}) if asked.method == "POST" else (200, next(answers))

    with scripted.running(says) as app, connected(recipe(), app) as rest:
        outcome = rest.carry(order(Intent.CREATE))

    assert isinstance(outcome, Done)
    assert outcome.ref == "7"


def test_an_error_may_hide_behind_200():
    shaped = recipe(
        errors=[
            {"when": {"at": "/ok", "is": False}, "kind": "temporary", "reason": "Busy.", "reason_at": "/why"}
        ]
    )

    with scripted.running(always({"ok": False, "why": "night"})) as app, connected(shaped, app) as rest:
        outcome = rest.carry(order(Intent.CREATE))

    assert (outcome.of_app, outcome.reason) == (True, "Busy. The app says: night")


@pytest.mark.parametrize(
    ("auth", "more", "headers"),
    [
        ({"kind": "bearer"}, {}, {"authorization": f"Bearer {SECRET}"}),
        (
            {"kind": "basic", "user_name": "gateway"},
            {},
            {"authorization": "Basic " + base64.b64encode(f"gateway:{SECRET}".encode()).decode()},
        ),
        (
            {"kind": "header", "headers": {"X-Key": "secret", "X-App": "second_secret"}},
            {},
            {"x-key": SECRET, "x-app": "second-4711"},
        ),
        ({"kind": "none"}, {"auth_kind": "header", "auth_header": "X-Key"}, {"x-key": SECRET}),
    ],
)
def test_ways_to_say_who_we_are(auth, more, headers):
    with scripted.running(Keeping()) as app, connected(recipe(auth=auth), app, **more) as rest:
        rest.carry(order(Intent.UPDATE))

    assert headers.items() <= app.asked[0].headers.items()
    assert not any(SECRET in asked.target for asked in app.asked)


def test_a_secret_that_is_not_there_holds_the_lane():
    with scripted.running(Keeping()) as app, connected(recipe(), app) as rest:
        rest.context.secrets.clear()
        outcome = rest.carry(order(Intent.UPDATE))

    assert outcome.kind is Kind.AUTH
    assert app.asked == []
