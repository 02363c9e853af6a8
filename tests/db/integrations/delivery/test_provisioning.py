"""Where people stand, from what was really delivered: a page of them in a few queries."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.delivery.connector import Failed, Kind, Order, Outcome
from integrations.delivery.errands import connecting
from integrations.delivery.hands import tasks
from integrations.delivery.models import Delivery, Task
from integrations.delivery.turns import controls
from integrations.models import Integration
from scim.models import ScimUser
from scim.store import standings
from tests import factories
from tests.db import console
from tests.db.console import Provider
from tests.db.integrations.delivery.conftest import drain, going

DEACTIVATE = {"Operations": [{"op": "replace", "path": "active", "value": False}]}


def people(integration: Integration) -> list[ScimUser]:
    return list(ScimUser.objects.for_integration(integration).order_by("pk"))


def words(integration: Integration) -> dict[str, str]:
    """The state of each person by the name before the @."""
    rows = people(integration)
    stand = standings.of(integration, rows)
    return {row.user_name.partition("@")[0]: stand[row.pk].label for row in rows}


def refusing(name: str, answer: Outcome):
    def reply(order: Order) -> Outcome | None:
        return answer if order.person and order.person.user_name.startswith(name) else None

    return reply


def test_people_come_stay_and_go(idp: Provider, live, app):
    ada, bob = idp.person("ada"), idp.person("bob")
    before = words(live)
    drain(live)
    there = words(live)
    idp.send("PATCH", f"/Users/{ada}", DEACTIVATE)
    leaving = words(live)
    idp.send("DELETE", f"/Users/{bob}")
    drain(live)

    assert before == {"lasting": "Onboarded", "ada": "Provisioning awaiting", "bob": "Provisioning awaiting"}
    assert there == {"lasting": "Onboarded", "ada": "Onboarded", "bob": "Onboarded"}
    assert leaving["ada"] == "Delete awaiting"
    # That the account is to be deleted after 30 days waits on purpose.
    assert words(live) == {"lasting": "Onboarded", "ada": "Offboarded", "bob": "Offboarded"}


def test_a_refusal_is_told_with_its_cause_and_what_mends_it(idp: Provider, live, app):
    app.answer = refusing("ada", Failed(Kind.INVALID, "No licence is left.", "Buy one."))
    idp.person("ada")
    drain(live)

    (standing,) = [
        one for one in standings.of(live, people(live)).values() if one.label == "Provisioning failed"
    ]

    assert standing.words == "No licence is left. Buy one."
    assert standing.delivery == Delivery.objects.for_integration(live).get(status="dead")


def test_while_a_lane_is_paused_or_held_people_wait_for_that(idp: Provider, live, app, owner):
    app.answer = refusing("ada", Failed(Kind.AUTH, "The key was refused."))
    idp.person("ada")
    drain(live)
    idp.person("bob")

    rows = people(live)
    stand = {row.display_name: standings.of(live, rows)[row.pk] for row in rows}
    controls.pause(live, by=owner)
    paused = standings.of(live, rows)[rows[-1].pk]

    assert (stand["Ada"].label, stand["Ada"].cause) == ("Held", "The key was refused.")
    assert (stand["Bob"].label, stand["Bob"].cause) == (
        "Provisioning awaiting",
        "Delivery is held: The key was refused.",
    )
    assert paused.cause == "Delivery is paused."


def test_by_hand_a_person_is_onboarded_once_it_is_done(integration, owner, clock):
    going(integration, "manual")
    sender = console.provider(integration)
    sender.person("ada")
    clock.shift(61)
    drain(integration)
    asked = words(integration)

    tasks.finish(Task.objects.for_integration(integration).get(), note="Made.", by=owner)

    assert (asked, words(integration)) == ({"ada": "Provisioning ongoing"}, {"ada": "Onboarded"})


def test_whoever_tells_events_knows_no_accounts(idp_of_events: Provider, live_events):
    ada = idp_of_events.person("ada")
    drain(live_events)
    there = words(live_events)
    idp_of_events.send("PATCH", f"/Users/{ada}", DEACTIVATE)
    drain(live_events)

    assert (there["ada"], words(live_events)["ada"]) == ("Onboarded", "Offboarded")


def test_while_it_observes_nobody_stands_anywhere(idp: Provider, live, owner, django_assert_num_queries):
    idp.person("ada")
    drain(live)
    connecting.observe(live, by=owner)
    rows = people(live)

    with django_assert_num_queries(0):
        stand = standings.of(live, rows)

    assert {one.label for one in stand.values()} == {"Observed"}


def test_a_page_of_fifty_costs_five_queries(idp: Provider, live, app, django_assert_num_queries):
    for number in range(50):
        idp.person(f"p{number}")
    drain(live)
    idp.person("late")
    rows = people(live)

    for some in (rows[:1], rows):
        with django_assert_num_queries(5):
            stand = standings.of(live, some)

    assert len(stand) == 52


def test_nobody_is_taken_for_somebody_of_another_integration(idp: Provider, live, app):
    ada = idp.person("ada")
    drain(live)
    other = factories.make_integration(live.workspace, "Canva")
    going(other, "probe")
    Delivery.objects.filter(line=UUID(ada)).update(integration=other)

    assert words(live)["ada"] == "Onboarded"  # by the account alone
    assert standings.of(live, people(live))[UUID(ada)].delivery is None


@pytest.mark.parametrize("status", ["superseded", "cancelled"])
def test_what_ended_by_itself_tells_nothing(idp: Provider, live, app, status):
    ada = idp.person("ada")
    drain(live)
    (first,) = Delivery.objects.for_integration(live).filter(line=UUID(ada))
    Delivery.objects.create(
        integration=live, line=UUID(ada), intent="deactivate", version=2, status=status, place=None
    )

    standing = standings.of(live, people(live))[UUID(ada)]

    assert (standing.label, standing.delivery) == ("Onboarded", first)


def test_a_persons_last_delivery_is_found_by_one_look_into_an_index(idp: Provider, live, app):
    rows = people(live)
    with CaptureQueriesContext(connection) as captured:
        standings.of(live, rows)
    (sql,) = [query["sql"] for query in captured if "last_delivery" in query["sql"]]

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}")
        plan = str(cursor.fetchall())

    # PostgreSQL reads so small a table whole.
    assert "delivery_of_line" in plan or connection.vendor != "sqlite"
