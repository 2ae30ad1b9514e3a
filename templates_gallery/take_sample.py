"""Makes a document of a finished run the sample of a gallery entry."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.template.defaultfilters import pluralize

from documents.images import open_image
from documents.models import Document, DocumentAttachment
from documents.uploads import UploadRejected
from templates_gallery import pictures
from templates_gallery.models import GalleryEntry
from workflows.engine.states import AgentStatus, ExecutionStatus
from workflows.models import AgentJob, WorkflowExecution
from workflows.samples import MAX_BODY, MAX_EXCERPT, MAX_IMAGES, MAX_NOTE

_RECENT_RUNS = 50
_NO_PROSE = re.compile(r"(#|>|[-*+] |\d+[.)] |\||!\[|---|\*\*[^*]+:\*\*)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class SampleRefused(ValueError):
    """A document that cannot be the sample; the text says why and what would do."""


def candidates(entry: GalleryEntry) -> QuerySet[Document]:
    """Documents that completed runs of the entry's template made, newest first."""
    runs = WorkflowExecution.objects.filter(
        version__template=entry.template_id, status=ExecutionStatus.COMPLETED
    )
    recent = list(runs.order_by("-id").values_list("pk", flat=True)[:_RECENT_RUNS])
    found = Document.objects.filter(archived_at=None, versions__source__execution__in=recent)
    return found.distinct().select_related("workspace").order_by("-id")


def take_sample(entry: GalleryEntry, document_id: int) -> None:
    """Copy the document's title, text and first pictures into the entry.

    Raises ``SampleRefused`` for a document that no recent completed run of the template made, or
    one whose pictures cannot be copied; nothing is changed then.
    """
    document = candidates(entry).filter(pk=document_id).first()
    if document is None:
        raise SampleRefused(
            f"No recent completed run of {entry.template} made document {document_id}. "
            "Choose one of the list, or run the template first."
        )
    rows = document.attachments.select_related("image").order_by("-is_primary", "attachment_order")
    images = [_copied(entry, row) for row in rows[:MAX_IMAGES]]
    sample = {
        "title": document.title,
        "excerpt": excerpt(document.body),
        "body": _cut(document.body),
        "images": images,
        "note": _note(document),
    }
    with transaction.atomic():
        locked = GalleryEntry.objects.select_for_update().get(pk=entry.pk)
        before = pictures.names(locked)
        locked.sample = sample
        locked.save(update_fields=["sample", "updated_at"])
        pictures.forget(locked.pk, before - pictures.names(locked))


def _note(document: Document) -> str:
    """Which agents made it how fast, and whether somebody changed it since."""
    made = document.versions.filter(source__execution__isnull=False)
    run = WorkflowExecution.objects.get(pk=made.order_by("number")[0].source["execution"])
    agents = AgentJob.objects.filter(node_run__execution=run, status=AgentStatus.COMPLETED)
    models = sorted(set(agents.exclude(model="").values_list("model", flat=True)))
    count, seconds = agents.count(), round(run.active_seconds or 0)
    told = f"Made by a run of this template: {count} agent{pluralize(count)} in {seconds} s"
    told += f", with {' and '.join(models)}." if models else "."
    edited = document.version > made.aggregate(last=Max("number"))["last"]
    return textwrap.shorten(told + " Edited by hand." * edited, MAX_NOTE, placeholder="…")


def _copied(entry: GalleryEntry, row: DocumentAttachment) -> dict[str, Any]:
    try:
        kept = pictures.keep_sample(entry, open_image(row.image))
    except (FileNotFoundError, UploadRejected) as error:
        raise SampleRefused(
            f"Image {row.image_id} of the document cannot be copied: {error}"
        ) from error
    return {
        "alt_text": row.alt_text or row.image.alt_text or f"Image {row.attachment_order}",
        "width": kept.width,
        "height": kept.height,
        "picture": kept.name,
    }


def excerpt(body: str) -> str:
    """The first prose of a Markdown text, as plain words for a card. Pure."""
    for block in body.split("\n\n"):
        text = block.strip()
        if text and not _NO_PROSE.match(text):
            plain = _LINK.sub(r"\1", text).replace("*", "").replace("_", "").replace("`", "")
            return textwrap.shorten(plain, MAX_EXCERPT, placeholder="…")
    return ""


def _cut(body: str) -> str:
    """The text within the bound, ending where a paragraph ends."""
    if len(body) <= MAX_BODY:
        return body
    return body[:MAX_BODY].rpartition("\n\n")[0] or body[:MAX_BODY]
