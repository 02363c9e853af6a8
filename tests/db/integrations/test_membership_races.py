"""Two people who change memberships at the same moment."""

from __future__ import annotations

import pytest

from integrations import joining, one_time_links, workspaces
from integrations.audit.models import AuditEntry
from integrations.joining import Account
from integrations.models import Invitation, Membership, Role, User, Workspace
from tests import factories
from tests.db.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_owners(db) -> list[Membership]:
    workspace = factories.make_workspace()
    factories.make_member(workspace, Role.OWNER)
    return list(Membership.objects.for_workspace(workspace).select_related("user", "workspace"))


def owners(workspace: Workspace) -> int:
    return Membership.objects.for_workspace(workspace).filter(role=Role.OWNER).count()


def test_two_owners_who_demote_each_other_leave_one(two_owners):
    one, other = two_owners

    outcomes = at_once(
        lambda: workspaces.change_role(other, Role.ADMIN, by=one),
        lambda: workspaces.change_role(one, Role.ADMIN, by=other),
    )

    assert outcomes == ["made", "role"]
    assert owners(one.workspace) == 1


def test_two_owners_who_remove_each_other_leave_one(two_owners):
    one, other = two_owners

    outcomes = at_once(
        lambda: workspaces.remove(other, by=one),
        lambda: workspaces.remove(one, by=other),
    )

    assert outcomes == ["made", "role"]
    assert owners(one.workspace) == 1


def test_two_owners_who_leave_at_once_leave_one(two_owners):
    one, other = two_owners

    outcomes = at_once(lambda: workspaces.remove(one, by=one), lambda: workspaces.remove(other, by=other))

    assert outcomes == ["last_owner", "made"]
    assert owners(one.workspace) == 1


def test_an_owner_who_is_being_demoted_demotes_nobody_any_more(two_owners):
    one, other = two_owners
    third = factories.make_member(one.workspace, Role.OWNER)

    outcomes = at_once(
        lambda: workspaces.change_role(other, Role.ADMIN, by=one),
        lambda: workspaces.change_role(third, Role.ADMIN, by=other),
    )

    last = AuditEntry.objects.for_workspace(one.workspace).latest("pk")
    assert outcomes in (["made", "made"], ["made", "role"])
    # Either order is right, but nobody acts after they lost the role.
    assert outcomes == ["made", "role"] or last.actor_label == one.user.email


def test_a_double_click_on_invite_leaves_one_open_invitation(two_owners):
    boss = two_owners[0]

    def invite() -> object:
        return workspaces.invite(boss.workspace, "new@northwind.example", Role.ADMIN, by=boss)

    outcomes = at_once(invite, invite, invite)

    assert outcomes == ["made", "made", "made"]
    assert len(workspaces.open_invitations(boss.workspace)) == 1


def test_an_invitation_taken_up_while_its_maker_is_removed_works_before_or_not_at_all(two_owners):
    one, other = two_owners
    invited = workspaces.invite(one.workspace, "new@northwind.example", Role.OWNER, by=other)
    user = factories.make_user("new@northwind.example")

    outcomes = at_once(
        lambda: workspaces.remove(other, by=one),
        lambda: workspaces.accept(invited.invitation, user),
    )

    assert outcomes in (["made", "made"], ["made", "used"])
    assert user.memberships.count() == outcomes.count("made") - 1
    assert workspaces.open_invitations(one.workspace) == []


def test_a_double_click_on_join_makes_one_account(two_owners):
    boss = two_owners[0]
    invitation = workspaces.invite(boss.workspace, "new@northwind.example", Role.ADMIN, by=boss).invitation

    def join() -> object:
        return joining.join(invitation, name="New", password=factories.PASSWORD)

    outcomes = at_once(join, join)

    assert outcomes.count("made") == 1
    assert User.objects.filter(email="new@northwind.example").count() == 1
    assert Invitation.objects.for_workspace(boss.workspace).get().accepted_at is not None


def test_a_double_click_on_start_makes_one_workspace(db):
    key = one_time_links.start()
    account = Account("Ada", "ada@northwind.example", factories.PASSWORD)

    def begin() -> object:
        return joining.begin(key, account, "Northwind")

    outcomes = at_once(begin, begin)

    assert outcomes.count("made") == 1
    assert set(outcomes) <= {"made", "link_used", "email"}
    assert (Workspace.objects.count(), User.objects.count()) == (1, 1)
