"""Images: those of a document, and all of the workspace."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from documents.images import file_url
from documents.models import Document, DocumentAttachment, Image, ImageSource
from documents.provenance import Made, made_by
from documents.selectors.paging import Page, is_id
from workspaces.models import Workspace

PAGE = 40


@dataclass(frozen=True, slots=True)
class ImageCard:
    """An image with what is known of it."""

    image: Image
    url: str
    made: Made | None

    @property
    def is_wide(self) -> bool:
        """Whether it can fill a banner without losing what it shows."""
        return self.image.width >= 1.7 * self.image.height

    @property
    def source_line(self) -> str:
        """One line: the run and model, or who uploaded it."""
        if self.made:
            return f"Run #{self.made.execution_id}" + (
                f", {self.made.model}" if self.made.model else ""
            )
        person = self.image.created_by
        return f"Uploaded by {person}" if person else "Uploaded"


@dataclass(frozen=True, slots=True)
class AttachedImage:
    """An image in its place in a document."""

    attachment: DocumentAttachment
    card: ImageCard

    @property
    def id(self) -> int:
        """The image's id."""
        return self.attachment.image_id

    @property
    def position(self) -> int:
        """Place in the document, from 1."""
        return self.attachment.attachment_order


def image_card(image: Image) -> ImageCard:
    """What a page shows of an image."""
    return ImageCard(image, file_url(image.pk), made_by(image.provenance))


def attached_images(document: Document) -> list[AttachedImage]:
    """The document's images in order, in one query."""
    rows = document.attachments.select_related("image__created_by").order_by("attachment_order")
    return [AttachedImage(row, image_card(row.image)) for row in rows]


def library(
    workspace: Workspace,
    *,
    search: str = "",
    source: str = "",
    before: str = "",
    without: Collection[int] = (),
) -> Page[ImageCard]:
    """A page of the workspace's images, newest first, in one query.

    ``search`` looks into alt texts and prompts; ``source`` is one of ``ImageSource``, anything
    else stands for all; ``before`` is the id after which the page starts.
    """
    rows = _images(workspace).exclude(pk__in=without)
    if search:
        by_prompt = Q(provenance__prompt__icontains=search)
        rows = rows.filter(Q(alt_text__icontains=search) | by_prompt)
    if source in ImageSource.values:
        rows = rows.filter(source=source)
    if is_id(before):
        rows = rows.filter(pk__lt=int(before))
    found = [image_card(image) for image in rows[: PAGE + 1]]
    is_last = len(found) <= PAGE
    return Page(found[:PAGE], "" if is_last else str(found[PAGE - 1].image.pk))


def chosen(workspace: Workspace, image_ids: Collection[int]) -> list[ImageCard]:
    """These images of the workspace, newest first; others are left out."""
    return [image_card(image) for image in _images(workspace).filter(pk__in=image_ids)]


def documents_with(image: Image) -> list[Document]:
    """The documents that show an image and have not been archived, last changed first."""
    rows = Document.objects.filter(attachments__image=image, archived_at=None)
    return list(rows.defer("body").order_by("-updated_at")[:10])


def _images(workspace: Workspace) -> QuerySet[Image]:
    return Image.objects.filter(workspace=workspace).select_related("created_by").order_by("-id")
