"""Whose workspace the demo fills."""

from __future__ import annotations

import pytest

from cerby_gateway.demo import workspace as demo_workspace
from integrations import workspaces
from integrations.kit.errors import Refused
from integrations.models import Membership, Role, User, Workspace
from tests import factories


def test_its_own_is_made_once(db):
    first = demo_workspace.own()
    second = demo_workspace.own()

    assert first == second
    assert (first.role, first.user.email) == (Role.OWNER, "demo@northwind.example")
    assert not first.user.has_usable_password()
    assert Workspace.objects.count() == 1


def test_a_workspace_of_the_same_name_that_is_somebody_elses_is_left_alone(db):
    workspace = factories.make_workspace(demo_workspace.NAME)

    own = demo_workspace.own()

    assert own.workspace != workspace
    assert Membership.objects.for_workspace(workspace).count() == 1


def test_a_given_workspace_is_entered_as_its_first_owner(workspace, owner, super_admin):
    found = demo_workspace.given(workspace.slug)

    assert found == owner
    assert not User.objects.filter(email=demo_workspace.OWNER_EMAIL).exists()


def test_an_owner_who_cannot_sign_in_is_not_chosen(workspace, owner):
    second = factories.make_member(workspace, Role.OWNER)
    User.objects.filter(pk=owner.user_id).update(is_active=False)

    assert demo_workspace.given(workspace.slug) == second


@pytest.mark.parametrize("slug", ["nowhere", ""], ids=["unknown", "empty"])
def test_an_unknown_workspace_is_refused(db, slug):
    with pytest.raises(Refused, match="There is no workspace"):
        demo_workspace.given(slug)


def test_a_workspace_without_an_owner_who_can_sign_in_is_refused(db):
    user = factories.make_user()
    slug = workspaces.create("Fabrikam", user, by=factories.OPERATOR).workspace.slug
    User.objects.filter(pk=user.pk).update(is_active=False)

    with pytest.raises(Refused, match="no Owner"):
        demo_workspace.given(slug)
