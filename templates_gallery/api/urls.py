"""Addresses of the API of the gallery, below /api/."""

from django.urls import URLPattern, path

from templates_gallery.api import clone

urlpatterns: list[URLPattern] = [
    path(
        "workflows/templates/<id:template_id>/clone",
        clone.CloneView.as_view(),
        name="api-template-clone",
    ),
]
