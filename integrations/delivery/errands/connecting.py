"""How an integration reaches its app: choosing the connector, its settings, the test, going live."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import addresses, roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery import registry
from integrations.delivery.connector import (
    Connector,
    Finding,
    Intent,
    Mode,
    PermanentError,
    SettingsForm,
    Step,
    TransientError,
)
from integrations.delivery.errands import orders, visits
from integrations.delivery.errands.carrying import Equipment
from integrations.delivery.errands.orders import Nothing
from integrations.delivery.models import AppConnection, Delivery, Lane, Planning
from integrations.delivery.queue import brake, engine, lanes, planning
from integrations.delivery.wishes import faults, wanted
from integrations.kit import keepable, transactions
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration
from integrations.roles import Action, By

# How many may leave at once: higher lets go of what would be held.
BRAKE = frozenset({"brake_people", "brake_percent"})


def of(integration: Integration) -> AppConnection:
    """The integration's connection; an unsaved one while none was set up."""
    found = AppConnection.objects.for_integration(integration).first()
    return found or AppConnection(integration=integration)


def is_current(connection: AppConnection) -> bool:
    """Whether nobody has set another since it was read."""
    rows = AppConnection.objects.for_integration(connection.integration_id)
    return rows.values_list("updated_at", flat=True).first() == connection.updated_at


def changes(connection: AppConnection, kind: str) -> tuple[bool, bool]:
    """Whether another kind is chosen by now, and whether its settings are others than when it was read."""
    rows = AppConnection.objects.for_integration(connection.integration_id)
    chosen, settings = rows.values_list("integration__connector", "settings").first() or (None, None)
    return chosen != kind, settings != connection.settings


def connector_of(integration: Integration) -> type[Connector] | None:
    """The class of its connector; None while none is chosen, or when its package is gone."""
    try:
        return registry.get(integration.connector) if integration.connector else None
    except registry.UnknownKindError:
        return None


def equipment(integration: Integration, connection: AppConnection) -> Equipment:
    """What its orders are carried with. Refused while no connector is chosen."""
    connector = connector_of(integration)
    if connector is None:
        raise Refused("no_connector", _("Choose how changes reach the app first."))
    return Equipment(
        connector=connector,
        settings=connection.settings,
        secrets=connection.secrets,
        integration_id=str(integration.pk),
        integration_name=integration.name,
        workspace=integration.workspace.slug,
        callback_url=lambda key: addresses.absolute(reverse("callback", args=[key])),
    )


def made(form: type[SettingsForm], entered: Mapping[str, str], kept: Mapping[str, Any]) -> dict[str, str]:
    """Secrets for whoever brings none and has none, by name; to be shown once."""
    return {name: make() for name, make in form.made.items() if not entered.get(name) and not kept.get(name)}


def form_of(kind: str, *, place: str = "kind") -> type[SettingsForm]:
    """What a kind of connector asks for. Refused, at `place`, for one that is not here or does not load."""
    connector = registry.loaded(kind) if kind in registry.kinds() else None
    if connector is None:
        raise Refused("unknown", _("There is no connector of this kind here."), place)
    return connector.settings_form


def change(
    integration: Integration,
    kind: str,
    values: Mapping[str, Any],
    *,
    secrets: Mapping[str, str] | None = None,
    by: By,
) -> AppConnection:
    """Sets the connector with its settings; `values` are judged by the connector's form. A secret that is
    not given stays as it is; another kind starts without any. Refused for a kind that is not here."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    form = form_of(kind)
    kept = of(integration).secrets if kind == integration.connector else {}
    checked, new_secrets = _checked(form, values, secrets or {}, kept=kept)
    return _set(integration, kind, checked, secrets=new_secrets, by=by)


def change_settings(
    integration: Integration, kind: str, values: Mapping[str, Any], *, by: By
) -> AppConnection:
    """As `change`, where secrets that it needs may be set later: until then nothing gets through."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    form = form_of(kind)
    checked, _none = _checked(form, values, {}, kept=form.secret_fields)
    return _set(integration, kind, checked, secrets={}, by=by)


def set_meaning(integration: Integration, values: Mapping[str, Any], *, by: By) -> AppConnection:
    """Sets what groups and attributes mean in the app, the policies for leaving, and the width: fields of
    AppConnection by name. What people hold now is planned anew by `replan`. Refused for a rule or an
    attribute that is wrong; what stays as it is is not judged."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    with transactions.write():
        current = _locked(integration)
        connection, _made = AppConnection.objects.get_or_create(integration=current)
        differences = {
            name: [getattr(connection, name), value]
            for name, value in values.items()
            if getattr(connection, name) != value
        }
        if any(new > old for name, (old, new) in differences.items() if name in BRAKE):
            _require_deciding(by, _("To let more people leave at once takes one of these roles: %(roles)s."))
        for name, (_old, new) in differences.items():
            _judge(name, new)
            setattr(connection, name, new)
        if differences:
            connection.save(update_fields=[*differences, "updated_at"])
            detail = {"changed": sorted(differences)}
            trail.record(
                Event.DELIVERY_POLICY_CHANGED, current, by=by, workspace=current.workspace, detail=detail
            )
    return connection


def _judge(name: str, value: Any) -> None:
    found: dict[str, str] = {}
    if name == "roles":
        wrong = faults.of_rules([(rule["group"], rule["value"]) for rule in value])
        found = {f"roles.{place}": words for place, words in wrong.items()}
    elif name == "attributes":
        wrong, names = faults.of_attributes(list(value.items())), list(value)
        found = {f"attributes.{names[place]}": words for place, words in wrong.items()}
    for field, words in found.items():
        raise Refused("meaning", words, field)


def test(integration: Integration, *, by: By) -> list[Finding]:
    """Looks whether the app can be reached; reads only. The findings are kept for the page. Busy
    while others are tested."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    connection = of(integration)
    used = equipment(integration, connection)
    try:
        with visits.begun(used) as connector:
            findings = list(connector.test())
    except (TransientError, PermanentError) as error:
        findings = [Finding(ok=False, words=str(error))]
    findings = keepable.value(findings)
    with transactions.write():
        AppConnection.objects.for_integration(integration).update(
            tested_at=timezone.now(),
            findings=[{**asdict(one), "words": str(one.words), "fix": str(one.fix)} for one in findings],
        )
        trail.record(
            Event.CONNECTOR_TESTED,
            integration,
            by=by,
            workspace=integration.workspace,
            detail={"ok": all(finding.ok for finding in findings)},
        )
    return findings


def plan(integration: Integration, person_id: UUID) -> Sequence[Step]:
    """What would be sent for this person now; nothing is sent. Refused where the person or the connector is
    not known, or the app cannot be read; Busy while others are."""
    connection = of(integration)
    used = equipment(integration, connection)
    found = wanted.known(integration.pk, person_id)
    if found is None:
        raise Refused("unknown", _("There is no such person here."))
    order = orders.for_person(found, orders.Way(connection, used.connector))
    if isinstance(order, Nothing):
        return [Step(order.words, effect=False)]
    try:
        with visits.begun(used) as connector:
            return list(connector.plan(order))
    except (TransientError, PermanentError) as error:
        raise Refused("unreadable", str(error)) from error


def go_live(integration: Integration, *, by: By) -> Planning | None:
    """From now on changes are delivered. State connectors start from what is wanted now: everybody present
    gets a delivery, many people by a worker; None where nobody is to get one. Refused while no connector is
    chosen."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    used = equipment(integration, of(integration))
    with transactions.write():
        lanes.lock(integration.pk)
        # Whoever is being written is waited for, and whoever comes later sees that it is live (outbox.py).
        current = _locked(integration)
        if current.mode != Integration.Mode.LIVE:
            # What was being carried as it was switched off, and came to nothing.
            lanes.call_off(Delivery.objects.for_integration(current), _("Delivery was switched off."))
        current.mode = Integration.Mode.LIVE
        current.save(update_fields=["mode", "updated_at"])
        Lane.objects.get_or_create(integration=current)
        trail.record(Event.DELIVERY_STARTED, current, by=by, workspace=current.workspace)
        is_state = used.connector.mode is Mode.STATE
        planned = planning.begin(current, roles.label(by)) if is_state else None
    integration.mode = Integration.Mode.LIVE
    return planned


def observe(integration: Integration, *, by: By) -> None:
    """Back to observing: changes are recorded, none is delivered; what waits is called off. Where the safety
    brake holds something, it takes who may decide about that."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    with transactions.write():
        lanes.lock(integration.pk)
        current = _locked(integration)
        if brake.open_batch(current) is not None:
            words = _("The safety brake holds something, which would be called off. It takes: %(roles)s.")
            _require_deciding(by, words)
        current.mode = Integration.Mode.OBSERVING
        current.save(update_fields=["mode", "updated_at"])
        planning.end(current)
        rows = Delivery.objects.for_integration(current).exclude(status=Delivery.Status.RUNNING)
        lanes.call_off(rows, _("Delivery was switched off."))
        trail.record(Event.DELIVERY_STOPPED, current, by=by, workspace=current.workspace)
    integration.mode = Integration.Mode.OBSERVING


def replan(integration: Integration, *, by: By) -> Planning:
    """A delivery for everybody present, from what is wanted now; many people's are made by a worker. Refused
    while nothing is delivered here."""
    roles.require(by, Action.CONNECTOR_CHANGE)
    if integration.mode != Integration.Mode.LIVE:
        raise Refused("observing", _("Delivery is not switched on here."))
    with transactions.write():
        lanes.lock(integration.pk)
        planned = planning.begin(_locked(integration), roles.label(by))
        is_done = planned.state == Planning.State.DONE
        detail = {"deliveries": planned.made} if is_done else {"people": planned.total}
        workspace = integration.workspace
        trail.record(Event.DELIVERY_REPLANNED, integration, by=by, workspace=workspace, detail=detail)
    return planned


def _require_deciding(by: By, words: str) -> None:
    """What decides about leavers as a release or a discard does takes the same role."""
    if not roles.may(by, Action.BRAKE_RELEASE):
        raise NotAllowed("role", words % {"roles": roles.names(by, Action.BRAKE_RELEASE)})


def _set(
    integration: Integration,
    kind: str,
    checked: dict[str, Any],
    *,
    secrets: Mapping[str, str],
    by: By,
) -> AppConnection:
    with transactions.write():
        lanes.lock(integration.pk)
        current = _locked(integration)
        connection, _made = AppConnection.objects.get_or_create(integration=current)
        Lane.objects.get_or_create(integration=current)
        another, elsewhere = current.connector != kind, connection.settings != checked
        connection.settings = checked
        connection.secrets = dict(secrets) if another else {**connection.secrets, **secrets}
        stamp = {"at": timezone.now().isoformat(), "by": roles.label(by)}
        kept = {} if another else connection.secrets_set
        connection.secrets_set = {**kept, **dict.fromkeys(secrets, stamp)}
        connection.tested_at, connection.findings = None, []
        connection.save()
        current.connector = kind
        current.save(update_fields=["connector", "updated_at"])
        _unhold(current)
        if another:
            _arrange_anew(current)
        elif elsewhere:
            # The app would be asked elsewhere, or not at all; one that calls back by itself still does.
            asked = Delivery.objects.for_integration(current).filter(place=Delivery.Place.HEAD)
            lanes.carry_again(asked)
        detail = {"kind": kind, "secrets": sorted(secrets)}
        trail.record(Event.CONNECTOR_CHANGED, current, by=by, workspace=current.workspace, detail=detail)
    integration.connector = kind
    engine.wake_on_commit(integration.pk)
    return connection


def _checked(
    form_class: type[SettingsForm],
    values: Mapping[str, Any],
    secrets: Mapping[str, str],
    *,
    kept: Container[str],
) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings and the new secrets, as the connector's form reads them; `kept` need not be given. Refused
    with its first error."""
    form = form_class({**values, **secrets})
    for name in form_class.secret_fields:
        if name in kept and not secrets.get(name):
            form.fields[name].required = False
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise Refused("invalid", str(errors[0]), field)
    cleaned = form.cleaned_data
    new_secrets = {name: cleaned[name] for name in form_class.secret_fields if cleaned.get(name)}
    return {
        name: value for name, value in cleaned.items() if name not in form_class.secret_fields
    }, new_secrets


def _locked(integration: Integration) -> Integration:
    found = Integration.objects.select_for_update(of=("self",)).for_workspace(integration.workspace)
    return found.select_related("workspace").get(pk=integration.pk)


def _arrange_anew(integration: Integration) -> None:
    """Another way keeps another order: what waits behind something is looked at again. It knows no answer to
    what went by the one before. One that tells changes alone knows no deletion that is put off: nothing of
    that person would go out until then."""
    rows = Delivery.objects.for_integration(integration)
    lanes.carry_again(rows)
    rows.filter(place=Delivery.Place.BEHIND).update(place=Delivery.Place.NEW)
    if registry.get(integration.connector).mode is Mode.EVENT:
        put_off = rows.filter(intent=Intent.DELETE, version=0).exclude(status=Delivery.Status.RUNNING)
        lanes.call_off(put_off, _("This connector tells changes alone."))


def _unhold(integration: Integration) -> None:
    """New settings may have mended what the lane was held for."""
    Lane.objects.for_integration(integration).update(
        held_at=None, held_for="", next_attempt_at=None, failures=0, trouble="", has_timed_out=False
    )
    lanes.go_on(integration)
