"""The REST template reads, tests and plans, and changes nothing by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from cerby_gateway.demo.sample_app import WRITE, WRITE_ROLES, SampleApp
from integrations.delivery.connector import Intent, TransientError, Verdict
from tests.contract.connectors.sample import ADA, TOKEN, ada, connector, effects, order


@pytest.fixture
def app(settings) -> Iterator[SampleApp]:
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""
    with SampleApp(TOKEN) as running:
        yield running


@pytest.fixture
def rest(app):
    made = connector(app)
    yield made
    made.close()


def test_accounts_are_read_page_by_page(app, rest):
    for number in range(120):
        app.accounts.make({"login": f"p{number}", "email": f"p{number}@northwind.example"})

    pages, cursor = [], ""
    while True:
        page = rest.accounts(cursor)
        pages.append(len(page.accounts))
        cursor = page.cursor
        if not cursor:
            break

    assert pages == [50, 50, 20]


def test_an_account_shows_all_that_the_recipe_reads(app, rest):
    rest.carry(order(Intent.CREATE))

    (account,) = rest.accounts().accounts

    assert (account.ref, account.user_name, account.email) == (
        "1001",
        "Ada@northwind.example",
        "ada@northwind.example",
    )
    assert (account.external_id, account.entitlements) == ("00u1", ("editor",))
    assert account.attributes == {"display_name": "Ada Lovelace", "department": "Research"}


def test_a_listed_account_is_held_against_the_person(app, rest):
    rest.carry(order(Intent.CREATE))
    (account,) = rest.accounts().accounts
    assert rest.otherwise(ADA, account) == []

    app.accounts.change("1001", {"department": "Sales", "email": "poet@northwind.example"})

    (account,) = rest.accounts().accounts
    assert rest.otherwise(ADA, account) == [
        "email is “poet@northwind.example”, and shall be “ada@northwind.example”.",
        "department is “Sales”, and shall be “Research”.",
    ]


def test_the_roles_of_the_app_are_listed(app, rest):
    assert [(one.value, one.name) for one in rest.entitlements()] == [
        ("editor", "Editor"),
        ("viewer", "Viewer"),
        ("approver", "Approver"),
    ]


def test_verify_names_what_is_otherwise(app, rest):
    rest.carry(order(Intent.CREATE))
    app.accounts.change("1001", {"department": "Sales"})
    app.accounts.revoke("1001", "editor")
    app.accounts.grant("1001", "viewer")
    app.accounts.mark("1001", "suspended")
    fresh = connector(app)

    seen = fresh.verify(order(Intent.UPDATE))
    fresh.close()

    assert seen.verdict is Verdict.DRIFT
    assert seen.differences == (
        "The account is not active.",
        "department is “Sales”, and shall be “Research”.",
        "The role Editor is missing.",
        "The role viewer is still there.",
    )


def test_a_test_passes_and_changes_nothing(app, rest):
    findings = rest.test()

    assert all(finding.ok for finding in findings)
    assert effects(app) == []
    assert "The credential may: give and take roles (roles:write)." in [str(one.words) for one in findings]


def test_a_test_names_each_missing_right(app, rest):
    app.rights -= {WRITE, WRITE_ROLES}

    missing = [(str(one.words), str(one.fix)) for one in rest.test() if not one.ok]

    assert missing == [
        (
            "The credential may not: create and change accounts.",
            "Give it the right accounts:write in the app.",
        ),
        ("The credential may not: give and take roles.", "Give it the right roles:write in the app."),
    ]


def test_a_test_of_an_app_that_is_not_there_says_so(app):
    rest = connector(app)
    rest.context.settings["base_url"] = "http://127.0.0.1:1/api"

    findings = rest.test()
    rest.close()

    assert not any(finding.ok for finding in findings)
    assert "127.0.0.1 does not answer on port 1." in str(findings[0].words)


def test_the_plan_of_a_new_person_names_every_step_and_sends_nothing(app, rest):
    steps = rest.plan(order(Intent.CREATE))

    assert [step.words for step in steps] == [
        "Ada@northwind.example has no account in the app.",
        "Create the account.",
        "Give the role Editor.",
    ]
    assert steps[1].detail.startswith(f"POST {app.url}/accounts\n")
    assert effects(app) == []


def test_the_plan_of_a_change_shows_the_difference_alone(app, rest):
    rest.carry(order(Intent.CREATE))
    sent = effects(app)

    assert [step.words for step in rest.plan(order(Intent.UPDATE))][1:] == [
        "Nothing differs, so nothing is sent."
    ]
    assert [step.words for step in rest.plan(order(Intent.UPDATE, ada(roles=())))][1:] == [
        "Take the role editor away."
    ]
    assert effects(app) == sent


def test_a_plan_that_cannot_read_the_app_says_why(app, rest):
    app.troubles.failing = True

    with pytest.raises(TransientError, match=r"The app answered 500 to “find.external_id”"):
        rest.plan(order(Intent.CREATE))


def test_what_was_said_is_kept_without_secrets(app, rest):
    rest.carry(order(Intent.CREATE))

    kept = json.dumps([exchange.sent + exchange.received for exchange in rest.context.exchanges])
    assert [exchange.status for exchange in rest.context.exchanges] == [200, 200, 200, 201, 200, 204]
    assert TOKEN not in kept
    assert "Authorization" not in kept
    assert "ada@northwind.example" in kept
