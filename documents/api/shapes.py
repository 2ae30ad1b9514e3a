"""Documents, images and files in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from documents.attach import MAX_TEXT
from documents.content import MAX_TITLE
from documents.export import Format
from documents.models import Document, DocumentAttachment, Image, ImageSource, ReferenceFile
from workspaces.api.serializers import IdField, StrictSerializer

MAX_BODY = 500_000
_MANY = 100


def image_path(image_id: int) -> str:
    """Where a picture's bytes are read."""
    return f"/api/images/{image_id}/file"


class ImageShape(serializers.ModelSerializer[Image]):
    """A picture; its bytes are at ``url``."""

    url = serializers.SerializerMethodField(help_text="Read with the same token or session.")
    source = serializers.ChoiceField(  # type: ignore[assignment]  # a field, by its public name
        choices=ImageSource.choices
    )
    created_by_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Image
        fields = [
            "id",
            "url",
            "alt_text",
            "width",
            "height",
            "content_type",
            "size",
            "sha256",
            "source",
            "execution_id",
            "node_key",
            "agent_job_id",
            "created_by_id",
            "created_at",
        ]

    def get_url(self, image: Image) -> str:
        """The path."""
        return image_path(image.pk)


class ImageDetailShape(ImageShape):
    """A picture with all that is known of its making."""

    provenance = serializers.DictField()

    class Meta(ImageShape.Meta):
        fields = [*ImageShape.Meta.fields, "provenance"]


class ImagesShape(serializers.Serializer[Any]):
    """The pictures that came in, in the order sent."""

    images = ImageShape(many=True)


class AttachmentShape(serializers.ModelSerializer[DocumentAttachment]):
    """A picture's place in a document."""

    image = ImageShape()
    image_id = serializers.IntegerField()

    class Meta:
        model = DocumentAttachment
        fields = [
            "id",
            "image_id",
            "image",
            "is_primary",
            "attachment_order",
            "alt_text",
            "caption",
            "created_at",
        ]


class DocumentShape(serializers.ModelSerializer[Document]):
    """A document in a list, without its text."""

    project_id = serializers.IntegerField(allow_null=True)
    created_by_id = serializers.IntegerField(allow_null=True)
    images = serializers.IntegerField(help_text="How many pictures it has.")
    primary_image_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = Document
        fields = [
            "id",
            "title",
            "project_id",
            "version",
            "images",
            "primary_image_id",
            "created_by_id",
            "created_at",
            "updated_at",
        ]


class DocumentDetailShape(serializers.ModelSerializer[Document]):
    """A document with its text and its pictures in order."""

    project_id = serializers.IntegerField(allow_null=True)
    created_by_id = serializers.IntegerField(allow_null=True)
    attachments = serializers.SerializerMethodField()

    class Meta:
        model = Document
        fields = [
            "id",
            "title",
            "body",
            "project_id",
            "version",
            "attachments",
            "created_by_id",
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(AttachmentShape(many=True))
    def get_attachments(self, document: Document) -> Any:
        """The pictures, in order."""
        rows = document.attachments.select_related("image").order_by("attachment_order")
        return AttachmentShape(rows, many=True).data


class DocumentInput(StrictSerializer):
    """A document as it shall be."""

    title = serializers.CharField(max_length=MAX_TITLE)
    body = serializers.CharField(
        max_length=MAX_BODY,
        allow_blank=True,
        default="",
        trim_whitespace=False,
        help_text="Markdown.",
    )
    project_id = IdField(required=False, allow_null=True, help_text="A project of the workspace.")


class ImageIdsInput(StrictSerializer):
    """Pictures of the workspace."""

    image_ids = serializers.ListField(child=IdField(), allow_empty=False, max_length=_MANY)


class OrderInput(StrictSerializer):
    """All of the document's pictures, each once."""

    image_ids = serializers.ListField(child=IdField(), max_length=_MANY)


class AttachmentTextsInput(StrictSerializer):
    """What is written about a picture in a document; what is left out stays."""

    alt_text = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, required=False)
    caption = serializers.CharField(max_length=MAX_TEXT, allow_blank=True, required=False)


class ExportQuery(serializers.Serializer[Any]):
    """What file to make."""

    format = serializers.ChoiceField(
        choices=[(kind.value, kind.value) for kind in Format], default=Format.MARKDOWN.value
    )


class ReferenceFileShape(serializers.ModelSerializer[ReferenceFile]):
    """A file whose text a brief can use."""

    uploaded_by_id = serializers.IntegerField(allow_null=True)

    class Meta:
        model = ReferenceFile
        fields = ["id", "name", "kind", "size", "sha256", "uploaded_by_id", "created_at"]


class UploadedFilesShape(ReferenceFileShape):
    """The file that came in; when there were several, the first, with all of them in ``files``."""

    files = ReferenceFileShape(many=True)

    class Meta(ReferenceFileShape.Meta):
        fields = [*ReferenceFileShape.Meta.fields, "files"]
