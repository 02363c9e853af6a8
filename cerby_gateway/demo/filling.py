"""Fills one integration: its people and groups arrive as its IdP's requests, and change as they do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from cerby_gateway.demo import delivering, people, token_stories
from cerby_gateway.demo.apps import App
from cerby_gateway.demo.connection import Connection
from cerby_gateway.demo.product import Product
from cerby_gateway.demo.sample_app import SampleApp
from integrations import catalog, idps
from integrations.delivery.queue.duties import SETTLE_WINDOW
from integrations.management.verb import OPERATOR
from integrations.models import Integration, Workspace
from scim.emulators.emulator import Emulator, GroupEmulator
from scim.emulators.people import Assigned
from scim.emulators.session import EmulatorError

NEW_FAMILY_NAME = "Castellanos"


@dataclass(frozen=True, slots=True)
class Filled:
    """An app after its first sync; `arrived_s` is the monotonic time at which its first person was there."""

    app: App
    integration: Integration
    emulator: Emulator
    assigned: Sequence[Assigned]
    arrived_s: float


def fill(workspace: Workspace, app: App, product: Product, *, target: SampleApp | None = None) -> Filled:
    """Makes the app's integration and lets its IdP do its first sync; `target` is the sample app, where it
    runs. Raises EmulatorError and Refused; then nothing of the integration is left."""
    with _made(workspace, app, target) as integration:
        token = token_stories.issue(integration, app)
        address = product.address(lambda found: _opens(Connection(app, integration, found), token))
        connection = Connection(app, integration, address)
        emulator = token_stories.connect(connection, token)
        first, *others = people.of(app.departments)
        assigned = [emulator.create_person(first)]
        arrived_s = time.monotonic()
        assigned += [emulator.create_person(person) for person in others]
        _rename(emulator, assigned[0])
        if isinstance(emulator, GroupEmulator):
            _push_groups(emulator, app, assigned)
        return Filled(app, integration, token_stories.go_on(connection, emulator), assigned, arrived_s)


def seconds_to_leaving(filled: Sequence[Filled]) -> float:
    """How long until someone can leave these apps and be taken for a leaver, not for a connection test."""
    latest = max(one.arrived_s for one in filled)
    return max(0.0, latest + SETTLE_WINDOW.total_seconds() + 1 - time.monotonic())


def leave(filled: Filled) -> None:
    """Takes the app away from its last person."""
    filled.emulator.deactivate(filled.assigned[-1])


@contextmanager
def _made(workspace: Workspace, app: App, target: SampleApp | None) -> Iterator[Integration]:
    """A new integration that goes again when the block fails: half a demo would be taken for a whole one."""
    tester = people.TESTER.user_name if idps.get(app.idp).test_makes_people else ""
    facts = catalog.Facts(name=app.name, sign_in_url=app.sign_in_url, test_user_name=tester)
    integration = catalog.create(workspace, facts, by=OPERATOR)
    try:
        delivering.begin(integration, app, target)
        yield integration
    except BaseException:
        catalog.archive(integration, by=OPERATOR)
        integration.refresh_from_db()
        catalog.delete(integration, by=OPERATOR)
        raise


def _opens(connection: Connection, token: str) -> bool:
    try:
        connection.emulator(token).test_connection()
    except EmulatorError:
        return False
    return True


def _rename(emulator: Emulator, known: Assigned) -> None:
    person = known.person
    renamed = replace(
        person, family_name=NEW_FAMILY_NAME, display_name=f"{person.given_name} {NEW_FAMILY_NAME}"
    )
    emulator.update_person(known, renamed)


def _push_groups(emulator: GroupEmulator, app: App, assigned: Sequence[Assigned]) -> None:
    """Pushes the groups, pushes the first again as a later sync does, and moves one person to the last."""
    groups = [emulator.push_group(name) for name in app.groups]
    for group in groups:
        department = app.groups[group.name]
        members = [one for one in assigned if one.person.department == department]
        emulator.add_members(group, members)
    first, last = emulator.push_group(groups[0].name), groups[-1]
    mover = next(one for one in assigned if one.person.department == app.groups[first.name])
    emulator.remove_member(first, mover)
    emulator.add_members(last, [mover])
