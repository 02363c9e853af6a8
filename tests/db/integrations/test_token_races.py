"""Two people who change tokens at the same moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations import tokens
from integrations.models import Membership, Role
from tests import factories
from tests.db.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_admins_rotating_at_once_make_one_new_token():
    workspace = factories.make_workspace()
    integration = factories.make_integration(workspace)
    factories.make_token(integration)
    admin = Membership.objects.for_workspace(workspace).select_related("user").get(role=Role.OWNER)

    outcomes = at_once(*[lambda: tokens.rotate(integration, by=admin, overlap=timedelta(hours=1))] * 4)

    assert outcomes == ["made", "two_tokens", "two_tokens", "two_tokens"]
    assert len(tokens.live(integration)) == 2


def test_a_double_click_on_generate_makes_one_token():
    integration = factories.make_integration(factories.make_workspace())
    terms = tokens.Terms(form_key=factories.form_key())

    outcomes = at_once(*[lambda: tokens.issue(integration, by=factories.OPERATOR, terms=terms)] * 3)

    assert outcomes == ["form_used", "form_used", "made"]
    assert len(tokens.live(integration)) == 1
