"""The way from one app's IdP to its integration."""

from __future__ import annotations

from dataclasses import dataclass

from cerby_gateway.demo import people
from cerby_gateway.demo.apps import App
from integrations.models import Integration
from scim.emulators import registry
from scim.emulators.emulator import Emulator
from scim.emulators.session import Session


@dataclass(frozen=True, slots=True)
class Connection:
    """`address` is where the product is reached: scheme, host and port."""

    app: App
    integration: Integration
    address: str

    def emulator(self, token: str) -> Emulator:
        """The app's IdP, with this token pasted into it."""
        session = Session(f"{self.address}/scim/v2/{self.integration.pk}", token)
        return registry.load(self.app.idp)(session, people.TESTER)
