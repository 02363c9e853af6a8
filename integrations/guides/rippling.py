"""Rippling."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrations.guides.guide import Field, Guide, Paste, Source, Step

GUIDE = Guide(
    idp="rippling",
    tile_source=Source.UNCONFIRMED,
    needs=_("The permission to create custom integrations."),
    steps=(
        Step(
            _("Add the integration"),
            where=("IT", "Third-Party Access", "Add Integration", "Create New Custom Integration"),
            fields=(
                Field("Name", Paste.APP),
                Field("What type of app", "User Management via SCIM"),
            ),
        ),
        Step(
            _("Describe the gateway"),
            where=("SCIM configuration",),
            fields=(
                Field("SCIM Version", "2.0"),
                Field("SCIM base URL", Paste.SCIM_URL),
                Field("SCIM Authorization Method", "Bearer Token"),
                Field("Supports Groups", _("on")),
                Field("Supports Pagination", _("on")),
                Field("Create & Delete Groups", _("on")),
                Field("Use PATCH to edit Groups", _("on")),
            ),
        ),
        Step(
            _("Install it"),
            where=("Install now",),
            fields=(Field("Bearer Token", Paste.TOKEN),),
        ),
        Step(
            _("Choose who comes, and when"),
            text=_("The access rules, the time of provisioning, the attribute mappings."),
        ),
    ),
    tile=(
        Step(
            _("Make the tile"),
            text=_("In the settings of the same integration."),
            fields=(Field("Sign-on URL", Paste.BOOKMARK_URL),),
        ),
    ),
    expect=(
        _(
            "A change arrives by the access rules and the time of provisioning, such as the first day of "
            "work."
        ),
    ),
)
