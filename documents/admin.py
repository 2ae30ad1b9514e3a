"""What a curator opens: documents, their pictures and reference files."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from documents.edit import edit_document
from documents.export import render_markdown
from documents.images import open_image
from documents.models import Document, DocumentAttachment, DocumentVersion, Image, ReferenceFile


class ReadOnly(admin.options.BaseModelAdmin[Any]):
    """Rows that the app alone writes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: the pages show the rows."""
        return False


def thumbnail(image: Image, *, height: int = 60) -> str:
    """Return an ``img`` element of this height in pixels."""
    return format_html(
        '<img src="{}" alt="{}" height="{}" loading="lazy">',
        reverse("admin:documents_image_file", args=[image.pk]),
        image.alt_text,
        height,
    )


class AttachmentInline(ReadOnly, admin.TabularInline[DocumentAttachment, Document]):
    """The images of a document, in order."""

    model = DocumentAttachment
    fields = ["attachment_order", "picture", "is_primary", "alt_text", "caption", "effect_key"]
    readonly_fields = ["picture"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentAttachment]:
        """Load the images with the rows."""
        return super().get_queryset(request).select_related("image")

    @admin.display(description="image")
    def picture(self, row: DocumentAttachment) -> str:
        """Show the image."""
        return thumbnail(row.image)


class VersionInline(ReadOnly, admin.TabularInline[DocumentVersion, Document]):
    """Every text that the document has had."""

    model = DocumentVersion
    fields = ["number", "title", "author", "source", "created_at"]
    readonly_fields = ["created_at"]
    can_delete = False
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentVersion]:
        """Load the authors with the rows, and leave the bodies where they are."""
        return super().get_queryset(request).select_related("author").defer("body")


@admin.register(Document)
class DocumentAdmin(admin.ModelAdmin[Document]):
    """Documents; saving a text makes a version."""

    list_display = ["title", "workspace", "project", "version", "images", "updated_at"]
    list_filter = ["workspace", ("archived_at", admin.EmptyFieldListFilter), "created_at"]
    list_select_related = ["workspace", "project"]
    search_fields = ["title", "body"]
    show_full_result_count = False
    date_hierarchy = "created_at"
    fields = [
        ("workspace", "project"),
        "title",
        "body",
        "preview",
        ("version", "created_by", "created_at", "updated_at", "archived_at"),
    ]
    readonly_fields = [
        "workspace",
        "project",
        "preview",
        "version",
        "created_by",
        "created_at",
        "updated_at",
        "archived_at",
    ]
    inlines = [AttachmentInline, VersionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """Count the images in the same query."""
        found: QuerySet[Document] = super().get_queryset(request)
        return found.annotate(image_count=Count("attachments"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Documents begin in the app, in a workspace that has a person or a run behind it."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Document,
        form: ModelForm[Document],
        change: bool,
    ) -> None:
        """Save the text through ``edit_document``, so that the old one stays."""
        edit_document(
            document=obj,
            title=obj.title,
            body=obj.body,
            author=request.user if request.user.is_authenticated else None,
            source={"kind": "admin"},
        )

    @admin.display(ordering="image_count")
    def images(self, document: Document) -> int:
        """Count the attachments."""
        count: int = document.image_count  # type: ignore[attr-defined]  # annotated by the list
        return count

    @admin.display(description="preview")
    def preview(self, document: Document) -> str:
        """Show the body as readers see it, in a frame that may run and load nothing."""
        return format_html(
            '<iframe sandbox title="Preview" srcdoc="{}" style="width: 100%; height: 24rem">'
            "</iframe>",
            render_markdown(document.body),
        )


@admin.register(Image)
class ImageAdmin(ReadOnly, admin.ModelAdmin[Image]):
    """Pictures and where they came from."""

    list_display = ["picture", "alt_text", "workspace", "source", "dimensions", "created_at"]
    list_display_links = ["picture", "alt_text"]
    list_filter = ["source", "workspace", "content_type", "created_at"]
    list_select_related = ["workspace"]
    list_per_page = 25
    search_fields = ["sha256", "alt_text"]
    show_full_result_count = False
    readonly_fields = ["large"]

    def get_urls(self) -> list[URLPattern]:
        """Add the address of a picture's bytes."""
        file = path(
            "<int:image_id>/file",
            self.admin_site.admin_view(self.file),
            name="documents_image_file",
        )
        return [file, *super().get_urls()]

    def file(self, request: HttpRequest, image_id: int) -> HttpResponse:
        """Answer with a picture's bytes, to those who may see images."""
        image = self.get_object(request, str(image_id))
        if image is None or not self.has_view_permission(request, image):
            raise Http404
        try:
            data = open_image(image)
        except FileNotFoundError as error:
            raise Http404 from error
        return HttpResponse(
            data,
            content_type=image.content_type,
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cache-Control": "private, max-age=300",
            },
        )

    @admin.display(description="image")
    def picture(self, image: Image) -> str:
        """Show it small."""
        return thumbnail(image)

    @admin.display(description="image")
    def large(self, image: Image) -> str:
        """Show it large."""
        return thumbnail(image, height=400)

    @admin.display
    def dimensions(self, image: Image) -> str:
        """Width and height in pixels."""
        return f"{image.width} x {image.height}"


@admin.register(ReferenceFile)
class ReferenceFileAdmin(ReadOnly, admin.ModelAdmin[ReferenceFile]):
    """Texts that briefs refer to."""

    list_display = ["name", "kind", "workspace", "size", "uploaded_by", "created_at"]
    list_filter = ["kind", "workspace", "created_at"]
    list_select_related = ["workspace", "uploaded_by"]
    search_fields = ["name", "sha256"]
    show_full_result_count = False
