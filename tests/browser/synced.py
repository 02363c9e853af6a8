"""An app that was read, and from which more people than usual would leave: rows for the pages of both."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from cerby_gateway import demo
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery, HeldBatch, SyncRun
from integrations.models import Integration, Membership, Workspace
from scim.models import ScimUser
from tests import factories

RECIPE = (Path(demo.__file__).parent / "sample_app_recipe.json").read_text(encoding="utf-8")
LONG = "somebody.with.quite.a.long.name@marketing.northwind.example"


def make(workspace: Workspace, boss: Membership) -> Integration:
    """It delivers by a REST template, and its latest sync has left something in each list."""
    salesforce = factories.make_integration(workspace, "Salesforce")
    settings = {"base_url": "https://api.salesforce.example", "recipe": RECIPE}
    secrets = {"secret": "sample-token"}
    connecting.change(salesforce, "rest_template", settings, secrets=secrets, by=factories.OPERATOR)
    send(salesforce, ("amara.osei", "elsa.lindqvist", "farid.rahimi"))
    connecting.go_live(salesforce, by=factories.OPERATOR)
    Delivery.objects.for_integration(salesforce).update(
        status=Delivery.Status.DELIVERED, place=None, ended_at=timezone.now()
    )
    _out_of_step(salesforce)
    _found(salesforce)
    SyncRun.objects.create(
        integration=salesforce,
        state=SyncRun.State.DONE,
        ended_at=timezone.now(),
        by=boss.user.email,
        seen=5,
        matched=3,
        unmatched=2,
        out_of_step=2,
    )
    return salesforce


def hold(integration: Integration) -> HeldBatch:
    """The safety brake holds three who would leave, and two who would lose a group."""
    for label in ("hana.sato@northwind.example", "jonas.weber@northwind.example", LONG):
        factories.make_delivery(
            integration,
            label=label,
            intent="deactivate",
            status=Delivery.Status.HELD,
            place=Delivery.Place.PARKED,
            brake=Delivery.Brake.HELD,
            problem="More people than usual would leave at once. Somebody has to look first.",
        )
    group = uuid4()
    for label in ("amara.okafor@northwind.example", "kim.lind@northwind.example"):
        factories.make_delivery(
            integration,
            label=label,
            intent="revoke",
            group_id=group,
            group_name="Marketing readers",
            status=Delivery.Status.HELD,
            place=Delivery.Place.PARKED,
            brake=Delivery.Brake.HELD,
            problem="A large group was emptied or deleted at one go. Somebody has to look first.",
        )
    return HeldBatch.objects.create(integration=integration, limit=5)


def send(integration: Integration, names: tuple[str, ...]) -> None:
    """These people arrive, as Okta sends them."""
    token = factories.make_token(integration).text
    client = Client(headers={"authorization": f"Bearer {token}", "user-agent": "Okta SCIM Client 1.0.0"})
    for name in names:
        shown = name.replace(".", " ").title()
        body = {"userName": f"{name}@northwind.example", "displayName": shown, "active": True}
        client.post(
            f"/scim/v2/{integration.pk}/Users", json.dumps(body), content_type="application/scim+json"
        )
    integration.refresh_from_db()


def _out_of_step(integration: Integration) -> None:
    amara, elsa, farid = ScimUser.objects.for_integration(integration).order_by("user_name_key")
    roles = "The roles are not the wanted ones: “Owner” is there, “Editor” is missing."
    account = {"origin": AppAccount.Origin.IDP, "roles": ["Owner"]}
    differs = {"is_out_of_step": True, "differences": ["The account is not active in the app.", roles]}
    factories.make_account(
        integration, "1001", line=amara.pk, user_name=LONG, is_active=False, **account, **differs
    )
    gone = {"is_out_of_step": True, "differences": ["There is no account in the app."], "is_gone": True}
    factories.make_account(integration, "1002", line=elsa.pk, user_name=elsa.user_name, **account, **gone)
    factories.make_account(integration, "1003", line=farid.pk, user_name=farid.user_name, **account)


def _found(integration: Integration) -> None:
    farid = ScimUser.objects.for_integration(integration).get(user_name_key__startswith="farid")
    factories.make_account(
        integration,
        "17",
        user_name="f.rahimi",
        display_name="Farid Rahimi",
        email="farid@old.northwind.example",
        suggestion=farid.pk,
    )
    factories.make_account(
        integration, f"robot-{uuid4().hex}", user_name="backup-robot", roles=["Admin", "API access"]
    )


def pages(boss: Membership) -> dict[str, str]:
    """The path of each page of it by its name."""
    integration = make(boss.workspace, boss)
    hold(integration)
    here = f"/w/{boss.workspace.slug}/integrations/{integration.pk}"
    account = AppAccount.objects.for_integration(integration).get(ref="1001")
    found = AppAccount.objects.for_integration(integration).get(ref="17")
    return {
        "sync": f"{here}/sync/?show=out-of-step",
        "sync-suggestions": f"{here}/sync/?show=suggestions",
        "sync-found": f"{here}/sync/?show=found",
        "sync-account": f"{here}/sync/accounts/{account.pk}/",
        "sync-account-found": f"{here}/sync/accounts/{found.pk}/",
        "deliveries-held": f"{here}/deliveries/held/",
    }
