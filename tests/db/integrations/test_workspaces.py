"""Workspaces and their members: what the verbs do, and what they refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from integrations import workspaces
from integrations.audit.models import AuditEntry
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import IntegrationAccess, Invitation, Membership, Role, Workspace
from integrations.roles import GIVES
from tests import factories

ROLES = list(Role)
PAIRS = [
    pytest.param(giver, before, after, id=f"{giver}: {before} to {after}")
    for giver in ROLES
    for before in ROLES
    for after in ROLES
    if before != after
]


def events(workspace: Workspace) -> list[str]:
    return list(AuditEntry.objects.for_workspace(workspace).order_by("pk").values_list("action", flat=True))


def role_of(member: Membership) -> str:
    return Membership.objects.for_workspace(member.workspace).get(pk=member.pk).role


def refusal(work, *args, **named) -> Refused:
    with pytest.raises(Refused) as refused:
        work(*args, **named)
    return refused.value


def test_a_workspace_begins_with_its_owner_and_says_so_in_its_audit(db):
    user = factories.make_user()

    member = workspaces.create("  Northwind Traders ", user)

    assert (member.workspace.name, member.workspace.slug) == ("Northwind Traders", "northwind-traders")
    assert (member.role, member.user) == (Role.OWNER, user)
    assert events(member.workspace) == ["workspace.created"]


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        pytest.param("Northwind", ["northwind", "northwind-2", "northwind-3"], id="taken"),
        pytest.param("日本", ["workspace", "workspace-2", "workspace-3"], id="nothing left of it"),
        pytest.param("x" * 80, ["x" * 50, "x" * 50 + "-2", "x" * 50 + "-3"], id="long"),
    ],
)
def test_the_slug_comes_from_the_name_and_is_free(db, name, slugs):
    made = [workspaces.create(name, factories.make_user()).workspace.slug for _ in range(3)]

    assert made == slugs


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_workspace_needs_a_name_of_at_most_80_characters(db, owner, name):
    assert refusal(workspaces.create, name, owner.user).field == "workspace"
    assert (
        refusal(workspaces.change, owner.workspace, name=name, admins_limited=False, by=owner).field == "name"
    )
    assert Workspace.objects.get().name == "Northwind"


def test_a_workspace_is_renamed_and_keeps_its_address(owner):
    workspaces.change(owner.workspace, name="Contoso", admins_limited=True, by=owner)

    kept = Workspace.objects.get()
    assert (kept.name, kept.slug, kept.admins_limited) == ("Contoso", "northwind", True)
    assert events(kept)[-1] == "workspace.changed"


def test_its_name_is_kept_on_one_line_with_one_blank_between_words(db, owner):
    made = workspaces.create(" Contoso\n\n Europe", factories.make_user("new.owner@example.com"))
    assert made.workspace.name == "Contoso Europe"

    changed = workspaces.change(
        owner.workspace, name="North\N{NO-BREAK SPACE} wind", admins_limited=False, by=owner
    )
    assert changed.name == "North wind"


def test_an_admin_changes_no_workspace(admin):
    with pytest.raises(NotAllowed, match="It takes: Owner, Super Admin"):
        workspaces.change(admin.workspace, name="Mine", admins_limited=False, by=admin)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("giver", ROLES)
def test_who_may_invite_to_which_role(workspace, giver, role):
    by = factories.make_member(workspace, giver)

    if role in GIVES[giver]:
        invited = workspaces.invite(workspace, "New@Northwind.example ", role, by=by)
        assert (invited.invitation.email, invited.invitation.role) == ("new@northwind.example", role)
    else:
        assert isinstance(refusal(workspaces.invite, workspace, "new@x.example", role, by=by), NotAllowed)
        assert not Invitation.objects.for_workspace(workspace).exists()


@pytest.mark.parametrize(
    ("email", "role", "field"),
    [
        pytest.param("new", Role.ADMIN, "email", id="half an address"),
        pytest.param("a@b.example\nBcc: eve@evil.example", Role.ADMIN, "email", id="a second header"),
        pytest.param("x" * 250 + "@b.example", Role.ADMIN, "email", id="too long"),
        pytest.param("new@northwind.example", "god", "role", id="no role"),
    ],
)
def test_what_is_no_address_or_no_role_is_refused_at_its_field(owner, email, role, field):
    assert refusal(workspaces.invite, owner.workspace, email, role, by=owner).field == field


def test_a_member_is_not_invited_again(owner, admin):
    assert (
        refusal(workspaces.invite, owner.workspace, admin.user.email.upper(), "admin", by=owner).code
        == "member"
    )


def test_a_second_invitation_replaces_the_first(owner):
    first = workspaces.invite(owner.workspace, "new@northwind.example", Role.ADMIN, by=owner)
    second = workspaces.invite(owner.workspace, "NEW@northwind.example", Role.OWNER, by=owner)

    assert workspaces.find_invitation(first.key) is None
    assert workspaces.find_invitation(second.key) == second.invitation
    assert workspaces.open_invitations(owner.workspace) == [second.invitation]


def test_the_key_of_an_invitation_is_kept_nowhere(owner):
    invited = workspaces.invite(owner.workspace, "new@northwind.example", Role.ADMIN, by=owner)

    assert invited.key not in str(list(Invitation.objects.values()))
    assert invited.key not in repr(invited)
    assert invited.key not in str(list(AuditEntry.objects.values()))


def test_an_invitation_works_for_seven_days(owner):
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        invited = workspaces.invite(owner.workspace, "new@northwind.example", Role.ADMIN, by=owner)
        clock.shift(timedelta(days=7, seconds=-1))
        assert workspaces.find_invitation(invited.key) == invited.invitation
        clock.shift(1)

        assert workspaces.find_invitation(invited.key) is None
        assert workspaces.open_invitations(owner.workspace) == []
        user = factories.make_user("new@northwind.example")
        assert refusal(workspaces.accept, invited.invitation, user).code == "used"


def test_an_invitation_is_taken_up_once_and_by_its_own_address(owner):
    invitation = workspaces.invite(owner.workspace, "new@northwind.example", Role.ADMIN, by=owner).invitation
    right, wrong = factories.make_user("new@northwind.example"), factories.make_user("eve@evil.example")

    assert refusal(workspaces.accept, invitation, wrong).code == "other_person"
    member = workspaces.accept(invitation, right)

    assert (member.user, member.role, member.workspace) == (right, Role.ADMIN, owner.workspace)
    assert refusal(workspaces.accept, invitation, right).code == "used"
    assert events(owner.workspace)[-2:] == ["member.invited", "member.joined"]


def test_a_withdrawn_invitation_is_over(owner):
    invited = workspaces.invite(owner.workspace, "new@northwind.example", Role.ADMIN, by=owner)

    workspaces.withdraw(invited.invitation, by=owner)
    workspaces.withdraw(invited.invitation, by=owner)

    assert workspaces.find_invitation(invited.key) is None
    assert (
        refusal(workspaces.accept, invited.invitation, factories.make_user("new@northwind.example")).code
        == "used"
    )
    assert events(owner.workspace).count("invitation.withdrawn") == 1


def test_a_super_admin_withdraws_no_invitation_of_an_owner(owner, super_admin):
    invitation = workspaces.invite(owner.workspace, "new@northwind.example", Role.OWNER, by=owner).invitation

    assert isinstance(refusal(workspaces.withdraw, invitation, by=super_admin), NotAllowed)


def open_to(workspace: Workspace) -> set[str]:
    """Whom the open invitations are for."""
    return {one.email for one in workspaces.open_invitations(workspace)}


def invited_to_every_role(by: Membership) -> dict[str, workspaces.Invited]:
    """An open invitation to each role that this person may give."""
    given = sorted(GIVES[Role(by.role)])
    return {role: workspaces.invite(by.workspace, f"{role}@northwind.example", role, by=by) for role in given}


@pytest.mark.parametrize("leaves", [False, True])
def test_the_invitations_of_whoever_goes_go_with_them(owner, leaves):
    second = factories.make_member(owner.workspace, Role.OWNER)
    made = invited_to_every_role(second)
    kept = workspaces.invite(owner.workspace, "kept@northwind.example", Role.OWNER, by=owner)

    workspaces.remove(second, by=second if leaves else owner)

    assert workspaces.open_invitations(owner.workspace) == [kept.invitation]
    assert not any(workspaces.find_invitation(one.key) for one in made.values())
    withdrawn = AuditEntry.objects.for_workspace(owner.workspace).filter(action="invitation.withdrawn")
    by_whom = second if leaves else owner
    assert [entry.actor_label for entry in withdrawn] == [by_whom.user.email] * len(made)


def test_whoever_goes_takes_no_invitation_of_another_workspace_along(owner):
    other = factories.make_workspace("Contoso")
    here = factories.make_member(owner.workspace, Role.SUPER_ADMIN)
    there = Membership.objects.create(workspace=other, user=here.user, role=Role.OWNER)
    workspaces.invite(other, "new@northwind.example", Role.OWNER, by=there)

    workspaces.remove(here, by=owner)

    assert open_to(other) == {"new@northwind.example"}


@pytest.mark.parametrize(("before", "after"), [(b, a) for b in ROLES for a in ROLES if a != b])
def test_another_role_leaves_those_invitations_open_that_it_may_give(owner, before, after):
    member = factories.make_member(owner.workspace, before)
    invited_to_every_role(member)

    workspaces.change_role(member, after, by=owner)

    left = GIVES[before] & GIVES[after]
    assert open_to(owner.workspace) == {f"{role}@northwind.example" for role in left}
    assert events(owner.workspace).count("invitation.withdrawn") == len(GIVES[before] - left)


@pytest.mark.parametrize("role", [None, *ROLES])
def test_an_invitation_takes_nobody_in_whose_maker_may_not_give_its_role_now(owner, role):
    second = factories.make_member(owner.workspace, Role.OWNER)
    made = invited_to_every_role(second)
    # Past the verbs, as where the invitation was being made at that very moment.
    rows = Membership.objects.for_workspace(owner.workspace).filter(pk=second.pk)
    rows.update(role=role) if role else rows.delete()

    for given, invited in made.items():
        user = factories.make_user(f"{given}@northwind.example")
        if role and given in GIVES[role]:
            assert workspaces.accept(invited.invitation, user).role == given
        else:
            assert refusal(workspaces.accept, invited.invitation, user).code == "used"
            assert not user.memberships.exists()


def test_an_invitation_by_a_command_or_an_api_key_has_no_maker_who_could_go(owner):
    key = factories.make_api_key(owner.workspace, "super_admin").key
    for by in (factories.OPERATOR, key):
        invited = workspaces.invite(owner.workspace, "new@northwind.example", Role.ADMIN, by=by)

    member = workspaces.accept(invited.invitation, factories.make_user("new@northwind.example"))

    assert member.role == Role.ADMIN


@pytest.mark.parametrize(("giver", "before", "after"), PAIRS)
def test_every_pair_of_giver_and_change_of_role(workspace, giver, before, after):
    by, member = factories.make_member(workspace, giver), factories.make_member(workspace, before)

    if {before, after} <= GIVES[giver]:
        assert workspaces.change_role(member, after, by=by).role == after
        entry = AuditEntry.objects.for_workspace(workspace).latest("pk")
        assert (entry.action, entry.detail) == ("member.role_changed", {"before": before, "after": after})
    else:
        assert isinstance(refusal(workspaces.change_role, member, after, by=by), NotAllowed)
        assert role_of(member) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("giver", ROLES)
def test_every_pair_of_giver_and_removal(workspace, giver, role):
    by, member = factories.make_member(workspace, giver), factories.make_member(workspace, role)

    if role in GIVES[giver]:
        workspaces.remove(member, by=by)
        assert not Membership.objects.for_workspace(workspace).filter(pk=member.pk).exists()
    else:
        assert isinstance(refusal(workspaces.remove, member, by=by), NotAllowed)
        assert role_of(member) == role


def test_the_last_owner_is_neither_demoted_nor_removed_nor_gone(owner, super_admin):
    for work in (
        lambda: workspaces.change_role(owner, Role.ADMIN, by=owner),
        lambda: workspaces.remove(owner, by=owner),
        lambda: workspaces.remove(owner, by=factories.OPERATOR),
        lambda: workspaces.change_role(owner, Role.ADMIN, by=factories.OPERATOR),
    ):
        assert refusal(work).code == "last_owner"
    assert role_of(owner) == Role.OWNER


@pytest.mark.parametrize("role", ROLES)
def test_everyone_may_leave(workspace, role):
    member = factories.make_member(workspace, role)

    workspaces.remove(member, by=member)

    assert not Membership.objects.for_workspace(workspace).filter(pk=member.pk).exists()


def test_whoever_lost_the_role_meanwhile_acts_no_more(owner, admin):
    second = factories.make_member(owner.workspace, Role.OWNER)
    workspaces.change_role(second, Role.ADMIN, by=owner)

    assert isinstance(refusal(workspaces.change_role, admin, Role.OWNER, by=second), NotAllowed)
    assert isinstance(refusal(workspaces.remove, owner, by=second), NotAllowed)


def test_an_owner_of_another_workspace_has_no_power_here(owner, admin):
    other = factories.make_workspace("Contoso")
    stranger = Membership.objects.for_workspace(other).select_related("user", "workspace").get()

    assert isinstance(refusal(workspaces.change_role, admin, Role.OWNER, by=stranger), NotAllowed)
    assert isinstance(refusal(workspaces.remove, admin, by=stranger), NotAllowed)


def test_someone_who_is_gone_is_not_changed(owner, admin):
    workspaces.remove(admin, by=owner)

    assert refusal(workspaces.change_role, admin, Role.SUPER_ADMIN, by=owner).code == "gone"
    assert refusal(workspaces.remove, admin, by=owner).code == "gone"


def test_the_same_role_again_changes_nothing(owner, admin):
    before = events(owner.workspace)

    workspaces.change_role(admin, Role.ADMIN, by=owner)

    assert events(owner.workspace) == before


def test_an_admin_is_given_exactly_these_integrations_of_the_workspace(owner, admin, integration):
    second = factories.make_integration(owner.workspace, "Mailchimp")
    workspaces.give(admin, [str(integration.pk)], by=owner)

    workspaces.give(admin, [str(second.pk)], by=owner)

    held = IntegrationAccess.objects.filter(membership=admin)
    assert [one.integration for one in held] == [second]
    entry = AuditEntry.objects.for_workspace(owner.workspace).latest("pk")
    assert (entry.action, entry.detail) == ("member.access_changed", {"integrations": ["Mailchimp"]})


def test_a_super_admin_limits_admins_alone(owner, super_admin, admin, integration):
    workspaces.give(admin, [str(integration.pk)], by=super_admin)

    assert isinstance(refusal(workspaces.give, owner, [], by=super_admin), NotAllowed)
    assert isinstance(refusal(workspaces.give, admin, [], by=admin), NotAllowed)


def test_who_cannot_be_given_what_is_asked_for_keeps_what_they_have(owner, super_admin, admin, integration):
    foreign = factories.make_integration(factories.make_workspace("Contoso"), "Secret app")
    workspaces.give(admin, [str(integration.pk)], by=owner)

    unknown = refusal(workspaces.give, admin, [str(integration.pk), str(foreign.pk)], by=owner)
    meaningless = refusal(workspaces.give, super_admin, [str(integration.pk)], by=owner)

    assert (unknown.code, unknown.field) == ("unknown", "integrations.1")
    assert (meaningless.code, meaningless.field) == ("role", "integrations")
    held = IntegrationAccess.objects.filter(membership=admin)
    assert [one.integration for one in held] == [integration]
    workspaces.give(super_admin, [], by=owner)
