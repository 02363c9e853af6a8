"""authentik."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Step

GUIDE = Guide(
    idp="authentik",
    needs=_("An administrator."),
    steps=(
        Step(
            _("Add the provider"),
            where=("Applications", "Providers", "Create", "SCIM Provider"),
            fields=(
                Field("Name", Paste.APP),
                Field("URL", Paste.SCIM_URL),
                Field("Token", Paste.TOKEN),
            ),
        ),
        Step(
            _("Give it to the application"),
            where=("Applications", "Applications", "Backchannel providers"),
            text=_("Open the application, and add the provider."),
        ),
        Step(_("Start"), text=_("Run the sync on the provider's page.")),
    ),
    tile=(
        Step(
            _("Make the tile"),
            where=("Applications", "Create"),
            text=_("Without a provider."),
            fields=(
                Field("Name", Paste.APP),
                Field("Launch URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(_("A change arrives at once, and everybody once an hour."),),
)
