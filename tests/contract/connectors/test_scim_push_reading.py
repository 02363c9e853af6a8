"""What SCIM push reads: tests of a connection, plans, reading back, lists; and apps that can less."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations.delivery.connector import (
    Context,
    Done,
    Entitlement,
    Group,
    Intent,
    Order,
    PermanentError,
    Person,
    Verdict,
)
from integrations.delivery.connectors.scim_push.connector import ScimPush
from tests.contract.connectors import scim_apps
from tests.contract.connectors.scim_apps import ScimApp

pytestmark = pytest.mark.usefixtures("loopback")
EMAIL = "ada@northwind.example"
EDITORS = Group("g-1", "Editors")
ADA = Person(
    id="p-1",
    user_name=EMAIL,
    data={"userName": EMAIL, "title": "Countess", "emails": [{"value": EMAIL, "type": "work"}]},
    entitlements=(Entitlement("Editors", "Editors", "g-1"),),
    known_groups=(EDITORS, Group("g-2", "Viewers")),
)


@pytest.fixture
def app(scim_app) -> ScimApp:
    return scim_app


@pytest.fixture
def push(app):
    yield from connected(app)


def connected(app: ScimApp, **settings: Any):
    values = {"base_url": app.url, "sign_in": "bearer", **settings}
    made = ScimPush(Context(settings=values, secrets={"token": app.token}, integration_id=app.url))
    yield made
    made.close()


def order(intent: Intent = Intent.CREATE, person: Person = ADA, **more: Any) -> Order:
    return Order(intent, key="k.1", sequence=1, person=person, **more)


def of_group(intent: Intent = Intent.GROUP_CREATE, group: Group = EDITORS) -> Order:
    return Order(intent, key="k.2", sequence=2, group=group)


def words(push: ScimPush, what: Order) -> list[str]:
    return [str(step.words) for step in push.plan(what)]


def test_a_test_says_what_works(app, push):
    app.has(EMAIL)

    findings = push.test()

    assert [one.ok for one in findings] == [True] * len(findings)
    said = [one.words for one in findings]
    assert "The gateway may read people: there are 1." in said
    assert "The gateway may read groups: there are 0." in said


def test_a_test_with_a_wrong_token_says_so(app):
    for push in connected(replace(app, token="wrong")):
        (finding,) = push.test()

    assert (finding.ok, finding.fix) == (
        False,
        "Make a new token in the app and enter it in the delivery settings.",
    )


def test_a_plan_tells_what_is_taken_over(app, push):
    app.has(EMAIL, title="Countess", emails=[{"value": EMAIL, "type": "work"}])

    assert words(push, order()) == [
        f"The account {EMAIL} is there already, and is taken over.",
        "Set externalId to p-1.",
        "Add to group Editors.",
    ]


def test_a_plan_tells_the_steps_and_sends_nothing(app, push):
    assert words(push, order()) == [f"Create the account {EMAIL}.", "Add to group Editors."]
    assert app.people() == {}
    push.carry(order())

    known = replace(ADA, ref=app.account(EMAIL)["id"])
    assert words(push, order(Intent.UPDATE, known)) == [f"Nothing to do: {EMAIL} is as wanted."]
    renamed = replace(known, user_name="countess", data={**ADA.data, "title": "Dr"}, entitlements=())
    assert set(words(push, order(Intent.RENAME, renamed))) == {
        f"Rename the account {EMAIL} to countess.",
        "Set title to Dr.",
        "Take from group Editors.",
    }
    assert words(push, order(Intent.DEACTIVATE, known)) == [f"Deactivate the account {EMAIL}."]
    assert words(push, order(Intent.DELETE, known)) == [f"Delete the account {EMAIL}."]
    assert words(push, of_group(group=replace(EDITORS, name="Authors"))) == [
        "Rename the group Editors to Authors.",
        "Put in those of its people who are missing.",
    ]
    assert words(push, of_group(Intent.GROUP_DELETE)) == ["Delete the group Editors."]
    assert app.people() == {EMAIL: True}


def test_the_same_order_again_finds_it_done(app, push):
    first, second = push.carry(order()), push.carry(order(is_repeat=True))

    assert isinstance(first, Done)
    assert isinstance(second, Done)
    assert (first.already, second.already, first.ref) == (False, True, second.ref)
    assert app.groups() == {"Editors": {EMAIL}}
    again = [push.carry(of_group()) for _ in range(2)]
    assert [one.already for one in again] == [True, True]
    gone = [push.carry(order(Intent.DELETE, replace(ADA, ref=first.ref))) for _ in range(2)]
    assert [one.already for one in gone] == [False, True]


def test_reading_back_names_what_is_otherwise(app, push):
    assert push.verify(order()).differences == (f"The app has no account {EMAIL}.",)
    push.carry(order())
    assert push.verify(order()).verdict is Verdict.MATCH

    account, editors = app.account(EMAIL), app.everything("/Groups")[0]["id"]
    app.ask("PUT", f"/Users/{account['id']}", {**account, "active": False, "userName": "changed"})
    app.has_group("Viewers", account["id"], externalId="g-2")
    app.ask("DELETE", f"/Groups/{editors}")

    seen = push.verify(order())
    assert seen.verdict is Verdict.DRIFT
    assert set(seen.differences) == {
        "The app shows changed as inactive.",
        f"In the app the account is called changed, not {EMAIL}.",
        "Not in group Editors yet.",
        "Still in group Viewers.",
    }
    assert push.verify(order(Intent.DEACTIVATE)).verdict is Verdict.MATCH
    assert push.verify(order(Intent.DELETE)).verdict is Verdict.DRIFT
    assert push.verify(of_group()).differences == ("The app has no group Editors.",)


def test_accounts_are_listed_page_by_page(app, push, monkeypatch):
    monkeypatch.setattr("integrations.delivery.connectors.scim_push.listing.PAGE", 2)
    for number in range(5):
        app.has(f"p{number}", externalId=f"e{number}", emails=[{"value": f"p{number}@app.example"}])
    app.has_group("Editors")

    pages = [push.accounts()]
    while pages[-1].cursor:
        pages.append(push.accounts(pages[-1].cursor))

    assert [len(page.accounts) for page in pages] == [2, 2, 1]
    found = {one.user_name: one for page in pages for one in page.accounts}
    assert sorted(found) == [f"p{number}" for number in range(5)]
    assert (found["p3"].external_id, found["p3"].email) == ("e3", "p3@app.example")
    assert [one.value for one in push.entitlements()] == ["Editors"]


def test_a_listed_account_is_held_against_the_person(app, push):
    push.carry(order())
    (account,) = push.accounts().accounts
    assert push.otherwise(ADA, account) == []

    app.ask("PUT", f"/Users/{account.ref}", {
        "schemas": [scim_apps.USER], "userName": EMAIL, "title": "Poet", "nickName": "Augusta",
        "emails": [{"value": "poet@app.example", "type": "work"}],
    })  # fmt: skip

    (account,) = push.accounts().accounts
    assert sorted(push.otherwise(ADA, account)) == [
        "emails is otherwise than it shall be.",
        "title is “Poet”, and shall be “Countess”.",
    ]


def test_what_an_admin_wrote_is_sent_in_its_place(app, push):
    push.carry(order(override={"userName": "countess", "title": "Dr"}))

    assert app.account("countess")["title"] == "Dr"


def test_a_mapping_says_what_an_attribute_is_filled_with(app, push):
    mapped = {"user_name": "ada", "email": "work@app.example", "nickName": "Augusta", "unknown": "x"}
    push.carry(order(person=replace(ADA, user_name="ada", attributes=mapped)))

    account = app.account("ada")
    assert account["emails"][0]["value"] == "work@app.example"
    assert account["nickName"] == "Augusta"


@pytest.mark.parametrize("clears", [True, False])
def test_what_the_identity_provider_leaves_empty_is_emptied_where_an_admin_wants_it(app, clears):
    app.has(EMAIL, title="Poet", nickName="Augusta")
    for push in connected(app, clears=clears):
        push.carry(order(person=replace(ADA, data={"userName": EMAIL})))

    account = app.account(EMAIL)
    assert account.get("title") == (None if clears else "Poet")
    assert account["nickName"] == "Augusta"


def test_an_account_that_moved_to_a_page_that_was_read_is_read_all_the_same(app, push, monkeypatch):
    monkeypatch.setattr("integrations.delivery.connectors.scim_push.listing.PAGE", 2)
    refs = {app.has(f"p{number}") for number in range(6)}

    page = push.accounts()
    read = {one.ref for one in page.accounts}
    deleted = min(read)
    app.ask("DELETE", f"/Users/{deleted}")
    while page.cursor:
        page = push.accounts(page.cursor)
        read |= {one.ref for one in page.accounts}

    assert read == refs


def test_groups_are_left_alone_where_an_admin_wants_it(app):
    for push in connected(app, leaves_groups=True):
        done = [push.carry(order()), push.carry(of_group()), push.carry(of_group(Intent.GROUP_DELETE))]

    assert [one.already for one in done] == [False, True, True]
    assert app.groups() == {}


def test_a_large_group_reaches_the_app_but_for_accounts_that_it_has_lost(app, push, monkeypatch):
    monkeypatch.setattr("integrations.delivery.connectors.scim_push.members.CHUNK", 4)
    refs = [app.has(f"p{number}") for number in range(9)]
    members = tuple((f"p-{number}", ref) for number, ref in enumerate([*refs, ""]))

    done = push.carry(of_group(group=replace(EDITORS, members=members)))

    assert isinstance(done, Done)
    assert app.groups() == {"Editors": {f"p{number}" for number in range(9)}}
    patches = [one.words for one in push.context.exchanges if one.words.startswith("PATCH")]
    assert len(patches) == 3


@pytest.fixture(scope="session")
def plain_server(tmp_path_factory):
    """An app that takes no PATCH and cannot be searched."""
    with scim_apps.scim2_server(tmp_path_factory.mktemp("plain"), patches=False, searches=False) as found:
        yield found


def test_an_app_without_patch_and_search_gets_all_the_same(plain_server):
    plain_server.empty()
    app = plain_server
    app.has(EMAIL, nickName="Augusta")
    app.has("stranger")
    for push in connected(app):
        push.carry(order())
        assert push.verify(order()).verdict is Verdict.MATCH
        push.carry(of_group(Intent.GROUP_UPDATE, replace(EDITORS, name="Authors")))
        assert app.groups() == {"Authors": {EMAIL}}
        push.carry(order(Intent.UPDATE, replace(ADA, entitlements=())))
        push.carry(order(Intent.DEACTIVATE))
        methods = {one.words.split(" ")[0] for one in push.context.exchanges}

    assert methods == {"GET", "POST", "PUT"}
    assert app.groups() == {"Authors": set()}
    assert app.people() == {EMAIL: False, "stranger": True}
    account = app.account(EMAIL)
    assert (account["nickName"], account["title"], account["externalId"]) == ("Augusta", "Countess", "p-1")


def test_two_accounts_with_one_external_id_are_nobodys_guess(scim2_server):
    scim2_server.empty()
    for name in ("one", "two"):
        scim2_server.has(name, externalId="p-1")
    for push in connected(scim2_server):
        with pytest.raises(PermanentError, match="The app has 2 entries for p-1"):
            push.plan(order())
