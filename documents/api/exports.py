"""``/api/documents/{id}/export``: a document as a file."""

from __future__ import annotations

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from documents.api.finding import find_document
from documents.api.shapes import ExportQuery
from documents.export import Format, PictureMissing, export_document
from workspaces.access import Action
from workspaces.api.base import WorkspaceView
from workspaces.api.errors import Conflict
from workspaces.api.serving import INERT, AnyFormat

_TYPES = (
    "text/markdown",
    "text/html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/zip",
)


class DocumentExport(WorkspaceView):
    """A document to take along."""

    actions = {"GET": Action.VIEW}
    content_negotiation_class = AnyFormat

    @extend_schema(
        operation_id="export_document",
        parameters=[ExportQuery],
        responses={(200, kind): OpenApiTypes.BINARY for kind in _TYPES},
    )
    def get(self, request: Request, document_id: int) -> FileResponse:
        """Take a document out as Markdown, HTML, Word or ZIP.

        The ZIP holds the text, the pictures named in order, and a manifest; HTML and Word hold
        the pictures in themselves; Markdown links to them.
        """
        document = find_document(self.workspace, document_id)
        query = ExportQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        try:
            made = export_document(document, Format(query.validated_data["format"]))
        except PictureMissing as error:
            raise Conflict(str(error), {"image_id": error.image_id}, "image_missing") from error
        return FileResponse(
            made.file,
            as_attachment=True,
            filename=made.name,
            content_type=made.content_type,
            headers={**INERT, "Cache-Control": "private, no-store"},
        )
