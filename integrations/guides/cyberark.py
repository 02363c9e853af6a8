"""CyberArk Identity."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="cyberark",
    tile_source=Source.UNCONFIRMED,
    needs=_("A system administrator, or the manager of the app."),
    steps=(
        Step(
            _("Add the app"),
            where=("Apps & Widgets", "Web Apps", "Add Web Apps", "Custom"),
            text=_("Deploy it to its roles first."),
            fields=(Field("Name", Paste.APP),),
        ),
        Step(
            _("Connect it"),
            where=("Provisioning",),
            text=_("Tick “Enable provisioning for this application” and choose Live Mode."),
            then=_("Press Verify."),
            fields=(
                Field("SCIM Service URL", Paste.SCIM_URL),
                Field("Authorization Type", "Authorization Header"),
                Field("Header Type", "Bearer Token"),
                Field("Bearer Token", Paste.TOKEN),
            ),
        ),
        Step(
            _("Choose who comes"),
            where=("Role Mappings",),
            text=_("The roles, and the groups that they mean. Save."),
        ),
        Step(
            _("Start"),
            where=("Settings", "Users", "Outbound Provisioning"),
            text=_("Start a sync."),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            where=("Apps & Widgets", "Web Apps", "Add Web Apps", "Custom", "Bookmark"),
            then=_("Give the same roles permission."),
            fields=(
                Field("Name", Paste.APP),
                Field("URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(_("A change arrives at once, and everybody once a day where that is set."),),
)
