"""Okta."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="okta",
    source=Source.VENDOR,
    needs=_("An app administrator of Okta, and a plan with Lifecycle Management."),
    steps=(
        Step(
            _("Create the app"),
            where=("Applications", "Applications", "Create App Integration"),
            text=_("Choose SWA. SAML 2.0 does as well; an OpenID Connect app cannot be given SCIM."),
            fields=(
                Field("App name", Paste.APP),
                Field("App's login page URL", Paste.BOOKMARK_URL),
            ),
        ),
        Step(
            _("Switch SCIM on"),
            where=("General", "App Settings", "Edit"),
            fields=(Field("Provisioning", "SCIM"),),
        ),
        Step(
            _("Connect it"),
            where=("Provisioning", "Integration", "Edit"),
            then=_("Press Test Connector Configuration, then Save."),
            fields=(
                Field("SCIM connector base URL", Paste.SCIM_URL),
                Field("Unique identifier field for users", "userName"),
                Field(
                    "Supported provisioning actions",
                    "Push New Users, Push Profile Updates, Push Groups",
                ),
                Field("Authentication Mode", "HTTP Header"),
                Field("Authorization", Paste.TOKEN),
            ),
        ),
        Step(
            _("Turn the actions on"),
            where=("Provisioning", "To App", "Edit"),
            text=_("All three are off until you do."),
            fields=(
                Field("Create Users", _("on")),
                Field("Update User Attributes", _("on")),
                Field("Deactivate Users", _("on")),
            ),
        ),
        Step(
            _("Assign people and push groups"),
            where=("Assignments",),
            text=_(
                "Assign one person first, and see them arrive under Users. Then the others. Under Push "
                "Groups: each group whose members the app must know."
            ),
        ),
    ),
    tile=(
        Step(
            _("Make a tile where the app shows none"),
            where=("Applications", "Browse App Catalog", "Bookmark App"),
            text=_(
                "The app's own tile leads to its login page, which is the Bookmark URL already; with SAML "
                "2.0 it is the Single sign-on URL. Else add a bookmark app, and assign the same people and "
                "groups."
            ),
            fields=(
                Field("Application label", Paste.APP),
                Field("URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(
        _("A change arrives within seconds."),
        _("Only groups under Push Groups are sent, and of their members only who is assigned to the app."),
        _(
            "What failed becomes a task in Okta's dashboard: retry it there, above all after a token was "
            "replaced."
        ),
    ),
)
