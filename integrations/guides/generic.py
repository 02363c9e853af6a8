"""Any other SCIM 2.0 client."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="generic",
    source=Source.VENDOR,
    tile_source=Source.VENDOR,
    needs=_("Whatever it asks for before it provisions people by SCIM 2.0."),
    steps=(
        Step(
            _("Connect it"),
            text=_(
                "Where its provisioning settings ask for them. Some say endpoint or tenant URL, secret or "
                "API token."
            ),
            fields=(
                Field("SCIM base URL", Paste.SCIM_URL),
                Field("Bearer token", Paste.TOKEN),
            ),
        ),
        Step(
            _("Say how people are found, and what is sent"),
            text=_("Create, update and deactivate are on; groups are, where the app has roles."),
            fields=(Field(_("Matching attribute"), "userName"),),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            text=_("As a link, bookmark or shortcut."),
            fields=(
                Field("Name", Paste.APP),
                Field("URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(_("Activity shows each of its requests, and what was understood."),),
)
