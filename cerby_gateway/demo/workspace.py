"""Whose workspace the demo fills."""

from __future__ import annotations

from integrations import joining, workspaces
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.management.verb import OPERATOR
from integrations.models import Membership, Role, User, Workspace

# Not a name that the README gives to another workspace.
NAME = "Northwind Demo"
OWNER_EMAIL = "demo@northwind.example"
OWNER_NAME = "Demo Owner"


def own() -> Membership:
    """The Owner of the demo's own workspace; both are made when missing."""
    with transactions.write():
        user = joining.find_account(OWNER_EMAIL) or User.objects.create_user(OWNER_EMAIL, name=OWNER_NAME)
        # all-tenants: the demo's own person
        found = Membership.objects.filter(user=user, role=Role.OWNER, workspace__name=NAME)
        member = found.select_related("user", "workspace").order_by("created_at", "pk").first()
        return member or workspaces.create(NAME, user, by=OPERATOR)


def given(slug: str) -> Membership:
    """The first Owner of a workspace that is there. Raises Refused."""
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise Refused("workspace", f"There is no workspace {slug}.")
    owners = Membership.objects.for_workspace(workspace).filter(role=Role.OWNER, user__is_active=True)
    member = owners.select_related("user", "workspace").order_by("created_at", "pk").first()
    if member is None:
        raise Refused("owner", f"The workspace {slug} has no Owner who can sign in.")
    return member
