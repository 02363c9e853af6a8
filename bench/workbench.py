"""The product's Django inside a bench script, and an integration to work with.

Import it first: it sets the environment that the settings read.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cerby_gateway.settings")
os.environ.setdefault("TOKEN_RATE_LIMIT", "0")
if "DATA_DIR" not in os.environ:
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="bench-")

import django

django.setup()

from django.core.management import call_command

from integrations import catalog, tokens, workspaces
from integrations.models import Integration, User
from integrations.roles import Operator


@dataclass(frozen=True, slots=True)
class Place:
    """An integration and the Authorization header that opens it."""

    integration: Integration
    authorization: str

    @property
    def path(self) -> str:
        return f"/scim/v2/{self.integration.pk}"


def migrate() -> None:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def find(integration_id: UUID) -> Integration:
    return Integration.objects.get(pk=integration_id)


def make_place(name: str = "Bench") -> Place:
    by = Operator()
    owner = User.objects.create_user(f"owner-{os.urandom(6).hex()}@example.test", None)
    workspace = workspaces.create(name, owner, by=by).workspace
    integration = catalog.create(workspace, catalog.Facts(name=name), by=by)
    return Place(integration, f"Bearer {tokens.issue(integration, by=by).text}")
