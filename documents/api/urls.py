"""Addresses of the API of documents, below /api/."""

from django.urls import path

from documents.api import attachments, documents, exports, files, images

_DOCUMENT = "documents/<id:document_id>"
_ATTACHMENT = f"{_DOCUMENT}/attachments/<id:image_id>"
urlpatterns = [
    path("documents", documents.DocumentList.as_view(), name="api-documents"),
    path(_DOCUMENT, documents.DocumentDetail.as_view(), name="api-document"),
    path(f"{_DOCUMENT}/export", exports.DocumentExport.as_view(), name="api-document-export"),
    path(f"{_DOCUMENT}/attachments", attachments.AttachmentList.as_view(), name="api-attachments"),
    path(
        f"{_DOCUMENT}/attachments/order",
        attachments.AttachmentOrder.as_view(),
        name="api-attachment-order",
    ),
    path(_ATTACHMENT, attachments.AttachmentDetail.as_view(), name="api-attachment"),
    path(
        f"{_ATTACHMENT}/primary",
        attachments.AttachmentPrimary.as_view(),
        name="api-attachment-primary",
    ),
    path("images", images.ImageList.as_view(), name="api-images"),
    path("images/<id:image_id>", images.ImageDetail.as_view(), name="api-image"),
    path("images/<id:image_id>/file", images.ImageFile.as_view(), name="api-image-file"),
    path("files", files.ReferenceFileList.as_view(), name="api-files"),
]
