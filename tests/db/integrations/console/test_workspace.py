"""Workspace settings."""

from __future__ import annotations

import pytest
from django.test import Client

from integrations.models import Role, Workspace
from tests import factories, sessions


@pytest.fixture
def page(workspace: Workspace) -> str:
    return f"/w/{workspace.slug}/settings/"


@pytest.mark.parametrize("role", [Role.OWNER, Role.SUPER_ADMIN])
def test_name_and_limit_are_changed(workspace, page, role):
    client = sessions.sign_in(Client(), factories.make_member(workspace, role))

    answer = client.post(page, {"name": " Northwind Traders ", "admins_limited": "on"}, follow=True)

    kept = Workspace.objects.get(pk=workspace.pk)
    assert "The changes are saved." in answer.content.decode()
    assert (kept.name, kept.admins_limited, kept.slug) == ("Northwind Traders", True, workspace.slug)


def test_the_limit_is_lifted_by_leaving_it_unticked(as_owner, workspace, page):
    as_owner.post(page, {"name": "Northwind", "admins_limited": "on"})

    as_owner.post(page, {"name": "Northwind"})

    assert not Workspace.objects.get(pk=workspace.pk).admins_limited


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param(" ", "This field is required.", id="blank"),
        pytest.param("x" * 81, "at most 80 characters", id="too long"),
    ],
)
def test_a_name_that_will_not_do_is_refused_at_its_field(as_owner, workspace, page, name, sentence):
    answer = as_owner.post(page, {"name": name})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert 'aria-invalid="true"' in text
    assert Workspace.objects.get(pk=workspace.pk).name == "Northwind"


def test_a_hostile_name_stays_words(as_owner, page):
    answer = as_owner.post(page, {"name": "<script>alert(1)</script>"}, follow=True)

    assert "<script>alert(1)" not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()
