"""The bytes of a gallery entry's pictures."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from documents.inspect import CONTENT_TYPES, EXTENSIONS
from templates_gallery import pictures
from templates_gallery.models import GalleryEntry
from workspaces.api.serving import INERT
from workspaces.models import User

_TYPES = {EXTENSIONS[kind]: CONTENT_TYPES[kind] for kind in EXTENSIONS}


@login_required
@require_safe
def picture(request: HttpRequest, entry_id: int, name: str) -> HttpResponse:
    """A cover or a sample's picture. One of an unpublished entry is shown to staff alone."""
    entry = GalleryEntry.objects.filter(pk=entry_id).first()
    if entry is None or not (entry.published or cast("User", request.user).is_staff):
        raise Http404("There is no such picture.")
    try:
        data = pictures.read(entry, name)
    except FileNotFoundError as error:
        raise Http404("There is no such picture.") from error
    return HttpResponse(
        data,
        content_type=_TYPES[name.rpartition(".")[2]],
        headers={**INERT, "Cache-Control": "private, max-age=86400, immutable"},
    )
