"""The gallery of templates."""

from django.apps import AppConfig


class TemplatesGalleryConfig(AppConfig):
    """The app."""

    name = "templates_gallery"
    verbose_name = "Template gallery"
