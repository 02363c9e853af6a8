"""Keycloak."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="keycloak",
    source=Source.UNCONFIRMED,
    needs=_("An extension: Keycloak sends no SCIM of its own."),
    steps=(
        Step(
            _("Add the provider"),
            where=("User federation", "Add provider", "scim"),
            text=_("Install the extension first."),
            fields=(
                Field("SCIM 2.0 endpoint", Paste.SCIM_URL),
                Field("Auth mode", "BEARER"),
                Field("Auth password/token", Paste.TOKEN),
            ),
        ),
        Step(
            _("Let it hear of changes"),
            where=("Realm settings", "Events", "Event listeners"),
            text=_("Add scim."),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            where=("Clients", "Create client"),
            then=_("Switch “Always display in UI” on."),
            fields=(
                Field("Client ID", Paste.APP),
                Field("Home URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(_("What it sends, and when, is up to the extension."),),
)
