"""What happens to the tokens of the demo, through the same verbs as in the console."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from cerby_gateway.demo.apps import App, TokenStory
from cerby_gateway.demo.connection import Connection
from integrations import tokens
from integrations.management.verb import OPERATOR
from integrations.models import Integration
from scim.emulators.emulator import Emulator
from scim.emulators.session import UnexpectedAnswer

SHORT_LIFE = timedelta(days=10)
LOST_CHARACTERS = 4


def issue(integration: Integration, app: App) -> str:
    """The text of the app's first token."""
    life = SHORT_LIFE if app.story is TokenStory.EXPIRING else tokens.DEFAULT_LIFE
    return tokens.issue(integration, by=OPERATOR, terms=tokens.Terms(life=life)).text


def connect(connection: Connection, token: str) -> Emulator:
    """Pastes the token into the IdP and tests the connection."""
    if connection.app.story is TokenStory.MISCOPIED:
        _be_refused(connection.emulator(token[:-LOST_CHARACTERS]))
    emulator = connection.emulator(token)
    emulator.test_connection()
    return emulator


def go_on(connection: Connection, emulator: Emulator) -> Emulator:
    """Replaces the token where the story wants it; returns the IdP as it is then."""
    integration, app = connection.integration, connection.app
    if app.story is TokenStory.OVERLAP:
        issued = tokens.rotate(integration, by=OPERATOR, overlap=tokens.overlaps(app.idp)[0])
        emulator = connection.emulator(issued.text)
        emulator.test_connection()
    elif app.story is TokenStory.CUT_OFF:
        tokens.rotate(integration, by=OPERATOR, overlap=timedelta(0))
        _be_refused(emulator)
    return emulator


def _be_refused(emulator: Emulator) -> None:
    try:
        emulator.test_connection()
    except UnexpectedAnswer as refused:
        if refused.status != HTTPStatus.UNAUTHORIZED:
            raise
    else:
        raise RuntimeError("A token that does not work was let through.")
