"""The images of a document: put them in order, describe them, take them off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from documents import attach as verbs
from documents.errors import AttachmentError, NotAttached
from documents.models import Document, DocumentAttachment
from documents.selectors.paging import is_id
from documents.views import undo
from documents.views.forms import TextsForm
from documents.views.frame import find_document, images_context
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.VIEW)
def images(request: PageRequest, document_id: int) -> HttpResponse:
    """The images as they are now; opened as a page, it is the document's."""
    document = find_document(request, document_id)
    if not request.htmx:
        return redirect("documents:detail", request.access.workspace.slug, document.pk)
    return _answer(request, document)


@page(Action.EDIT, "POST")
def attach(request: PageRequest, document_id: int) -> HttpResponse:
    """Attach images of the workspace."""
    document = find_document(request, document_id)
    image_ids = ids(request.POST.getlist("image_ids"))
    if not image_ids:
        return _answer(request, document, problem="Choose at least one image.", status=422)
    items = [verbs.AttachItem(image_id) for image_id in image_ids]
    try:
        rows = verbs.attach_images(document=document, images=items)
    except AttachmentError as error:
        return _refused(request, document, error)
    undo.forget(request)
    return _answer(request, document, said=f"{counted(len(rows))} attached.")


@page(Action.EDIT, "POST")
def order(request: PageRequest, document_id: int) -> HttpResponse:
    """Put the images into the order in which the call names them; ``moved`` is announced."""
    document = find_document(request, document_id)
    image_ids = ids(request.POST.getlist("image_ids"))
    try:
        verbs.reorder(document, image_ids)
    except AttachmentError as error:
        return _refused(request, document, error)
    undo.forget(request)
    moved = ids([request.POST.get("moved", "")])
    said = _moved(image_ids, moved[0]) if moved and moved[0] in image_ids else "Order saved."
    return _answer(request, document, said=said)


@page(Action.EDIT, "POST")
def move(request: PageRequest, document_id: int, image_id: int) -> HttpResponse:
    """Move an image up or down by one place."""
    document = find_document(request, document_id)
    image_ids = list(document.attachments.values_list("image_id", flat=True))
    if image_id not in image_ids:
        return _refused(request, document, NotAttached(image_id))
    at = image_ids.index(image_id)
    to = at + (-1 if request.POST.get("to") == "up" else 1)
    if 0 <= to < len(image_ids):
        image_ids[at], image_ids[to] = image_ids[to], image_ids[at]
    try:
        verbs.reorder(document, image_ids)
    except AttachmentError as error:
        return _refused(request, document, error)
    undo.forget(request)
    return _answer(request, document, said=_moved(image_ids, image_id))


@page(Action.EDIT, "POST")
def primary(request: PageRequest, document_id: int, image_id: int) -> HttpResponse:
    """Make an image the primary one."""
    document = find_document(request, document_id)
    try:
        verbs.set_primary(document, image_id)
    except AttachmentError as error:
        return _refused(request, document, error)
    undo.forget(request)
    return _answer(request, document, said="This is the primary image now.")


@page(Action.EDIT, "POST")
def texts(request: PageRequest, document_id: int, image_id: int) -> HttpResponse:
    """Change alt text and caption."""
    document = find_document(request, document_id)
    form = TextsForm(request.POST)
    if not form.is_valid():
        return _answer(request, document, status=422, wrong=(image_id, form))
    try:
        verbs.update_attachment(document, image_id, **form.cleaned_data)
    except AttachmentError as error:
        return _refused(request, document, error)
    undo.forget(request)
    return _answer(request, document, said="Alt text and caption saved.")


@page(Action.EDIT, "POST")
def detach(request: PageRequest, document_id: int, image_id: int) -> HttpResponse:
    """Take an image off; it stays in the library, and can be put back at once."""
    document = find_document(request, document_id)
    row = DocumentAttachment.objects.filter(document=document, image=image_id).first()
    if row is None:
        return _refused(request, document, NotAttached(image_id))
    try:
        verbs.detach(document, image_id)
    except AttachmentError as error:
        return _refused(request, document, error)
    undo.remember(request, row)
    return _answer(request, document, said="Image detached. It can be put back with Undo.")


@page(Action.EDIT, "POST")
def put_back(request: PageRequest, document_id: int) -> HttpResponse:
    """Undo: attach the image again that was detached last, in its place."""
    document = find_document(request, document_id)
    detached = undo.recall(request, document)
    if detached is None:
        return _answer(request, document, problem="There is nothing to undo.", status=409)
    try:
        verbs.put_back(
            document,
            detached.item,
            position=detached.position,
            is_primary=detached.is_primary,
        )
    except AttachmentError as error:
        return _refused(request, document, error)
    undo.forget(request)
    return _answer(request, document, said="The image is back in its place.")


def ids(texts: Sequence[str]) -> list[int]:
    """The numbers among the texts, each once."""
    return list(dict.fromkeys(int(text) for text in texts if is_id(text)))


def counted(count: int) -> str:
    """``1 image``, ``2 images``."""
    return "1 image" if count == 1 else f"{count} images"


def _moved(image_ids: Sequence[int], image_id: int) -> str:
    return f"Moved to position {image_ids.index(image_id) + 1} of {len(image_ids)}."


def _refused(request: PageRequest, document: Document, error: AttachmentError) -> HttpResponse:
    return _answer(request, document, problem=f"{error} {error.hint}", status=409)


def _answer(
    request: PageRequest,
    document: Document,
    *,
    said: str = "",
    problem: str = "",
    status: int = 200,
    wrong: tuple[int, TextsForm] | None = None,
) -> HttpResponse:
    """The images as they are now, for HTMX; a browser is sent back to the document."""
    if not request.htmx:
        if wrong:
            problem = _in_words(wrong[1])
        if problem:
            messages.error(request, problem)
        elif said:
            messages.success(request, said)
        return redirect("documents:detail", request.access.workspace.slug, document.pk)
    context: dict[str, Any] = images_context(request, document)
    wrong_id, wrong_form = wrong or (None, None)
    context |= {"said": said, "problem": problem, "wrong_id": wrong_id, "wrong_form": wrong_form}
    return render(request, "documents/_images_answer.html", context, status=status)


def _in_words(form: TextsForm) -> str:
    found = form.errors.get_json_data()
    return " ".join(
        f"{form[name].label}: {error['message']}"
        for name, errors in found.items()
        for error in errors
    )
