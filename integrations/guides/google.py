"""Google Workspace."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="google",
    tile_source=Source.UNCONFIRMED,
    needs=_("A super administrator."),
    steps=(
        Step(
            _("Add an app whose endpoint can be entered"),
            where=("Apps", "Web and mobile apps", "Add app", "Search for apps"),
            text=_(
                "Google has no app for just any SCIM service, only those of its catalogue; published guides "
                "use Keeper or Amazon Web Services. Finish the SAML part, with placeholders where no "
                "single sign-on is wanted, and switch User access on."
            ),
        ),
        Step(
            _("Connect it"),
            where=("Autoprovisioning", "Configure autoprovisioning"),
            fields=(
                Field("Access token", Paste.TOKEN),
                Field("Endpoint URL", Paste.SCIM_URL),
            ),
        ),
        Step(
            _("Check the mapping, choose who comes"),
            where=("Attribute mapping", "Provisioning scope"),
            text=_("Choose groups, if not everybody is to come."),
        ),
        Step(
            _("Choose when leavers go, and start"),
            where=("Deprovisioning",),
            text=_("Without it leavers stay for up to 30 days."),
            then=_("Switch autoprovisioning on."),
            fields=(Field(_("Each case"), _("within 24 hours")),),
        ),
    ),
    tile=(
        Step(
            _("Make a bookmark"),
            where=("Devices", "Chrome", "Settings", "Managed bookmarks"),
            text=_("Google has no tile for it; a managed bookmark in Chrome does as much."),
            fields=(
                Field("Name", Paste.APP),
                Field("URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(
        _("Changes arrive every few hours; Google gives no figure."),
        _("Only people are sent. Groups limit who comes, and are not sent themselves."),
    ),
)
