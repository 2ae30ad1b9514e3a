"""``/api/documents``: read, write and take out."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django_filters import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from documents.api.finding import find_document, find_project
from documents.api.shapes import DocumentDetailShape, DocumentInput, DocumentShape
from documents.archive import archive_document
from documents.create import create_document
from documents.edit import VersionConflict, edit_document, move_document
from documents.models import Document, DocumentAttachment
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.errors import PreconditionFailed
from workspaces.api.etags import IF_MATCH, IF_NONE_MATCH, check_if_match, etag, not_modified
from workspaces.api.filters import IdFilter, SearchFilter
from workspaces.api.idempotency import idempotent

_SOURCE = {"kind": "api"}


def document_tag(document: Document) -> str:
    """The ETag: it changes with the text, the pictures and the project."""
    return etag(document.version, int(document.updated_at.timestamp() * 1_000_000))


def shown(document: Document, code: int = status.HTTP_200_OK, **headers: str) -> Response:
    """The whole document with its ETag, as it stands in the database now."""
    document.refresh_from_db(fields=["title", "body", "version", "updated_at", "project"])
    return Response(
        DocumentDetailShape(document).data,
        status=code,
        headers={"ETag": document_tag(document), **headers},
    )


class DocumentFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What documents can be narrowed by."""

    project = IdFilter(field_name="project_id")
    search = SearchFilter(["title", "body"])


class DocumentList(WorkspaceView):
    """The documents of the workspace."""

    actions = {"GET": Action.VIEW, "POST": Action.EDIT}
    queryset = Document.objects.none()
    filterset_class = DocumentFilter

    @extend_schema(operation_id="list_documents", responses=DocumentShape(many=True))
    def get(self, request: Request) -> Response:
        """List documents, newest first, without their text."""
        return self.page(self._rows(), DocumentShape)

    @extend_schema(
        operation_id="create_document",
        request=DocumentInput,
        responses={201: DocumentDetailShape},
    )
    @idempotent(atomic=True)
    def post(self, request: WorkspaceRequest) -> Response:
        """Create a document. A project of another workspace is refused with 422."""
        values = self.body(DocumentInput)
        document = create_document(
            workspace=self.workspace,
            title=values["title"],
            body=values["body"],
            project=find_project(self.workspace, values.get("project_id")),
            author=request.user,
            source=_SOURCE,
        )
        return shown(document, status.HTTP_201_CREATED, Location=f"/api/documents/{document.pk}")

    def _rows(self) -> QuerySet[Document]:
        primary = DocumentAttachment.objects.filter(document=OuterRef("pk"), is_primary=True)
        rows = Document.objects.filter(workspace=self.workspace, archived_at=None)
        return rows.defer("body").annotate(
            images=Count("attachments"), primary_image_id=Subquery(primary.values("image_id")[:1])
        )


class DocumentDetail(WorkspaceView):
    """One document."""

    actions = {"GET": Action.VIEW, "PUT": Action.EDIT, "DELETE": Action.EDIT}

    @extend_schema(
        operation_id="get_document",
        parameters=[IF_NONE_MATCH],
        responses={200: DocumentDetailShape, 304: None},
    )
    def get(self, request: Request, document_id: int) -> Response:
        """Read a document with its text and its pictures in order."""
        document = find_document(self.workspace, document_id)
        return not_modified(request, document_tag(document)) or shown(document)

    @extend_schema(
        operation_id="replace_document",
        parameters=[IF_MATCH],
        request=DocumentInput,
        responses=DocumentDetailShape,
    )
    def put(self, request: WorkspaceRequest, document_id: int) -> Response:
        """Save a text as the next version.

        Without `body` the text becomes empty; without `project_id` the project stays, with null
        the document leaves it. Send `If-Match`, so that nobody's change is lost.
        """
        document = find_document(self.workspace, document_id)
        expected = document.version if check_if_match(request, document_tag(document)) else None
        values = self.body(DocumentInput)
        self._save(document, values, request, expected)
        return shown(document)

    @extend_schema(operation_id="delete_document", parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, document_id: int) -> Response:
        """Archive a document: it leaves every list, and runs can no longer add to it."""
        document = find_document(self.workspace, document_id)
        check_if_match(request, document_tag(document))
        archive_document(document)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @transaction.atomic
    def _save(
        self,
        document: Document,
        values: dict[str, Any],
        request: WorkspaceRequest,
        expected: int | None,
    ) -> None:
        try:
            edit_document(
                document=document,
                title=values["title"],
                body=values["body"],
                author=request.user,
                source=_SOURCE,
                expected_version=expected,
            )
        except VersionConflict as error:
            raise PreconditionFailed(str(error)) from error
        if "project_id" in values and values["project_id"] != document.project_id:
            move_document(document, find_project(self.workspace, values["project_id"]))
