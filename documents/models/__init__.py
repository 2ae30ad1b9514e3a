"""Documents, their versions, images and reference files."""

from documents.models.attachment import DocumentAttachment
from documents.models.document import Document
from documents.models.image import Image, ImageSource
from documents.models.reference import ReferenceFile, ReferenceKind
from documents.models.version import DocumentVersion

__all__ = [
    "Document",
    "DocumentAttachment",
    "DocumentVersion",
    "Image",
    "ImageSource",
    "ReferenceFile",
    "ReferenceKind",
]
