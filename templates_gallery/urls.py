"""Pages of the gallery."""

from django.urls import path

from templates_gallery.views import gallery, launch

app_name = "gallery"
urlpatterns = [
    path("templates", gallery.gallery, name="list"),
    path("templates/<slug:template>/launch", launch.template_launch, name="launch"),
]
