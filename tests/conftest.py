"""What every test may ask for."""

from __future__ import annotations

import os
from unittest import mock

import pytest
from django.conf import settings
from huey.api import BlackHoleHuey
from limits.storage import MemoryStorage

from integrations import tokens
from integrations.delivery.queue import engine
from integrations.models import Integration, Membership, Role, Workspace
from tests import factories

# What takes longest begins first, so that no worker is left with it at the end.
LONGEST = ("test_budgets.py", "test_pages.py", "test_demo.py", "test_faults.py", "test_api_schema.py")
LONG = ("browser", "contract")


def _begins(item: pytest.Item) -> int:
    if item.path.name in LONGEST:
        return LONGEST.index(item.path.name)
    return len(LONGEST) + (not set(LONG) & set(item.path.parts))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs PostgreSQL, or SQLite, runs when that is the database, what needs Redis where TEST_REDIS_URL
    names one: `.ci/run` has all. What says the same at length runs where THOROUGH is set."""
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    another = "sqlite" if on_postgres else "postgres"
    other = [item for item in items if item.get_closest_marker(another)]
    if "TEST_REDIS_URL" not in os.environ and not os.environ.get("REQUIRE_ALL"):
        other += [item for item in items if item.get_closest_marker("redis")]
    if "THOROUGH" not in os.environ:
        other += [item for item in items if item.get_closest_marker("thorough")]
    if other:
        items[:] = [item for item in items if item not in other]
        config.hook.pytest_deselected(items=other)
    items.sort(key=_begins)


@pytest.fixture(scope="session", autouse=True)
def _fast_and_inline():
    """Cheap hashes, static files as they lie, a journal that writes before the answer, and no worker to
    wake; nor the thread that frees counted requests and fails when a test lets the time go just then."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TOKEN_BCRYPT_COST = 4
    settings.JOURNAL_WRITER = "inline"
    engine.queue = BlackHoleHuey
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    with mock.patch.object(MemoryStorage, "_MemoryStorage__schedule_expiry"):
        yield


@pytest.fixture
def workspace(db) -> Workspace:
    return factories.make_workspace()


@pytest.fixture
def owner(workspace: Workspace) -> Membership:
    return (
        Membership.objects.for_workspace(workspace).select_related("user", "workspace").get(role=Role.OWNER)
    )


@pytest.fixture
def super_admin(workspace: Workspace) -> Membership:
    return factories.make_member(workspace, Role.SUPER_ADMIN)


@pytest.fixture
def admin(workspace: Workspace) -> Membership:
    return factories.make_member(workspace, Role.ADMIN)


@pytest.fixture
def integration(workspace: Workspace) -> Integration:
    return factories.make_integration(workspace)


@pytest.fixture
def issued(integration: Integration) -> tokens.Issued:
    return factories.make_token(integration)
