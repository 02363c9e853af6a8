"""What a delivery is to do and how far it is, in the words of the console."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import Capability, Connector, Intent, Mode
from integrations.delivery.models import Attempt, Delivery
from integrations.delivery.queue import lanes

Status = Delivery.Status
Result = Attempt.Result
DOES: dict[str, Promise] = {
    Intent.CREATE: gettext_lazy("Create the account"),
    Intent.UPDATE: gettext_lazy("Update the account"),
    Intent.RENAME: gettext_lazy("Rename the account"),
    Intent.ACTIVATE: gettext_lazy("Activate the account"),
    Intent.DEACTIVATE: gettext_lazy("Deactivate the account"),
    Intent.DELETE: gettext_lazy("Delete the account"),
    Intent.GRANT: gettext_lazy("Add to the group %(group)s"),
    Intent.REVOKE: gettext_lazy("Remove from the group %(group)s"),
    Intent.GROUP_CREATE: gettext_lazy("Create the group"),
    Intent.GROUP_UPDATE: gettext_lazy("Update the group"),
    Intent.GROUP_DELETE: gettext_lazy("Delete the group"),
}
BADGES = {
    Status.DEAD: "bad",
    Status.HELD: "bad",
    Status.RETRYING: "warn",
    Status.WITH_PERSON: "warn",
    Status.CONFIRMING: "info",
    Status.RUNNING: "info",
    Status.WAITING: "info",
    Status.DELIVERED: "ok",
}
MARKS = {
    Result.DONE: ("check", "ok"),
    Result.ACCEPTED: ("clock", ""),
    Result.PERSON: ("user", "warn"),
    Result.RETRY: ("refresh", "warn"),
    Result.FAILED: ("x", "bad"),
}
TRIES = {
    Result.DONE: gettext_lazy("Try %(n)d: it arrived"),
    Result.ACCEPTED: gettext_lazy("Try %(n)d: accepted, the answer is to come"),
    Result.PERSON: gettext_lazy("Try %(n)d: it needs a person"),
    Result.RETRY: gettext_lazy("Try %(n)d: not now"),
    Result.FAILED: gettext_lazy("Try %(n)d: refused"),
}
CAN: dict[str, Promise] = {
    Capability.CREATE: gettext_lazy("Create accounts"),
    Capability.UPDATE: gettext_lazy("Update accounts"),
    Capability.RENAME: gettext_lazy("Rename accounts"),
    Capability.ACTIVATE: gettext_lazy("Activate accounts"),
    Capability.DEACTIVATE: gettext_lazy("Deactivate accounts"),
    Capability.DELETE: gettext_lazy("Delete accounts"),
    Capability.GRANT: gettext_lazy("Give roles"),
    Capability.REVOKE: gettext_lazy("Take roles"),
    Capability.GROUPS: gettext_lazy("Keep groups"),
    Capability.LIST: gettext_lazy("Read the app's accounts"),
    Capability.READ_BACK: gettext_lazy("Read back what arrived"),
    Capability.IDEMPOTENT: gettext_lazy("Send twice with one effect"),
    Capability.EVIDENCE: gettext_lazy("Keep evidence"),
    Capability.ATTENDED: gettext_lazy("Needs people to do it"),
}
MODES: dict[str, Promise] = {
    Mode.STATE: gettext_lazy("Brings each person to what is wanted now; what came before is left out."),
    Mode.EVENT: gettext_lazy("Sends each change on its own, in order."),
}
# What a test does in the app: events are tried with one of their kind.
TESTS: dict[str, Promise] = {
    Mode.STATE: gettext_lazy("It only reads."),
    Mode.EVENT: gettext_lazy("It sends one test message, which changes nothing."),
}


def does(delivery: Delivery) -> str:
    """What is to be done, without whom it is done to."""
    if lanes.is_put_off(delivery):
        return _("Delete the account, as the policy says")
    return str(DOES[delivery.intent] % {"group": delivery.group_name})


def state(delivery: Delivery) -> str:
    return str(Status(delivery.status).label)


def badge(delivery: Delivery) -> str:
    return BADGES.get(Status(delivery.status), "")


def is_open(delivery: Delivery) -> bool:
    return delivery.place is not None


def may_be_touched(delivery: Delivery) -> bool:
    """Whether somebody may act on it now: it is open, no worker is at it, and the safety brake lets it go."""
    is_free = delivery.status != Status.RUNNING and not is_braked(delivery)
    return is_open(delivery) and is_free


def is_braked(delivery: Delivery) -> bool:
    """Whether the safety brake holds it for a decision."""
    return is_open(delivery) and delivery.brake == Delivery.Brake.HELD


def shown(connector: type[Connector]) -> dict[str, Any]:
    """A connector for a template, which would call the class itself."""
    return {
        "kind": connector.kind,
        "title": connector.title,
        "summary": connector.summary,
        "mode": MODES[connector.mode],
        "is_state": connector.mode is Mode.STATE,
        "tests": TESTS[connector.mode],
        "can": capabilities(connector),
    }


def capabilities(connector: type[Connector]) -> list[dict[str, Any]]:
    """What a connector can and cannot do, for a table."""
    return [
        {"label": label, "can": capability in connector.capabilities} for capability, label in CAN.items()
    ]
