"""``/api/files``: reference files, whose text a brief can use."""

from __future__ import annotations

from django_filters import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from documents.api import uploading
from documents.api.shapes import ReferenceFileShape, UploadedFilesShape
from documents.models import ReferenceFile
from documents.references import add_reference_files
from documents.uploads import UploadsRejected
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.filters import SearchFilter


class ReferenceFileFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What files can be narrowed by."""

    search = SearchFilter(["name"])


class ReferenceFileList(WorkspaceView):
    """The reference files of the workspace."""

    actions = {"GET": Action.VIEW, "POST": Action.EDIT}
    parser_classes = [MultiPartParser]
    queryset = ReferenceFile.objects.none()
    filterset_class = ReferenceFileFilter

    @extend_schema(operation_id="list_files", responses=ReferenceFileShape(many=True))
    def get(self, request: Request) -> Response:
        """List files, newest first."""
        rows = ReferenceFile.objects.filter(workspace=self.workspace)
        return self.page(rows.defer("text"), ReferenceFileShape)

    @extend_schema(
        operation_id="upload_files", request=uploading.BODY, responses={201: UploadedFilesShape}
    )
    def post(self, request: WorkspaceRequest) -> Response:
        """Upload txt, md, csv or docx files of at most 2 MB, all or none.

        Their ids are what a brief's fields of the kind `file` take.
        """
        files = uploading.uploaded(request)
        try:
            rows = add_reference_files(
                workspace=self.workspace, files=files, uploaded_by=request.user
            )
        except UploadsRejected as error:
            raise uploading.rejected(error) from error
        shown = ReferenceFileShape(rows, many=True).data
        return Response({**shown[0], "files": shown}, status=status.HTTP_201_CREATED)
