"""What every emulator does with answers that it cannot use."""

from __future__ import annotations

import pytest

from scim.emulators.authentik import Authentik
from scim.emulators.emulator import equals
from scim.emulators.okta import Okta
from scim.emulators.session import Session, UnexpectedAnswer
from tests.unit.scim.emulators import gateway
from tests.unit.scim.emulators.people import ONE, TESTER, TOKEN


@pytest.mark.parametrize(
    "body",
    [{}, {"id": 7}, {"id": ""}, {"id": "../other"}, {"id": 'x"] or [id pr'}],
    ids=["none", "number", "empty", "path", "filter"],
)
def test_an_id_that_would_need_quoting_is_refused(body: dict[str, object]):
    with gateway.running() as server:
        server.will_answer(200, {"Resources": []})
        server.will_answer(201, body)

        with pytest.raises(UnexpectedAnswer, match="no id that can be used"):
            Okta(Session(server.address, TOKEN), TESTER).create_person(ONE)


def test_a_group_in_conflict_that_cannot_be_found_stays_a_conflict():
    with gateway.running() as server:
        server.will_answer(409, {"detail": "There is such a group."})
        server.will_answer(200, {"Resources": []})

        with pytest.raises(UnexpectedAnswer, match="There is such a group"):
            Authentik(Session(server.address, TOKEN), TESTER).push_group("App Editors")


def test_a_filter_keeps_a_quote_inside_its_value():
    assert equals("displayName", 'the "A" team') == 'displayName eq "the \\"A\\" team"'
