"""``/api/documents/{id}/attachments``: a document's pictures and their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from documents.api import uploading
from documents.api.documents import shown
from documents.api.finding import find_document
from documents.api.shapes import (
    AttachmentTextsInput,
    DocumentDetailShape,
    ImageIdsInput,
    OrderInput,
)
from documents.attach import (
    AttachItem,
    AttachmentError,
    NotAttached,
    TooManyImages,
    attach_images,
    detach,
    reorder,
    set_primary,
    update_attachment,
)
from documents.images import clean_uploads
from documents.models import Document, Image
from documents.uploads import UploadsRejected
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView
from workspaces.api.errors import Conflict, refused
from workspaces.api.parsers import JSONParser


@contextmanager
def told() -> Iterator[None]:
    """Tell why images cannot be attached or arranged so; nothing was changed."""
    try:
        yield
    except TooManyImages as error:
        current = {"images": error.present, "limit": error.limit}
        raise Conflict(f"{error} {error.hint}", current, "too_many_images") from error
    except NotAttached as error:
        raise NotFound(str(error)) from error
    except AttachmentError as error:
        raise refused("image_ids", f"{error} {error.hint}") from error


class AttachmentList(WorkspaceView):
    """Add pictures to a document."""

    actions = {"POST": Action.EDIT}
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(
        operation_id="attach_images",
        request={"application/json": ImageIdsInput, **uploading.BODY},
        responses={201: DocumentDetailShape},
    )
    def post(self, request: WorkspaceRequest, document_id: int) -> Response:
        """Attach pictures of the workspace by id, or upload files and attach them.

        They come behind those that are there; the first picture of a document becomes its
        primary one. All of them are attached or none: 409 when they do not fit.
        """
        document = find_document(self.workspace, document_id)
        if (request.content_type or "").startswith("multipart/"):
            self._upload(document, request)
        else:
            with told():
                _attach(document, self.body(ImageIdsInput)["image_ids"])
        return shown(document, status.HTTP_201_CREATED)

    def _upload(self, document: Document, request: WorkspaceRequest) -> None:
        files = uploading.uploaded(request)
        limit = self.workspace.limits.max_images_per_document
        with told():
            # Asked before the files are opened, which takes a while; attaching asks again.
            present = document.attachments.count()
            if present + len(files) > limit:
                raise TooManyImages(present, len(files), limit)
            try:
                rows = clean_uploads(workspace=self.workspace, files=files, created_by=request.user)
            except UploadsRejected as error:
                raise uploading.rejected(error) from error
            with transaction.atomic():
                images = Image.objects.bulk_create(rows)
                _attach(document, [image.pk for image in images])


class AttachmentDetail(WorkspaceView):
    """One picture of a document."""

    actions = {"PATCH": Action.EDIT, "DELETE": Action.EDIT}

    @extend_schema(
        operation_id="describe_attachment",
        request=AttachmentTextsInput,
        responses=DocumentDetailShape,
    )
    def patch(self, request: Request, document_id: int, image_id: int) -> Response:
        """Change a picture's alt text or caption in this document."""
        document = find_document(self.workspace, document_id)
        with told():
            update_attachment(document, image_id, **self.body(AttachmentTextsInput))
        return shown(document)

    @extend_schema(operation_id="detach_image", responses={204: None})
    def delete(self, request: Request, document_id: int, image_id: int) -> Response:
        """Take a picture off the document. It stays among the workspace's images."""
        document = find_document(self.workspace, document_id)
        with told():
            detach(document, image_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AttachmentPrimary(WorkspaceView):
    """Which picture is the primary one."""

    actions = {"PUT": Action.EDIT}

    @extend_schema(operation_id="set_primary_image", request=None, responses=DocumentDetailShape)
    def put(self, request: Request, document_id: int, image_id: int) -> Response:
        """Make a picture of the document its primary one."""
        document = find_document(self.workspace, document_id)
        with told():
            set_primary(document, image_id)
        return shown(document)


class AttachmentOrder(WorkspaceView):
    """The order of the pictures."""

    actions = {"PUT": Action.EDIT}

    @extend_schema(
        operation_id="order_attachments", request=OrderInput, responses=DocumentDetailShape
    )
    def put(self, request: Request, document_id: int) -> Response:
        """Put all of the document's pictures into this order."""
        document = find_document(self.workspace, document_id)
        with told():
            reorder(document, self.body(OrderInput)["image_ids"])
        return shown(document)


def _attach(document: Document, image_ids: Sequence[int]) -> None:
    attach_images(document=document, images=[AttachItem(image_id) for image_id in image_ids])
