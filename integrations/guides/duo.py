"""Cisco Duo."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="duo",
    source=Source.VENDOR,
    tile_source=Source.UNCONFIRMED,
    needs=_("Duo Essentials, Advantage or Premier."),
    steps=(
        Step(
            _("Connect it"),
            where=("Applications", "Provisioning"),
            text=_("In the single sign-on application, Generic SAML or OIDC."),
            fields=(
                Field("Base URL", Paste.SCIM_URL),
                Field("Authentication", "Bearer token"),
                Field("Token", Paste.TOKEN),
            ),
        ),
        Step(
            _("Choose who comes"),
            text=_("Map the attributes, choose the groups, start provisioning."),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            where=("Single sign-on", "Duo Central", "Add link tile"),
            fields=(
                Field("Name", Paste.APP),
                Field("URL", Paste.BOOKMARK_URL),
            ),
        ),
    ),
    expect=(
        _("Changes arrive continuously once it was started."),
        _("Taking a group out of provisioning takes away everybody in it; the safety brake holds that."),
    ),
)
