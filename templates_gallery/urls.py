"""Pages of the gallery."""

from django.urls import path

from templates_gallery.views import gallery

app_name = "gallery"
urlpatterns = [
    path("templates", gallery.gallery, name="list"),
]
