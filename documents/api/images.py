"""``/api/images``: the workspace's pictures and their bytes."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponseBase
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from documents.api import uploading
from documents.api.shapes import ImageDetailShape, ImageShape, ImagesShape
from documents.images import clean_uploads
from documents.models import Image, ImageSource
from documents.uploads import UploadsRejected
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.etags import IF_NONE_MATCH, etag, not_modified
from workspaces.api.filters import IdFilter, SearchFilter
from workspaces.api.permissions import access_to
from workspaces.api.serving import INERT, AnyFormat

_CACHED = {"Cache-Control": "private, max-age=300", "Vary": "Authorization, Cookie"}
_DOWNLOAD = OpenApiParameter(
    "download",
    OpenApiTypes.BOOL,
    description="Given with any value, browsers save the picture instead of showing it.",
)


class ImageFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What images can be narrowed by."""

    source = ChoiceFilter(choices=ImageSource.choices)
    execution = IdFilter(field_name="execution_id")
    search = SearchFilter(["alt_text"])


class ImageList(WorkspaceView):
    """The pictures of the workspace."""

    actions = {"GET": Action.VIEW, "POST": Action.EDIT}
    parser_classes = [MultiPartParser]
    queryset = Image.objects.none()
    filterset_class = ImageFilter

    @extend_schema(operation_id="list_images", responses=ImageShape(many=True))
    def get(self, request: Request) -> Response:
        """List pictures, newest first."""
        return self.page(Image.objects.filter(workspace=self.workspace), ImageShape)

    @extend_schema(
        operation_id="upload_images", request=uploading.BODY, responses={201: ImagesShape}
    )
    def post(self, request: WorkspaceRequest) -> Response:
        """Upload PNG, JPEG or WebP pictures, all or none.

        Each is opened, checked and saved anew; what stood beside the pixels is gone.
        """
        files = uploading.uploaded(request)
        try:
            rows = clean_uploads(workspace=self.workspace, files=files, created_by=request.user)
        except UploadsRejected as error:
            raise uploading.rejected(error) from error
        images = Image.objects.bulk_create(rows)
        shape = ImagesShape({"images": images})
        return Response(shape.data, status=status.HTTP_201_CREATED)


class ImageDetail(WorkspaceView):
    """One picture."""

    actions = {"GET": Action.VIEW}

    @extend_schema(operation_id="get_image", responses=ImageDetailShape)
    def get(self, request: Request, image_id: int) -> Response:
        """Read what is known of a picture."""
        image = Image.objects.filter(workspace=self.workspace, pk=image_id).first()
        if image is None:
            raise Http404
        return Response(ImageDetailShape(image).data)


class ImageFile(WorkspaceView):
    """A picture's bytes, for whoever may see its workspace.

    A browser sends no ``X-Workspace`` for an ``<img>``, so the picture's own workspace counts.
    """

    actions = {"GET": None}
    content_negotiation_class = AnyFormat

    @extend_schema(
        operation_id="get_image_file",
        parameters=[IF_NONE_MATCH, _DOWNLOAD],
        responses={
            (200, "image/png"): OpenApiTypes.BINARY,
            (200, "image/jpeg"): OpenApiTypes.BINARY,
            (200, "image/webp"): OpenApiTypes.BINARY,
            304: None,
        },
    )
    def get(self, request: Request, image_id: int) -> HttpResponseBase:
        """Read a picture's bytes."""
        image = _rows().filter(pk=image_id).first()
        if image is None or access_to(request, image.workspace, Action.VIEW) is None:
            raise Http404
        tag = etag(image.sha256)
        if unchanged := not_modified(request, tag):
            for name, value in _CACHED.items():
                unchanged[name] = value
            return unchanged
        try:
            file = default_storage.open(image.key)
        except FileNotFoundError as error:
            raise Http404 from error
        return FileResponse(
            file,
            as_attachment="download" in request.query_params,
            filename=f"image-{image.pk}.{image.key.rpartition('.')[2]}",
            content_type=image.content_type,
            headers={**INERT, **_CACHED, "ETag": tag},
        )


def _rows() -> QuerySet[Image]:
    return Image.objects.select_related("workspace")
