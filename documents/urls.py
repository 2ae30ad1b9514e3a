"""Pages of documents and images."""

from django.urls import path

from documents.views import (
    attachments,
    document,
    documents,
    editing,
    exporting,
    library,
    uploading,
    versions,
)

_ONE = "documents/<int:document_id>"
_IMAGE = f"{_ONE}/images/<int:image_id>"

app_name = "documents"
urlpatterns = [
    path("documents", documents.document_list, name="list"),
    path("documents/new", documents.new_document, name="new"),
    path(_ONE, document.document_page, name="detail"),
    path(f"{_ONE}/project", document.set_project, name="project"),
    path(f"{_ONE}/archive", document.archive, name="archive"),
    path(f"{_ONE}/edit", editing.edit, name="edit"),
    path(f"{_ONE}/preview", editing.preview, name="preview"),
    path(f"{_ONE}/export", exporting.export, name="export"),
    path(f"{_ONE}/versions", versions.version_list, name="versions"),
    path(f"{_ONE}/versions/<int:number>", versions.version_page, name="version"),
    path(f"{_ONE}/versions/<int:number>/restore", versions.restore_version, name="restore"),
    path(f"{_ONE}/images", attachments.images, name="images"),
    path(f"{_ONE}/images/upload", uploading.upload_to_document, name="upload"),
    path(f"{_ONE}/images/library", library.picker, name="picker"),
    path(f"{_ONE}/images/attach", attachments.attach, name="attach"),
    path(f"{_ONE}/images/order", attachments.order, name="order"),
    path(f"{_ONE}/images/undo", attachments.put_back, name="undo"),
    path(f"{_IMAGE}/move", attachments.move, name="move"),
    path(f"{_IMAGE}/primary", attachments.primary, name="primary"),
    path(f"{_IMAGE}/texts", attachments.texts, name="texts"),
    path(f"{_IMAGE}/detach", attachments.detach, name="detach"),
    path("images", library.image_library, name="library"),
    path("images/upload", uploading.upload_to_library, name="library-upload"),
    path("images/<int:image_id>", library.image_page, name="image"),
]
