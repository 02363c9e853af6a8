"""Forms about members and the workspace."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from integrations import roles
from integrations.console.forms.verb import VerbForm
from integrations.models import Membership, Role

SHORT = {"class": "short"}


def roles_to_give(member: Membership) -> list[tuple[str, Any]]:
    """The roles this person may give, the smallest first."""
    return [(role.value, role.label) for role in reversed(Role) if roles.may_give(member, role)]


def _role(member: Membership) -> forms.ChoiceField:
    """One of the roles that this person may give."""
    return forms.ChoiceField(
        label=_("Role"),
        choices=roles_to_give(member),
        widget=forms.Select(attrs=SHORT),
        error_messages={"invalid_choice": _("Choose one of the roles that you may give.")},
    )


class InviteForm(VerbForm):
    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs=SHORT))

    def __init__(self, member: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = _role(member)


class RoleForm(VerbForm):
    def __init__(self, member: Membership, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = _role(member)


class WorkspaceForm(VerbForm):
    name = forms.CharField(label=_("Workspace name"), max_length=80, widget=forms.TextInput(attrs=SHORT))
    admins_limited = forms.BooleanField(
        label=_("Admins see only the integrations given to them"),
        required=False,
        help_text=_("Give them under Members and roles. What an Admin creates is theirs."),
    )


class AccessForm(VerbForm):
    """The integrations given to one Admin."""

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["integrations"] = forms.MultipleChoiceField(
            label=_("Integrations"), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )
