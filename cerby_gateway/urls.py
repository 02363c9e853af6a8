"""The one place that joins the addresses of all rooms."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import include, path

from cerby_gateway import health
from integrations.console import gallery


def favicon(_request: HttpRequest) -> HttpResponseRedirect:
    """What browsers ask for by themselves."""
    return HttpResponseRedirect(static("favicon.svg"))


urlpatterns = [
    path("scim/v2/", include("scim.endpoints.urls")),
    path("api/v1/", include("integrations.api.urls")),
    path("api/v1/", include("scim.api.urls")),
    path("", include("integrations.console.around_urls")),
    path("w/<slug:workspace>/", include("integrations.console.urls")),
    path("w/<slug:workspace>/", include("scim.console.urls")),
    path("admin/", admin.site.urls),
    *(path(probe.removeprefix("/"), view) for probe, view in health.PROBES.items()),
    path("favicon.ico", favicon),
]
handler400 = "cerby_gateway.errors.bad_request"
handler404 = "cerby_gateway.errors.not_found"
handler500 = "cerby_gateway.errors.server_error"
if settings.DEBUG:
    urlpatterns.append(path("_components", gallery.gallery))
