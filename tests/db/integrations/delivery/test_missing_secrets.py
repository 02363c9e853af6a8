"""A connector whose secret is not set yet, as after an import: its lane waits, and nothing is lost."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integrations.delivery import registry
from integrations.delivery.connector import Done, Outcome, Proof
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, Lane
from tests import factories, probe_connectors
from tests.db import console
from tests.db.integrations.delivery.conftest import drain

BY = factories.OPERATOR
RECIPE = (
    '{"format": 1, "name": "Wiki", "auth": {"kind": "bearer"}, '
    '"read": {"ref": "/id", "user_name": "/login"}, '
    '"requests": {"find": {"user_name": {"path": "/accounts", "items": "/data"}}, '
    '"create": {"path": "/accounts"}}}'
)


class Keyed(probe_connectors.ProbeSecret):
    """As a package of somebody else may be: it asks for its secret, and catches nothing."""

    kind = "keyed"

    def carry(self, _order) -> Outcome:
        return Done(Proof(f"Signed in with {len(self.context.secret('key'))} characters."))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("webhook", {"url": "https://app.example/hook"}),
        ("scim_push", {"base_url": "https://app.example/scim/v2", "sign_in": "bearer"}),
        (
            "scim_push",
            {"base_url": "https://app.example/scim/v2", "sign_in": "basic", "user_name": "gateway"},
        ),
        ("rest_template", {"base_url": "https://app.example", "recipe": RECIPE}),
        ("keyed", {"address": "https://app.example"}),
    ],
    ids=["webhook", "SCIM", "SCIM, basic", "REST template", "a package"],
)
def test_without_its_secret_the_lane_is_held_and_nobody_is_dead(app, integration, monkeypatch, kind, values):
    monkeypatch.setitem(registry.OURS, "keyed", f"{__name__}.Keyed")
    connecting.change_settings(integration, kind, values, by=BY)
    connecting.go_live(integration, by=BY)

    console.provider(integration).person("ada")
    Delivery.objects.update(due_at=timezone.now())
    drain(integration)

    lane, delivery = Lane.objects.get(), Delivery.objects.get()
    assert lane.held_at is not None
    assert "A secret is missing" in lane.held_for
    assert delivery.status == Delivery.Status.HELD
    assert delivery.remedy.startswith("Enter it in the ")


def test_once_the_secret_is_set_everything_goes_on(app, integration, monkeypatch):
    monkeypatch.setitem(registry.OURS, "keyed", f"{__name__}.Keyed")
    connecting.change_settings(integration, "keyed", {"address": "https://app.example"}, by=BY)
    connecting.go_live(integration, by=BY)
    console.provider(integration).person("ada")
    Delivery.objects.update(due_at=timezone.now())
    drain(integration)

    values = {"address": "https://app.example", "signing": "s"}
    connecting.change(integration, "keyed", values, secrets={"key": "right"}, by=BY)
    drain(integration)

    assert Delivery.objects.get().status == Delivery.Status.DELIVERED
