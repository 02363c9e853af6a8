"""How people come to have an account."""

from __future__ import annotations

import pytest

from integrations import joining, one_time_links, workspaces
from integrations.joining import Account
from integrations.kit.errors import Refused
from integrations.models import Invitation, Membership, OneTimeLink, Role, User, Workspace
from tests import factories

ADA = Account("Ada Lovelace", "Ada@Northwind.example", factories.PASSWORD)


@pytest.fixture
def invitation(owner: Membership) -> Invitation:
    return workspaces.invite(owner.workspace, "new@northwind.example", Role.SUPER_ADMIN, by=owner).invitation


def test_the_first_owner_begins_with_a_workspace(db):
    member = joining.begin(one_time_links.start(), ADA, "Northwind")

    assert (member.role, member.workspace.name) == (Role.OWNER, "Northwind")
    assert (member.user.name, member.user.email) == ("Ada Lovelace", "ada@northwind.example")
    assert member.user.check_password(factories.PASSWORD)
    assert not member.user.is_staff
    assert joining.has_owner()


def test_a_password_is_not_shown_by_the_account_that_carries_it():
    assert factories.PASSWORD not in repr(ADA)


def test_what_is_refused_leaves_the_link_as_it_was(db):
    key = one_time_links.start()

    with pytest.raises(Refused) as refused:
        joining.begin(key, ADA, "x" * 81)

    assert refused.value.field == "workspace"
    assert not User.objects.exists()
    assert joining.begin(key, ADA, "Northwind").workspace == Workspace.objects.get()


@pytest.mark.parametrize(
    ("account", "field"),
    [
        pytest.param(Account(" ", "a@b.example", factories.PASSWORD), "name", id="no name"),
        pytest.param(Account("x" * 121, "a@b.example", factories.PASSWORD), "name", id="long name"),
        pytest.param(Account("Ada", "a@", factories.PASSWORD), "email", id="half an address"),
        pytest.param(
            Account("Ada", "x" * 250 + "@b.example", factories.PASSWORD), "email", id="long address"
        ),
        pytest.param(Account("Ada", "a@b.example", "123456789012"), "password", id="digits alone"),
        pytest.param(Account("Ada", "a@b.example", "short"), "password", id="short password"),
    ],
)
def test_an_account_needs_name_address_and_a_good_password(db, account, field):
    with pytest.raises(Refused) as refused:
        joining.begin(one_time_links.start(), account, "Northwind")

    assert refused.value.field == field


def test_no_second_account_for_an_address(db):
    factories.make_user("ada@northwind.example")

    with pytest.raises(Refused, match="has an account already"):
        joining.begin(one_time_links.start(), ADA, "Northwind")


@pytest.mark.parametrize("key", ["", "x", "x" * 500, "\x00", "ключ"])
def test_an_unknown_key_opens_nothing(db, key):
    one_time_links.start()

    with pytest.raises(Refused, match="This link does not work any more"):
        joining.begin(key, ADA, "Northwind")
    assert workspaces.find_invitation(key) is None
    assert one_time_links.find(OneTimeLink.Kind.SIGN_IN, key) is None


def test_an_invitation_is_taken_up_with_a_new_account_for_its_address(invitation):
    member = joining.join(invitation, name=" New Person ", password=factories.PASSWORD)

    assert (member.role, member.workspace) == (Role.SUPER_ADMIN, invitation.workspace)
    assert (member.user.email, member.user.name) == ("new@northwind.example", "New Person")


def test_an_invitation_that_was_withdrawn_meanwhile_makes_no_account(invitation, owner):
    workspaces.withdraw(invitation, by=owner)

    with pytest.raises(Refused):
        joining.join(invitation, name="New", password=factories.PASSWORD)

    assert not User.objects.filter(email="new@northwind.example").exists()


def test_a_link_is_used_once(owner):
    link = one_time_links.find(OneTimeLink.Kind.SIGN_IN, one_time_links.sign_in(owner.user))
    assert link is not None

    assert [one_time_links.use(link), one_time_links.use(link)] == [True, False]


def test_an_account_is_found_in_any_case_and_with_blanks(owner):
    assert joining.find_account(f" {owner.user.email.upper()} ") == owner.user
