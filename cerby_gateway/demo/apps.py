"""The six apps of the demo: who uses them, through which IdP, and what happens to their token."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cerby_gateway.demo.people import BY_DEPARTMENT

EVERYONE = tuple(BY_DEPARTMENT)


class TokenStory(StrEnum):
    """What happens to an app's token, so that the console has each case to show."""

    PLAIN = "plain"
    # It was made to last ten days only.
    EXPIRING = "expiring"
    # It was first pasted without its end.
    MISCOPIED = "miscopied"
    # It is being replaced; the IdP uses the new one already.
    OVERLAP = "overlap"
    # It was replaced at once, and the IdP still has the old one.
    CUT_OFF = "cut_off"


class Way(StrEnum):
    """How an app's changes are carried on."""

    NONE = "none"
    TASKS = "tasks"
    # Into the sample app, where the operator lets connectors reach this machine.
    SAMPLE_APP = "sample_app"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """`groups` maps the name of each pushed group to the department that is in it; `has_leaver`: someone
    loses the app at the end; `roles` maps groups to what the app calls their role."""

    name: str
    idp: str
    sign_in_url: str
    departments: tuple[str, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    story: TokenStory = TokenStory.PLAIN
    has_leaver: bool = False
    way: Way = Way.NONE
    roles: Mapping[str, str] = field(default_factory=dict)


APPS = (
    App(
        name="Hootsuite",
        idp="okta",
        sign_in_url="https://app.hootsuite.example/login",
        departments=("Marketing", "Sales"),
        groups={"Hootsuite Editors": "Marketing", "Hootsuite Viewers": "Sales"},
        has_leaver=True,
    ),
    App(
        name="Canva Teams",
        idp="entra",
        sign_in_url="https://www.canva.example/login",
        departments=("Marketing", "Sales", "People"),
        groups={"Canva Designers": "Marketing", "Canva Viewers": "People"},
        way=Way.SAMPLE_APP,
        roles={"Canva Designers": "editor", "Canva Viewers": "viewer"},
        story=TokenStory.OVERLAP,
        has_leaver=True,
    ),
    App(
        name="QuickBooks",
        idp="onelogin",
        sign_in_url="https://accounts.quickbooks.example/sign-in",
        departments=("Finance", "People"),
        groups={"QuickBooks Accountants": "Finance", "QuickBooks Approvers": "People"},
        story=TokenStory.MISCOPIED,
    ),
    App(
        name="Bill.com",
        idp="jumpcloud",
        sign_in_url="https://login.bill.example/",
        departments=("Finance", "Sales"),
        groups={"Bill.com Payers": "Finance", "Bill.com Requesters": "Sales"},
        story=TokenStory.CUT_OFF,
    ),
    App(
        name="Wistia",
        idp="google",
        sign_in_url="https://auth.wistia.example/session",
        departments=("Marketing", "Engineering"),
        story=TokenStory.EXPIRING,
    ),
    App(
        name="Miro",
        idp="authentik",
        sign_in_url="https://miro.example/login/",
        departments=EVERYONE,
        groups={"Miro Boards": "Engineering", "Miro Guests": "Sales"},
        way=Way.TASKS,
    ),
)
