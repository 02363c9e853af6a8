"""OneLogin."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

TEMPLATE = """{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "userName": "{$parameters.scimusername}",
  "externalId": "{$user.id}",
  "name": {"givenName": "{$user.firstname}", "familyName": "{$user.lastname}"},
  "displayName": "{$user.display_name}",
  "emails": [{"value": "{$user.email}", "type": "work", "primary": true}]
}"""

GUIDE = Guide(
    idp="onelogin",
    tile_source=Source.UNCONFIRMED,
    needs=_("A super user or an app administrator, and a plan with provisioning."),
    steps=(
        Step(
            _("Add the app"),
            where=("Applications", "Applications", "Add App"),
            text=_("Search for SCIM; choose “SCIM Provisioner with SAML (SCIM v2 Enterprise)”."),
            fields=(Field("Display Name", Paste.APP),),
        ),
        Step(
            _("Connect it"),
            where=("Configuration",),
            then=_(
                "Cut the template to what the app needs: a variable that OneLogin does not know arrives as "
                "its name. At API Connection press Enable; API Status says Enabled. Save."
            ),
            fields=(
                Field("SCIM Base URL", Paste.SCIM_URL),
                Field("SCIM Bearer Token", Paste.TOKEN),
            ),
            code=("SCIM JSON Template", TEMPLATE),
        ),
        Step(
            _("Set the parameters"),
            where=("Parameters",),
            text=_("Where groups are wanted, add Groups with Include in User Provisioning."),
            fields=(Field("SCIM Username", "Email"),),
        ),
        Step(
            _("Turn provisioning on"),
            where=("Provisioning",),
            text=_(
                "Choose what happens when people are deleted or suspended. With an approval required "
                "nothing arrives until somebody gives it, under Users, Provisioning."
            ),
            fields=(
                Field("Enable provisioning", _("on")),
                Field("Require admin approval: Create, Delete, Update user", _("off")),
            ),
        ),
        Step(
            _("Choose who comes"),
            where=("Access",),
            text=_(
                "The roles. Under Rules: Set Groups; Provisioning, Entitlements, Refresh reads the groups "
                "from here."
            ),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            where=("Applications", "Add App", "Shortcut"),
            then=_("Assign the same roles."),
            fields=(
                Field("Display Name", Paste.APP),
                Field("Login URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(
        _("A change arrives at once, or when it was approved."),
        _("Membership of groups follows from a person's roles."),
        _("What failed stays under Users, Provisioning until it is retried there."),
    ),
)
