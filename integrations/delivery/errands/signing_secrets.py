"""Replacing the signing secret of an integration: for a while both secrets sign, and both are accepted."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery.connectors import webhook
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection
from integrations.delivery.telling import signing
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.models import Integration
from integrations.roles import Action, By


def rotate(integration: Integration, *, by: By) -> str:
    """Makes a new secret beside the present one; returned to be shown once. Refused where there is none to
    replace, or while one is being replaced."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    with transactions.write():
        connection = _locked(integration)
        kept = connection.secrets
        if kept.get(signing.PREVIOUS):
            raise Refused("rotating", _("A secret is being replaced. End the previous one first."))
        made = webhook.new_secret()
        both = {**kept, signing.CURRENT: made, signing.PREVIOUS: kept[signing.CURRENT]}
        _keep(connection, both, changed=signing.CURRENT, by=by)
    return made


def end_previous(integration: Integration, *, by: By) -> None:
    """From now on the new secret alone signs and is accepted. Does nothing where none is being replaced."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    with transactions.write():
        connection = _locked(integration)
        kept = connection.secrets
        if kept.get(signing.PREVIOUS):
            left = {name: value for name, value in kept.items() if name != signing.PREVIOUS}
            _keep(connection, left, changed=signing.PREVIOUS, by=by)


def _locked(integration: Integration) -> AppConnection:
    rows = AppConnection.objects.select_for_update(of=("self",)).for_integration(integration)
    connection = rows.select_related("integration__workspace").first()
    connector = connecting.connector_of(integration)
    signs = connector is not None and signing.CURRENT in connector.settings_form.secret_fields
    if connection is None or not signs or not connection.secrets.get(signing.CURRENT):
        raise Refused("no_secret", _("Messages of this integration are not signed."))
    return connection


def _keep(connection: AppConnection, secrets: dict[str, str], *, changed: str, by: By) -> None:
    integration = connection.integration
    stamp = {"at": timezone.now().isoformat(), "by": roles.label(by)}
    stamps = {**connection.secrets_set, changed: stamp}
    if changed == signing.CURRENT:
        stamps[signing.PREVIOUS] = connection.secrets_set.get(changed, stamp)
    connection.secrets = secrets
    connection.secrets_set = {name: at for name, at in stamps.items() if name in secrets}
    connection.save(update_fields=["secrets", "secrets_set", "updated_at"])
    detail = {"kind": integration.connector, "secrets": [changed]}
    trail.record(Event.CONNECTOR_CHANGED, integration, by=by, workspace=integration.workspace, detail=detail)
