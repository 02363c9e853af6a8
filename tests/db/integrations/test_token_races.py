"""Two people who change tokens at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from integrations import tokens
from integrations.kit.errors import Refused
from integrations.models import Membership, Role
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work, times: int) -> list[str]:
    """Runs `work` in as many threads at the same moment; what each came to: "made" or the code of its
    refusal."""
    outcomes: list[str] = []
    start = threading.Barrier(times)

    def run() -> None:
        start.wait()
        try:
            work()
            outcomes.append("made")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_admins_rotating_at_once_make_one_new_token():
    workspace = factories.make_workspace()
    integration = factories.make_integration(workspace)
    factories.make_token(integration)
    admin = Membership.objects.for_workspace(workspace).select_related("user").get(role=Role.OWNER)

    outcomes = at_once(lambda: tokens.rotate(integration, by=admin, overlap=timedelta(hours=1)), 4)

    assert outcomes == ["made", "two_tokens", "two_tokens", "two_tokens"]
    assert len(tokens.live(integration)) == 2


def test_a_double_click_on_generate_makes_one_token():
    integration = factories.make_integration(factories.make_workspace())
    terms = tokens.Terms(form_key=factories.form_key())

    outcomes = at_once(lambda: tokens.issue(integration, by=factories.OPERATOR, terms=terms), 3)

    assert outcomes == ["form_used", "form_used", "made"]
    assert len(tokens.live(integration)) == 1
