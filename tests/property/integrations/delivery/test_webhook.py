"""Whatever a receiver answers, one delivery is one message: the same id and the same body at each try."""

from __future__ import annotations

import itertools
from ipaddress import ip_network

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.turns import worker
from tests import factories, receivers
from tests.db import console
from tests.receivers import SECRET, answering

NOT_NOW = st.sampled_from(
    [
        *(answering(status) for status in (408, 425, 429, 500, 502, 503, 504)),
        answering(503, "Retry-After: 10\r\n"),
        receivers.drop,
    ]
)
numbers = itertools.count(1)


@pytest.fixture
def receiver(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""
    with receivers.receiving() as found:
        yield found


@pytest.fixture
def idp(integration, receiver):
    values, secrets = {"url": receiver.url}, {"signing_secret": SECRET}
    connecting.change(integration, "webhook", values, secrets=secrets, by=factories.OPERATOR)
    connecting.go_live(integration, by=factories.OPERATOR)
    return console.provider(integration)


def carry_on(idp) -> None:
    """As if all the waiting were over."""
    Lane.objects.for_integration(idp.integration).update(next_attempt_at=None)
    waiting = Delivery.objects.for_integration(idp.integration).filter(place__isnull=False)
    for delivery in waiting:
        delivery.due_at = delivery.created_at
        delivery.save(update_fields=["due_at"])
    worker.drain(idp.integration.pk)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(NOT_NOW, max_size=6))
def test_each_try_carries_the_same_key(idp, receiver, answers):
    receiver.messages.clear()
    receiver.answers = list(answers)
    name = f"p{next(numbers)}"

    idp.person(name)
    for _ in range(len(answers) + 1):
        carry_on(idp)

    assert len(receiver.messages) == len(answers) + 1
    assert len({(message.id, message.body) for message in receiver.messages}) == 1
    delivery = Delivery.objects.for_integration(idp.integration).get(label__startswith=f"{name}@")
    assert (delivery.status, delivery.key) == (Delivery.Status.DELIVERED, receiver.messages[0].id)
