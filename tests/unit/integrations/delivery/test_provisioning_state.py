"""Where a person stands: the rules, case by case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from integrations.delivery.models import AppAccount, Delivery
from integrations.delivery.provisioning_state import Facts, stand

PERSON = UUID(int=1)


def delivery(intent: str, status: str = "waiting", **more: object) -> Delivery:
    return Delivery(**{"number": 1, "line": PERSON, "intent": intent, "status": status, "version": 1, **more})


def account(**more: object) -> AppAccount:
    return AppAccount(**{"line": PERSON, "user_name": "ada", "roles": ["Editors"], **more})


HERE = account()
OFF = account(is_active=False)
GONE = account(is_active=False, is_gone=True)
PUT_OFF: dict[str, Any] = {"version": 0, "due_at": timezone.now() + timedelta(days=30)}


def moving(intent: str, status: str, known: AppAccount | None = None, **more: Any) -> Facts:
    return Facts(deliveries=[delivery(intent, status)], account=known, **more)


def rests(intent: str, known: AppAccount | None = None, status: str = "delivered", **more: Any) -> Facts:
    last = delivery(intent, status, proof={"words": "The app said so."}, problem="Not wanted.")
    return Facts(last=last, account=known, **more)


CASES = {
    "a create waits": (moving("create", "waiting"), "Provisioning awaiting"),
    "a create runs": (moving("create", "running"), "Provisioning ongoing"),
    "a create is tried again": (moving("create", "retrying"), "Provisioning ongoing"),
    "a create is with a person": (moving("create", "with_person"), "Provisioning ongoing"),
    "a create is to be confirmed": (moving("create", "confirming"), "Provisioning ongoing"),
    "a create failed": (moving("create", "dead"), "Provisioning failed"),
    "an update of nobody is a create": (moving("update", "waiting"), "Provisioning awaiting"),
    "a return waits": (moving("activate", "waiting", OFF), "Provisioning awaiting"),
    "a return of whom the app deleted": (moving("grant", "running", GONE), "Provisioning ongoing"),
    "an update waits": (moving("update", "waiting", HERE), "Update awaiting"),
    "a create of somebody there": (moving("create", "waiting", HERE), "Update awaiting"),
    "a rename runs": (moving("rename", "running", HERE), "Update ongoing"),
    "a group is given": (moving("grant", "waiting", HERE), "Update awaiting"),
    "a loss failed": (moving("revoke", "dead", HERE), "Update failed"),
    "a leaver waits": (moving("deactivate", "waiting", HERE), "Delete awaiting"),
    "a deletion runs": (moving("delete", "running", HERE), "Delete ongoing"),
    "a leaver failed": (moving("deactivate", "dead", HERE), "Delete failed"),
    "a leaver is held": (moving("deactivate", "held", HERE), "Held"),
    "events: a create waits": (moving("create", "waiting", keeps_accounts=False), "Provisioning awaiting"),
    "events: an update waits": (moving("update", "waiting", keeps_accounts=False), "Update awaiting"),
    "events: a return runs": (moving("activate", "running", keeps_accounts=False), "Provisioning ongoing"),
    "created": (rests("create", HERE), "Onboarded"),
    "deactivated": (rests("deactivate", OFF), "Offboarded"),
    "deleted": (rests("delete", GONE), "Offboarded"),
    "the policy leaves the account": (rests("deactivate", HERE), "Onboarded"),
    "was never there": (rests("deactivate"), "Offboarded"),
    "events: created": (rests("create", keeps_accounts=False), "Onboarded"),
    "events: left": (rests("delete", keeps_accounts=False), "Offboarded"),
    "an account without deliveries": (Facts(account=HERE), "Onboarded"),
    "reads otherwise": (rests("create", account(differences=["It has a role more."])), "Out of step"),
    "a create was skipped": (rests("create", status="skipped"), "Provisioning failed"),
    "an update was skipped": (rests("update", HERE, "skipped"), "Update failed"),
    "a leaver was skipped": (rests("deactivate", HERE, "skipped"), "Delete failed"),
    "a connection test": (moving("create", "waiting", is_test=True), "Test only"),
    "nothing yet": (Facts(), "Observed"),
    "observing": (moving("create", "waiting", is_live=False), "Observed"),
    "observing, deleted": (Facts(is_live=False, is_deleted=True), "Deleted"),
    "live, deleted before": (Facts(is_deleted=True), "Deleted"),
    "a deletion put off": (
        Facts(
            deliveries=[delivery("delete", **PUT_OFF)], last=delivery("deactivate", "delivered"), account=OFF
        ),
        "Offboarded",
    ),
    "a leaver passes what failed": (
        Facts(
            deliveries=[delivery("update", "dead"), delivery("deactivate", "waiting", number=2)], account=HERE
        ),
        "Delete awaiting",
    ),
    "a failure before what waits behind it": (
        Facts(deliveries=[delivery("update", "dead"), delivery("grant", "waiting", number=2)], account=HERE),
        "Update failed",
    ),
}


@pytest.mark.parametrize(("facts", "word"), CASES.values(), ids=CASES)
def test_each_case_has_its_word(facts, word):
    assert stand(facts).label == word


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        (moving("create", "with_person"), "It waits for a person who does it by hand."),
        (moving("create", "waiting"), "It is next, or waits for its turn."),
        (moving("create", "waiting", lane_waits="Delivery is paused."), "Delivery is paused."),
        (Facts(deliveries=[delivery("create", "dead", problem="The app said no.")]), "The app said no."),
        (rests("create", HERE), "The app said so."),
        (rests("create", status="skipped"), "It was skipped: Not wanted."),
        (Facts(), "Nothing was delivered for this person yet."),
    ],
    ids=["a person", "a turn", "a pause", "a refusal", "a proof", "a skip", "nothing"],
)
def test_each_state_names_its_cause(facts, cause):
    assert stand(facts).cause == cause


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (rests("create", HERE), ("ada", ["Editors"])),
        (rests("deactivate", OFF), ("ada", [])),
        (rests("delete", GONE), ("", [])),
        (Facts(), ("", [])),
    ],
    ids=["there", "not active", "gone", "never there"],
)
def test_the_account_is_told_as_it_is_in_the_app(facts, shown):
    standing = stand(facts)

    assert (standing.user_name, list(standing.roles)) == shown


@pytest.mark.parametrize(
    ("facts", "badge"),
    [
        (moving("create", "dead"), "bad"),
        (moving("create", "waiting"), "info"),
        (moving("create", "held"), "warn"),
        (rests("create", HERE), "ok"),
        (rests("deactivate", OFF), ""),
    ],
)
def test_what_needs_somebody_stands_out(facts, badge):
    assert stand(facts).badge == badge
