"""Connectors: which there are, how an integration's is set, tested and planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from integrations import catalog
from integrations.api.fields import Listed
from integrations.api.paging import Page
from integrations.api.resource import Call, Resource, operation
from integrations.api.serializers.connectors import (
    ConnectionSet,
    ConnectionShown,
    ConnectionTaken,
    ConnectorKind,
    PlanShown,
    PlanTaken,
    TestShown,
)
from integrations.delivery import registry
from integrations.delivery.connector import Connector, SettingsForm
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection
from integrations.delivery.wishes import wanted
from integrations.kit.errors import Refused
from integrations.models import Integration
from integrations.roles import Action

Json = dict[str, Any]
TYPES: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.MultipleChoiceField, "choices"),
    (forms.ChoiceField, "choice"),
    (forms.BooleanField, "flag"),
    (forms.IntegerField, "number"),
)


def told(connector: type[Connector]) -> Json:
    """A kind of connector with what its form asks for."""
    form = connector.settings_form()
    return {
        "kind": connector.kind,
        "title": str(connector.title),
        "summary": str(connector.summary),
        "mode": connector.mode.value,
        "capabilities": sorted(capability.value for capability in connector.capabilities),
        "settings": [
            _setting(name, field, is_secret=name in form.secret_fields) for name, field in form.fields.items()
        ],
    }


class Connectors(Resource):
    @operation(
        action=Action.INTEGRATION_VIEW,
        summary="List kinds of connectors",
        gives=ConnectorKind,
        asks=Listed,
    )
    def list(self, call: Call) -> Page:
        """Every way into apps that is installed here, with the settings it asks for."""
        found = [registry.loaded(kind) for kind in registry.kinds()]
        return call.page_of([told(connector) for connector in found if connector is not None], "kind")


class Connection(Resource):
    @operation(
        action=Action.INTEGRATION_VIEW,
        summary="Read an integration's connector",
        gives=ConnectionShown,
        locks="integration",
    )
    def retrieve(self, call: Call, integration: Integration) -> Json:
        """Its settings; of its secrets no more than when each was set, and by whom."""
        return self.shown(call, integration=integration)

    @operation(
        action=Action.CONNECTOR_CHANGE,
        summary="Set an integration's connector",
        gives=ConnectionSet,
        shows=ConnectionShown,
        takes=ConnectionTaken,
        locks="integration",
        example={"kind": "manual", "settings": {}},
    )
    def update(self, call: Call, integration: Integration) -> Json:
        """Sets the kind and all of its settings. A secret that is left out stays as it is; another kind
        starts without any. A secret that can be made for you is, where you bring none."""
        kind, values = call.body["kind"], call.body.get("settings", {})
        current = catalog.find(call.key, integration.pk)
        form = connecting.form_of(kind)
        _refuse_unknown(form, values, call.body.get("secrets", {}))
        kept = connecting.of(current).secrets if current.connector == kind else {}
        made = connecting.made(form, call.body.get("secrets", {}), kept)
        secrets = {**call.body.get("secrets", {}), **made}
        try:
            connecting.change(current, kind, values, secrets=secrets, by=call.key)
        except Refused as refused:
            raise _placed(refused, form) from refused
        return {**self.shown(call, integration=integration), "made_secrets": made}

    @operation(action=Action.CONNECTOR_CHANGE, summary="Test the connection", gives=TestShown, visits=True)
    def test(self, call: Call, integration: Integration) -> Json:
        """Looks whether the app can be reached; reads only."""
        findings = connecting.test(integration, by=call.key)
        return {
            "ok": all(finding.ok for finding in findings),
            "findings": [_finding(one) for one in findings],
        }

    @operation(
        action=Action.CONNECTOR_CHANGE,
        summary="Plan a person",
        gives=PlanShown,
        takes=PlanTaken,
        visits=True,
        example={"user": "01a22330-0000-7000-8000-000000000001"},
    )
    def plan(self, call: Call, integration: Integration) -> Json:
        """What would be done in the app for this person now; nothing is sent."""
        person: UUID = call.body["user"]
        if wanted.known(integration.pk, person) is None:
            raise Refused("unknown", _("There is no such person here."), "user")
        steps = connecting.plan(integration, person)
        return {
            "steps": [
                {"words": str(step.words), "detail": step.detail, "effect": step.effect} for step in steps
            ]
        }

    def shown(self, call: Call, **found: Any) -> Json:
        integration = catalog.find(call.key, found["integration"].pk)
        connection = connecting.of(integration)
        return {
            "kind": integration.connector,
            "settings": connection.settings,
            "secrets": _secrets(connecting.connector_of(integration), connection),
            "tested_at": connection.tested_at,
            "findings": connection.findings,
        }


def _setting(name: str, field: forms.Field, *, is_secret: bool) -> Json:
    kind = next((word for type_, word in TYPES if isinstance(field, type_)), "text")
    choices = [str(value) for value, _label in getattr(field, "choices", ())]
    return {
        "name": name,
        "label": str(field.label or name),
        "help": str(field.help_text or ""),
        "type": kind,
        "required": field.required,
        "secret": is_secret,
        "choices": choices,
        "default": None if is_secret or callable(field.initial) else field.initial,
    }


def _refuse_unknown(form: type[SettingsForm], values: Mapping[str, Any], secrets: Mapping[str, Any]) -> None:
    """Names that the kind's form does not have: they would be lost in silence."""
    able = {"secrets": set(form.secret_fields), "settings": set(form.base_fields) - set(form.secret_fields)}
    for where, given in (("settings", values), ("secrets", secrets)):
        for name in sorted(set(given) - able[where]):
            raise Refused("unknown", _("This kind of connector has no such field."), f"{where}.{name}")


def _placed(refused: Refused, form: type[SettingsForm]) -> Refused:
    """The refusal with the place of its field in the body."""
    if refused.field not in form.base_fields:
        return refused
    where = "secrets" if refused.field in form.secret_fields else "settings"
    return Refused(refused.code, refused.message, f"{where}.{refused.field}")


def _secrets(connector: type[Connector] | None, connection: AppConnection) -> list[Json]:
    names = connector.settings_form.secret_fields if connector else ()
    stamps = connection.secrets_set
    return [
        {"name": name, "set_at": stamps.get(name, {}).get("at"), "set_by": stamps.get(name, {}).get("by", "")}
        for name in names
    ]


def _finding(finding: Any) -> Json:
    shown = asdict(finding)
    return {**shown, "words": str(shown["words"]), "fix": str(shown["fix"])}
