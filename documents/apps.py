"""Documents and their images."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The app."""

    name = "documents"
