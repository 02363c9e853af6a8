"""How to mend a refusal: what was expected, and where in the identity provider's own menus to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations import idps
from integrations.traffic.models import RequestLog

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Menus:
    """Where an identity provider keeps things, in its own words; "" where it has no such place."""

    connection: str = ""
    mapping: str = ""
    people: str = ""
    groups: str = ""


MENUS: dict[str, Menus] = {
    "okta": Menus(
        connection="Provisioning tab > Integration > Edit",
        mapping="Provisioning > To App",
        people="Assignments tab",
        groups="Push Groups tab",
    ),
    "entra": Menus(
        connection="Provisioning",
        mapping="Attribute mapping",
        people="Users and groups",
        groups="Users and groups",
    ),
    "onelogin": Menus(
        connection="Configuration tab",
        mapping="Parameters tab",
        people="Access tab",
        groups="Rules tab",
    ),
    "jumpcloud": Menus(
        connection="Configure Application > Identity Management tab",
        people="User Groups tab",
        groups="User Groups tab",
    ),
    "google": Menus(
        connection="Autoprovisioning > Configure autoprovisioning",
        mapping="Attribute mapping",
        people="User access",
    ),
    "pingone": Menus(
        connection="Integrations > Provisioning",
        mapping="Rules > Attribute Mapping",
        people="Rules > User Filter",
        groups="Rules > Group Provisioning",
    ),
    "cyberark": Menus(
        connection="Provisioning page",
        people="Role Mappings",
        groups="Role Mappings",
    ),
    "rippling": Menus(connection="SCIM configuration", mapping="Attribute mappings"),
    "duo": Menus(connection="Provisioning tab", mapping="Provisioning tab", groups="Provisioning tab"),
    "authentik": Menus(connection="Applications > Providers"),
    "keycloak": Menus(connection="User federation"),
}
# By scimType, else by status: which of the menus holds the cause, and what to do there.
CAUSES: dict[str, tuple[str, Promise]] = {
    "uniqueness": (
        "mapping",
        gettext_lazy("Let it match on userName, and make sure that no two people or groups share the value."),
    ),
    "invalidValue": (
        "mapping",
        gettext_lazy("Find the attribute named here and correct what is mapped to it."),
    ),
    "invalidPath": (
        "mapping",
        gettext_lazy("Take out the attribute named here, or keep it on the Mapping page."),
    ),
    "noTarget": (
        "mapping",
        gettext_lazy("Map the attribute so that it is set before it is changed or removed."),
    ),
    "mutability": ("mapping", gettext_lazy("Take out the attribute named here: only the gateway sets it.")),
    "invalidFilter": ("mapping", gettext_lazy("Choose userName or externalId as the attribute to match on.")),
    "invalidSyntax": (
        "connection",
        gettext_lazy("Check that SCIM 2.0 is chosen and no template was changed."),
    ),
    "404": (
        "people",
        gettext_lazy(
            "It is not here any more: in the identity provider take the person or group out of the app, and "
            "add it again."
        ),
    ),
    "403": (
        "connection",
        gettext_lazy("The integration is archived. Restore it here, or switch provisioning off there."),
    ),
    "413": ("groups", gettext_lazy("Send smaller groups, or one change at a time.")),
    "429": ("connection", gettext_lazy("Nothing needs to be done: it tries again more slowly by itself.")),
}
EXPECTED: dict[str, Promise] = {
    "uniqueness": gettext_lazy("A value that nobody else here has"),
    "mutability": gettext_lazy("A change to an attribute that may be changed"),
    "noTarget": gettext_lazy("A path that leads to a value which is here"),
    "invalidFilter": gettext_lazy("A filter as in RFC 7644, section 3.4.2.2"),
    "invalidPath": gettext_lazy("The path of an attribute that /Schemas lists"),
    "invalidSyntax": gettext_lazy("A SCIM body as in RFC 7644"),
    "invalidValue": gettext_lazy("A value that fits its attribute"),
    "403": gettext_lazy("An integration that is not archived"),
    "404": gettext_lazy("The address of a person, a group or an endpoint that is here"),
    "405": gettext_lazy("A method that this address has"),
    "406": gettext_lazy("A client that takes application/scim+json"),
    "409": gettext_lazy("One change of a resource at a time"),
    "412": gettext_lazy("The version of the resource as it is now"),
    "413": gettext_lazy("A smaller body"),
    "415": gettext_lazy("A body as application/scim+json"),
    "429": gettext_lazy("Fewer requests in this time"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the page of a refused request shows; `remedy` is the general one, `steps` the IdP's."""

    expected: str
    received: str
    remedy: str
    steps: str


def of(log: RequestLog) -> Refusal:
    expected = log.expected or str(_by_cause(EXPECTED, log) or _("A request as in RFC 7644"))
    received = log.received or " ".join(filter(None, [log.method, log.path, log.query]))
    return Refusal(expected, received, log.remedy, _steps(log))


def _steps(log: RequestLog) -> str:
    """Where to go in the IdP, and what to do there; "" where it is not known."""
    cause, menus = _by_cause(CAUSES, log), MENUS.get(log.idp)
    if cause is None:
        return ""
    place = getattr(menus, cause[0], "") or getattr(menus, "connection", "")
    if not place:
        return str(cause[1])
    words = {"idp": idps.name(log.idp), "place": place, "what": cause[1]}
    return _("In %(idp)s: %(place)s. %(what)s") % words


def _by_cause(table: dict[str, T], log: RequestLog) -> T | None:
    return table.get(log.scim_type) or table.get(str(log.status))
