"""Turn a document into files to take along."""

from documents.export.exporting import Exported, Format, export_document
from documents.export.markup import render_markdown
from documents.export.pictures import PictureMissing

__all__ = ["Exported", "Format", "PictureMissing", "export_document", "render_markdown"]
