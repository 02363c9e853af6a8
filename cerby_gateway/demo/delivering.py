"""Changes of the demo that arrive and are proved: in the sample app, and by tasks that somebody does."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings

from cerby_gateway.demo import sample_app
from cerby_gateway.demo.apps import App, Way
from cerby_gateway.demo.sample_app import SampleApp
from integrations.delivery.errands import connecting
from integrations.delivery.hands import tasks
from integrations.delivery.models import Delivery, Task
from integrations.delivery.turns import controls
from integrations.management.verb import OPERATOR
from integrations.models import Integration, Membership

RECIPE = Path(__file__).with_name("sample_app_recipe.json")
TASKS_DONE = 3
NOTE = "The account is in the list of the app's people."
# A worker has to be there for it; arrivals settle for a minute first.
WAIT_S = 90.0
LOOK_EVERY_S = 0.2


@contextlib.contextmanager
def sample(*, wanted: bool) -> Iterator[SampleApp | None]:
    """The sample app, for the time of the demo; None where the operator does not let connectors reach this
    machine: the gate stays as it is."""
    is_reachable = any(ip_address(sample_app.HOST) in each for each in settings.OUTBOUND_ALLOWED_NETWORKS)
    if not wanted or not is_reachable:
        yield None
        return
    with SampleApp(secrets.token_urlsafe(24)) as app:
        yield app


def begin(integration: Integration, app: App, target: SampleApp | None) -> None:
    """Switches delivery on, where the app has a way and what it takes is there."""
    if app.way is Way.TASKS:
        given = {"app_url": app.sign_in_url, "instructions": "Guests need no licence."}
        connecting.change(integration, "manual", given, by=OPERATOR)
    elif app.way is Way.SAMPLE_APP and target is not None:
        given = {"base_url": target.url, "recipe": RECIPE.read_text(encoding="utf-8")}
        connecting.change(integration, "rest_template", given, secrets={"secret": target.token}, by=OPERATOR)
        rules = [{"group": group, "value": code, "name": code.title()} for group, code in app.roles.items()]
        connecting.set_meaning(integration, {"roles": rules}, by=OPERATOR)
        connecting.test(integration, by=OPERATOR)
    else:
        return
    connecting.go_live(integration, by=OPERATOR)


def arrive(integration: Integration) -> int:
    """Waits until everything is in the sample app, and pauses delivery, since the app ends with the demo;
    how many deliveries have not arrived."""
    rows = Delivery.objects.for_integration(integration).filter(place__isnull=False)
    _wait(lambda: not rows.exists())
    controls.pause(integration, by=OPERATOR)
    return rows.count()


def do_some(integration: Integration, *, by: Membership) -> int:
    """Somebody does the first tasks, once a worker has made them; how many."""
    rows = Task.objects.for_integration(integration).filter(state=Task.State.OPEN).order_by("due_at", "pk")
    _wait(lambda: rows.count() >= TASKS_DONE)
    chosen = list(rows[:TASKS_DONE])
    for task in chosen:
        for number in range(len(task.steps)):
            tasks.tick(task, number, done=True, by=by)
        tasks.finish(task, note=NOTE, by=by)
    return len(chosen)


def _wait(is_so: Callable[[], bool]) -> None:
    """Until it is so, or long enough."""
    deadline = time.monotonic() + WAIT_S
    while not is_so() and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_S)
