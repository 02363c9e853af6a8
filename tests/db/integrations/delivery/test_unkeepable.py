"""Apps and connectors that say what no database keeps."""

from __future__ import annotations

import pytest

from integrations.delivery.connector import (
    Accepted,
    Done,
    Failed,
    Finding,
    Kind,
    NeedsPerson,
    PermanentError,
    Proof,
    Retry,
    Step,
)
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, SyncRun
from integrations.delivery.syncing import running, verbs
from tests import factories
from tests.db.integrations.delivery.conftest import drain, going
from tests.probe_connectors import Probe

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


def test_what_a_test_found_is_kept(live, monkeypatch):
    monkeypatch.setattr(Probe, "test", lambda _self: [Finding(ok=False, words=BAD, fix=BAD)])

    connecting.test(live, by=factories.OPERATOR)

    assert connecting.of(live).findings == [{"ok": False, "words": "x?␀", "fix": "x?␀"}]


def test_a_sync_that_an_app_breaks_off_ends_with_its_words(app, integration):
    def say_no(_start: int) -> None:
        raise PermanentError(BAD)

    app.before_page = say_no
    run = verbs.start(going(integration, "probe_reads"), by=factories.OPERATOR)

    running.carry(run.pk)

    run.refresh_from_db()
    assert (run.state, run.problem) == (SyncRun.State.FAILED, "x?␀")
