"""How people come to have an account: the first Owner's start link, an invitation, a one-time link."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from integrations import one_time_links, workspaces
from integrations.kit import email_address, transactions
from integrations.kit.errors import Refused
from integrations.models import Invitation, Membership, OneTimeLink, Role, User


@dataclass(frozen=True, slots=True)
class Account:
    """What a person chooses for a new account."""

    name: str
    email: str
    password: str = field(repr=False)


def has_owner() -> bool:
    """Whether any workspace has an Owner: until then the start link is the only door."""
    return Membership.objects.filter(role=Role.OWNER).exists()  # all-tenants: the very first one


def begin(key: str, account: Account, workspace_name: str) -> Membership:
    """The first Owner and workspace, by a start link, once. Raises Refused."""
    _check(account)
    with transactions.write():
        link = one_time_links.find(OneTimeLink.Kind.START, key)
        if link is None or has_owner() or not one_time_links.use(link):
            raise Refused("link_used", _("This link does not work any more."))
        return workspaces.create(workspace_name, _make(account))


def join(invitation: Invitation, *, name: str, password: str) -> Membership:
    """Takes an invitation up with a new account for its e-mail address. Raises Refused."""
    account = Account(name, invitation.email, password)
    _check(account)
    with transactions.write():
        return workspaces.accept(invitation, _make(account))


def find_account(email: str) -> User | None:
    return User.objects.filter(email__iexact=email.strip()).first()


def _check(account: Account) -> None:
    if not 0 < len(account.name.strip()) <= 120:
        raise Refused("name", _("Enter your name, at most 120 characters."), "name")
    email_address.clean(account.email)
    if find_account(account.email):
        raise Refused("email", _("This e-mail address has an account already. Sign in with it."), "email")
    try:
        validate_password(account.password, User(email=account.email, name=account.name))
    except ValidationError as error:
        raise Refused("password", " ".join(error.messages), "password") from error


def _make(account: Account) -> User:
    try:
        return User.objects.create_user(account.email, account.password, name=account.name.strip())
    except IntegrityError as error:  # made by another request since it was checked
        raise Refused(
            "email", _("This e-mail address has an account already. Sign in with it."), "email"
        ) from error
