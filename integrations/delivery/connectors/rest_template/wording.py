"""What requests and differences are called before people."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_REQUESTS: Mapping[str, Promise] = {
    "find.external_id": _("Look for the account by the upstream ID"),
    "find.user_name": _("Look for the account by the user name"),
    "find.email": _("Look for the account by the e-mail address"),
    "get": _("Read the account"),
    "list": _("Read the list of accounts"),
    "create": _("Create the account"),
    "update": _("Update the account"),
    "activate": _("Activate the account"),
    "deactivate": _("Deactivate the account"),
    "delete": _("Delete the account"),
    "grant": _("Give the role"),
    "revoke": _("Take the role away"),
    "roles": _("Read the roles of the app"),
    "roles_of": _("Read the roles of the account"),
    "rights": _("Read what the credential may do"),
}


def of_request(name: str) -> str:
    return str(_REQUESTS[name])


def of_role(name: str, role: str) -> str:
    words = _("Give the role %s") if name == "grant" else _("Take the role %s away")
    return str(words) % role
