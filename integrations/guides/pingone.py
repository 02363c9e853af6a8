"""PingOne."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="pingone",
    tile_source=Source.UNCONFIRMED,
    needs=_("An administrator of the environment or of its identity data."),
    steps=(
        Step(
            _("Add a connection"),
            where=("Integrations", "Provisioning", "New connection", "Identity Store", "SCIM Outbound"),
            fields=(Field("Name", Paste.APP),),
        ),
        Step(
            _("Connect it"),
            where=("Configure authentication",),
            then=_("Press Test Connection."),
            fields=(
                Field("SCIM Base URL", Paste.SCIM_URL),
                Field("Users Resource", "/Users"),
                Field("Groups Resource", "/Groups"),
                Field("SCIM Version", "2.0"),
                Field("Authentication Method", "OAuth 2 Bearer Token"),
                Field("OAuth Access Token", Paste.TOKEN),
                Field("Auth Type Header", "Bearer"),
            ),
        ),
        Step(
            _("Say how people are found, and who leaves"),
            where=("Configure preferences",),
            then=_("Save, and switch the connection on."),
            fields=(
                Field("User Filter Expression", 'userName Eq "%s"'),
                Field("User Identifier", "userName"),
                Field("Deprovisioning action", "Disable"),
            ),
        ),
        Step(
            _("Choose who comes"),
            where=("Rules", "New rule"),
            text=_(
                "From PingOne to this connection: a user filter, and an attribute mapping in which User ID "
                "goes to externalId. Add groups under Group Provisioning. Where a group of the same name is "
                "here already, merge keeps who is in it; overwrite does not."
            ),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            where=("Applications", "External Link"),
            then=_("Give the same groups access."),
            fields=(
                Field("Name", Paste.APP),
                Field("URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(_("A change arrives at once, and everybody each time a rule is saved."),),
)
