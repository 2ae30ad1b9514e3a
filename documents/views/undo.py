"""Remembers the image that a person detached last, so that it can be put back."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from documents.attach import AttachItem
from documents.models import Document, DocumentAttachment
from workspaces.pages import PageRequest

_KEY = "detached"


@dataclass(frozen=True, slots=True)
class Detached:
    """An attachment as it was."""

    document: int
    image: int
    position: int
    alt_text: str
    caption: str
    is_primary: bool

    @property
    def item(self) -> AttachItem:
        """The image to attach again."""
        return AttachItem(self.image, self.alt_text, self.caption)


def remember(request: PageRequest, row: DocumentAttachment) -> None:
    """Keep what the attachment was, in the person's session."""
    detached = Detached(
        row.document_id,
        row.image_id,
        row.attachment_order,
        row.alt_text,
        row.caption,
        row.is_primary,
    )
    request.session[_KEY] = asdict(detached)


def recall(request: PageRequest, document: Document) -> Detached | None:
    """The image last detached from this document, until the person does something else."""
    kept = request.session.get(_KEY)
    return Detached(**kept) if kept and kept["document"] == document.pk else None


def forget(request: PageRequest) -> None:
    """Undo is over."""
    if _KEY in request.session:
        del request.session[_KEY]
