"""Pictures from people's machines."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect

from documents.attach import AttachItem, attach_images
from documents.errors import TooManyImages
from documents.images import add_upload
from documents.inspect import MAX_IMAGE_BYTES, display_name
from documents.models import Document, Image
from documents.uploads import UploadRejected
from documents.views import undo
from documents.views.attachments import counted
from documents.views.frame import find_document
from workspaces.access import Action
from workspaces.models import User, Workspace
from workspaces.pages import PageRequest, page


@dataclass(slots=True)
class Uploaded:
    """What became of some files."""

    added: list[tuple[str, Image]] = field(default_factory=list)
    """(file name, image) each."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(file name, why) each."""
    is_full: bool = False
    """Whether a file was refused for want of room alone."""

    @property
    def status(self) -> int:
        """201 when something came in, else 409 for want of room, else 422."""
        if self.added:
            return 201
        return 409 if self.is_full else 422


@page(Action.EDIT, "POST")
def upload_to_document(request: PageRequest, document_id: int) -> HttpResponseBase:
    """Store pictures and attach them; those that do not fit are named and change nothing."""
    document = find_document(request, document_id)
    limit = document.workspace.limits.max_images_per_document
    room = limit - document.attachments.count()
    done = Uploaded()
    for file in request.FILES.getlist("files"):
        if len(done.added) < room:
            _store(document.workspace, file, request.user, done)
        else:
            done.is_full = True
            done.refused.append((display_name(file.name or ""), _full(limit)))
    _attach(document, done)
    if done.added:
        undo.forget(request)
    return _answer(request, done, "documents:detail", request.access.workspace.slug, document.pk)


@page(Action.EDIT, "POST")
def upload_to_library(request: PageRequest) -> HttpResponseBase:
    """Store pictures for later."""
    workspace = request.access.workspace
    done = Uploaded()
    for file in request.FILES.getlist("files"):
        _store(workspace, file, request.user, done)
    return _answer(request, done, "documents:library", workspace.slug)


def _store(workspace: Workspace, file: UploadedFile[bytes], user: User, done: Uploaded) -> None:
    name = display_name(file.name or "")
    # One byte more than is allowed shows that a file is too large, however large it is.
    data = file.read(MAX_IMAGE_BYTES + 1)
    try:
        image = add_upload(workspace=workspace, data=data, created_by=user)
    except UploadRejected as error:
        done.refused.append((name, error.message))
    else:
        done.added.append((name, image))


def _attach(document: Document, done: Uploaded) -> None:
    """Attach what came in; if others took the room meanwhile, it stays in the library."""
    try:
        attach_images(document=document, images=[AttachItem(image.pk) for _, image in done.added])
    except TooManyImages as error:
        why = f"{_full(error.limit)} It is in the image library now."
        done.refused += [(name, why) for name, _ in done.added]
        done.added, done.is_full = [], True


def _full(limit: int) -> str:
    return f"The document has {limit} images, and may have no more. Detach one first."


def _answer(request: PageRequest, done: Uploaded, *target: str | int) -> HttpResponseBase:
    """JSON for the page's script, which sends one file a call; else back to the page."""
    if not done.added and not done.refused:
        done.refused.append(("", "Choose at least one image."))
    if request.accepts("text/html"):
        return _page_answer(request, done, *target)
    errors = [{"name": name, "message": message} for name, message in done.refused]
    added = [image.pk for _, image in done.added]
    return JsonResponse({"added": added, "errors": errors}, status=done.status)


def _page_answer(request: PageRequest, done: Uploaded, *target: str | int) -> HttpResponse:
    for name, message in done.refused:
        messages.error(request, f"{name}: {message}" if name else message)
    if done.added:
        messages.success(request, f"{counted(len(done.added))} added.")
    return redirect(str(target[0]), *target[1:])
