"""`manage.py demo`: a workspace with six integrations whose people arrived as real requests."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from cerby_gateway import preparation
from cerby_gateway.demo import delivering, filling, workspace
from cerby_gateway.demo.apps import APPS, App, Way
from cerby_gateway.demo.filling import Filled
from cerby_gateway.demo.product import Product
from integrations import addresses, idps, joining, one_time_links
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import Integration, Membership, Workspace
from scim.emulators.session import EmulatorError

Say = Callable[[str], object]


class Command(VerbCommand):
    needs_current = False
    help = (
        "Fills a workspace with six integrations and prints a link on which its Owner signs in once. People "
        "and groups arrive as the requests of Okta, Microsoft Entra ID, OneLogin, JumpCloud, Google "
        "Workspace and authentik, over HTTP: to the product that runs on this data, or to one started for "
        "the time. An app whose name is in the workspace already is left alone, so running it again adds "
        "only what is missing. Some tasks are done; where OUTBOUND_ALLOWED_NETWORKS has 127.0.0.1, here and "
        "for the product that runs, the changes of Canva Teams are carried into a small app of the demo's "
        "own, which ends with it. Without --workspace it fills a workspace Northwind Demo of its own, whose "
        "Owner is demo@northwind.example; on new data that is the first Owner, and the start link of `up` "
        "ends."
    )

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="fill this one, as in its address")
        parser.add_argument(
            "--without-leavers",
            action="store_true",
            help="nobody leaves an app at the end, and nothing has to arrive: saves the minute of waiting",
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        say: Say = _keep_silent if given.json else self.stdout.write
        preparation.prepare()
        had_owner = joining.has_owner()
        owner = workspace.given(given.workspace) if given.workspace else workspace.own()
        missing = _missing(owner.workspace)
        try:
            whole = not given.without_leavers
            with Product() as product, delivering.sample(wanted=whole) as target:
                fill = functools.partial(filling.fill, owner.workspace, product=product, target=target)
                filled = [_fill(app, fill, say=say) for app in missing]
                if whole:
                    _leave([one for one in filled if one.app.has_leaver], say)
                    _arrive(filled, by=owner, say=say)
        except EmulatorError as error:
            raise CommandError(f"An identity provider of the demo could not go on. {error}") from error
        return {
            "workspace": owner.workspace.slug,
            "owner": owner.user.email,
            "is_first_owner": not had_owner,
            "added": [app.name for app in missing],
            "sign_in_url": _sign_in_url(owner),
        }

    def tell(self, answer: dict[str, Any]) -> str:
        number = len(answer["added"])
        done = f"{number} integrations were added to" if number else "Nothing was missing in"
        first = " This is the first Owner, so the start link of `up` has ended." * answer["is_first_owner"]
        return (
            f"\n{done} the workspace {answer['workspace']}. Its Owner is {answer['owner']}.{first}\n\n"
            "While the product runs, sign in here (works once, for an hour):\n"
            f"  {answer['sign_in_url']}\n"
        )


def _missing(where: Workspace) -> list[App]:
    present = set(Integration.objects.for_workspace(where).values_list("name", flat=True))
    return [app for app in APPS if app.name not in present]


def _fill(app: App, fill: Callable[[App], Filled], *, say: Say) -> Filled:
    filled = fill(app)
    groups = f" and {len(app.groups)} groups" if app.groups else ""
    say(f"{app.name}: {len(filled.assigned)} people{groups} arrived from {idps.name(app.idp)}.")
    return filled


def _leave(leaving: Sequence[Filled], say: Say) -> None:
    if not leaving:
        return
    wait_s = filling.seconds_to_leaving(leaving)
    say(f"Waiting {wait_s:.0f} s: who leaves right after arriving is taken for a connection test.")
    time.sleep(wait_s)
    for filled in leaving:
        filling.leave(filled)
        say(f"{filled.app.name}: one person left.")


def _arrive(filled: Sequence[Filled], *, by: Membership, say: Say) -> None:
    """What was sent reaches its app, while a worker and the sample app run."""
    for one in filled:
        integration, name = one.integration, one.app.name
        integration.refresh_from_db()
        if integration.mode != Integration.Mode.LIVE:
            continue
        if one.app.way is Way.TASKS:
            say(f"{name}: {delivering.do_some(integration, by=by)} tasks are done.")
        elif left := delivering.arrive(integration):
            say(f"{name}: {left} changes did not arrive. Is OUTBOUND_ALLOWED_NETWORKS set where `up` runs?")
        else:
            say(f"{name}: everything is in the sample app, which ends now; delivery is paused.")


def _sign_in_url(owner: Membership) -> str:
    key = one_time_links.sign_in(owner.user)
    trail.record(Event.SIGN_IN_LINK_MADE, owner.user, by=OPERATOR, workspace=owner.workspace)
    return addresses.absolute(reverse("sign-in-link", args=[key]))


def _keep_silent(_words: str) -> None:
    """With --json nothing but the answer stands on standard output."""
