"""Pages of the gallery."""

from django.urls import path

from templates_gallery.views import gallery, launch, palette, template

app_name = "gallery"
urlpatterns = [
    path("search", palette.palette, name="palette"),
    path("templates", gallery.gallery, name="list"),
    path("templates/<slug:template>", template.template_page, name="template"),
    path("templates/<slug:template>/customise", template.customise, name="customise"),
    path("templates/<slug:template>/launch", launch.template_launch, name="launch"),
    path("templates/<slug:template>/estimate", launch.template_estimate, name="launch-estimate"),
]
