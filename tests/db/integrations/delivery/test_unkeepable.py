"""Apps and connectors that say what no database keeps."""

from __future__ import annotations

import pytest

from integrations.delivery.connector import Accepted, Done, Failed, Kind, NeedsPerson, Proof, Retry, Step
from integrations.delivery.models import Delivery
from tests.db.integrations.delivery.conftest import drain

BAD = "x\ud800\0"
PROOF = Proof(BAD, {BAD: [BAD, float("nan")]})
Status = Delivery.Status


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Done(PROOF, ref=BAD), Status.DELIVERED),
        (Accepted(PROOF), Status.CONFIRMING),
        (NeedsPerson(BAD, (Step(BAD, BAD),)), Status.WITH_PERSON),
        (Retry(BAD, of_app=False), Status.RETRYING),
        (Failed(Kind.INVALID, BAD, BAD), Status.DEAD),
        (Failed(Kind.AUTH, BAD, BAD), Status.HELD),
    ],
    ids=["done", "accepted", "person", "retry", "dead", "held"],
)
def test_what_a_connector_says_is_written_and_the_others_are_not_sent_again(idp, app, outcome, status):
    app.answer = lambda order: outcome if order.person.user_name.startswith("ada") else None
    ben, ada = idp.person("ben"), idp.person("ada")

    drain(idp.integration)

    assert sorted(order.person.id for order in app.orders) == sorted([ada, ben])
    rows = Delivery.objects.for_integration(idp.integration).filter(line__in=[ada, ben])
    assert {str(one.line): one.status for one in rows} == {ada: status, ben: Status.DELIVERED}
