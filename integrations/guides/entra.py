"""Microsoft Entra ID."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="entra",
    source=Source.VENDOR,
    tile_source=Source.VENDOR,
    needs=_("An Application Administrator; Entra ID P1 or P2 to assign groups."),
    steps=(
        Step(
            _("Create the app"),
            where=("Entra ID", "Enterprise apps", "New application", "Create your own application"),
            text=_("Choose “Integrate any other application you don't find in the gallery (Non-gallery)”."),
            fields=(Field("Name", Paste.APP),),
        ),
        Step(
            _("Connect it"),
            where=("Provisioning", "New configuration"),
            text=_(
                "Bearer authentication, where a method is asked for. In the older portal: Get started, "
                "Provisioning Mode Automatic."
            ),
            then=_("Press Test Connection, then Create, or Save in the older portal."),
            fields=(
                Field("Tenant URL", Paste.SCIM_URL),
                Field("Secret Token", Paste.TOKEN),
            ),
        ),
        Step(
            _("Check the mapping"),
            where=("Attribute mapping",),
            text=_(
                "Let externalId be objectId instead of mailNickname before the first cycle: two people may "
                "have one nickname. Switch the mapping of groups off where the app has none."
            ),
        ),
        Step(
            _("Assign people and groups"),
            where=("Users and groups",),
            text=_("The scope is “Sync only assigned users and groups”."),
        ),
        Step(
            _("Try one person, then start"),
            where=("Provision on demand",),
            text=_(
                "Under Overview, Properties enter an address for notices and turn on Prevent accidental "
                "deletion. Then press Start provisioning."
            ),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            where=("Enterprise apps", "Single sign-on", "Linked"),
            then=_("Save. Under Properties: Visible to users is Yes. The tile is in My Apps."),
            fields=(Field("Sign-on URL", Paste.BOOKMARK_URL),),
        ),
    ),
    expect=(
        _("Changes arrive in cycles, about every 40 minutes; Provision on demand sends one person at once."),
        _("Groups come empty at first, their members after them. Groups within groups are not opened."),
        _(
            "What failed is sent again after 6, 12 and 24 hours. A token that is refused puts the app in "
            "quarantine: replace a token before it ends."
        ),
    ),
)
