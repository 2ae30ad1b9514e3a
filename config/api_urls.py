"""Every URL of the API; no trailing slashes."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from config.api_docs import DocsView, SchemaView, UnknownAddress

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", DocsView.as_view(), name="docs"),
    path("", include("workspaces.api.urls")),
    path("", include("documents.api.urls")),
    path("", include("workflows.api.urls")),
    path("", include("templates_gallery.api.urls")),
    re_path("", UnknownAddress.as_view()),
]
