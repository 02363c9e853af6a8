"""JumpCloud."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="jumpcloud",
    source=Source.VENDOR,
    tile_source=Source.VENDOR,
    needs=_("An administrator, and a package with SSO."),
    steps=(
        Step(
            _("Add the app"),
            where=("SSO Applications", "Add New Application", "Custom Application"),
            text=_("Tick “Export users to this app (Identity Management)”."),
            fields=(Field("Display Label", Paste.APP),),
        ),
        Step(
            _("Connect it"),
            where=("Identity Management",),
            then=_("Press Test Connection, Activate, Save."),
            fields=(
                Field("API Type", "SCIM API"),
                Field("SCIM Version", "SCIM 2.0"),
                Field("Base URL", Paste.SCIM_URL),
                Field("Token Key", Paste.TOKEN),
                Field("Test User Email", _("an address that nobody has")),
            ),
        ),
        Step(
            _("Choose who comes"),
            where=("User Groups",),
            text=_("Tick the groups, and save."),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            where=(
                "SSO Applications",
                "Add New Application",
                "Custom Application",
                "Add a Bookmark (no SSO)",
            ),
            then=_("Tick the same groups under User Groups."),
            fields=(
                Field("Display Label", Paste.APP),
                Field("Bookmark URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(
        _("A change arrives within minutes."),
        _(
            "Its test makes a person and a group and takes them away again, each time the settings change. "
            "The person is shown as Test only and never delivered; for that the first people wait a minute."
        ),
        _("It sends no attributes of one's own: let groups carry what people hold."),
    ),
)
