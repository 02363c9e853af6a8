"""A signing secret is replaced while messages go on."""

from __future__ import annotations

import pytest

from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.delivery.errands import connecting, signing_secrets
from integrations.delivery.telling import signing
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Role
from tests import factories
from tests.receivers import OTHER, SECRET

URL = "https://app.example.com/hook"


@pytest.fixture
def signed_one(integration):
    secrets = {"signing_secret": SECRET}
    connecting.change(integration, "webhook", {"url": URL}, secrets=secrets, by=factories.OPERATOR)
    return integration


def kept(integration) -> dict[str, str]:
    return dict(connecting.of(integration).secrets)


def test_the_new_secret_stands_beside_the_old_one_until_that_is_ended(signed_one, admin):
    made = signing_secrets.rotate(signed_one, by=admin)

    assert signing.is_secret(made)
    assert kept(signed_one) == {"signing_secret": made, "previous_signing_secret": SECRET}
    assert connecting.of(signed_one).secrets_set["signing_secret"]["by"] == admin.user.email

    signing_secrets.end_previous(signed_one, by=admin)
    signing_secrets.end_previous(signed_one, by=admin)

    assert kept(signed_one) == {"signing_secret": made}
    assert list(connecting.of(signed_one).secrets_set) == ["signing_secret"]


def test_it_is_audited_without_the_secret(signed_one, admin):
    made = signing_secrets.rotate(signed_one, by=admin)

    entry = AuditEntry.objects.filter(action=Event.CONNECTOR_CHANGED).latest("pk")
    assert entry.actor_label == admin.user.email
    assert made not in str(entry.detail)


def test_a_second_one_is_refused_until_the_first_is_ended(signed_one, admin):
    signing_secrets.rotate(signed_one, by=admin)

    with pytest.raises(Refused) as refused:
        signing_secrets.rotate(signed_one, by=admin)

    assert refused.value.code == "rotating"


def test_where_nothing_is_signed_there_is_nothing_to_replace(integration, admin):
    for kind in ("", "manual"):
        if kind:
            connecting.change(integration, kind, {}, by=admin)
        with pytest.raises(Refused) as refused:
            signing_secrets.rotate(integration, by=admin)
        assert refused.value.code == "no_secret"


def test_who_only_does_tasks_replaces_none(signed_one, workspace):
    member = factories.make_member(workspace, Role.MEMBER)

    with pytest.raises(NotAllowed):
        signing_secrets.rotate(signed_one, by=member)


def test_a_connection_without_a_secret_is_refused_and_a_kept_one_stays(integration, admin):
    with pytest.raises(Refused) as refused:
        connecting.change(integration, "webhook", {"url": URL}, by=admin)
    assert refused.value.field == "signing_secret"

    connecting.change(integration, "webhook", {"url": URL}, secrets={"signing_secret": OTHER}, by=admin)
    connecting.change(integration, "webhook", {"url": f"{URL}/2"}, by=admin)

    assert kept(integration) == {"signing_secret": OTHER}
    assert connecting.of(integration).settings["url"] == f"{URL}/2"
