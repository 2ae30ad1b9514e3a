"""Pages of documents and images."""

from django.urls import path

from documents.views import library

app_name = "documents"
urlpatterns = [
    path("documents", library.document_list, name="list"),
]
