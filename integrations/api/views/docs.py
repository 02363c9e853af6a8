"""What the API says of itself: its schema for tools, and a page for people; open to everybody."""

from __future__ import annotations

import functools

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

from integrations import addresses
from integrations.api import reference

RENDERERS = {"yaml": OpenApiYamlRenderer, "json": OpenApiJsonRenderer}


class Schema(APIView):
    """The same for whoever asks: made once in a process, in each of its formats."""

    authentication_classes = []
    renderer_classes = SpectacularAPIView.renderer_classes

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        name = f"{settings.SPECTACULAR_SETTINGS['TITLE']}.{renderer.format}"
        return HttpResponse(
            _rendered(renderer.format),
            content_type=renderer.media_type + charset,
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )


@functools.cache
def _rendered(format_: str) -> str | bytes:
    """Takes as long as many usual requests."""
    renderer = RENDERERS[format_]()
    return renderer.render(reference.schema(), renderer_context={})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    context = {"shelves": reference.shelves(), "base": addresses.base(request)}
    return render(request, "api/docs.html", context)
