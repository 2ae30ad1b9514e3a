"""Pages beside an entry's own: import, export, and a finished run as sample."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from templates_gallery.admin_forms import ImportForm
from templates_gallery.bundle import File, export_entry
from templates_gallery.duplicate import duplicate
from templates_gallery.importing import Imported, import_entry, read_json
from templates_gallery.models import GalleryEntry
from templates_gallery.take_sample import SampleRefused, candidates, take_sample
from workflows.interchange import ImportRefused
from workspaces.models import Workspace

FOLDER = "admin/templates_gallery/galleryentry"
_SHOWN = 30
_NUMBER = 18
"""Digits of the longest id."""


def attachment(file: File) -> HttpResponse:
    """A file that the browser saves."""
    return HttpResponse(
        file.data,
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


class EntryPages(admin.ModelAdmin[GalleryEntry]):
    """Adds the pages to the admin of entries."""

    def get_urls(self) -> list[URLPattern]:
        """Import above the list; export and sample below an entry."""
        guard, name = self.admin_site.admin_view, "templates_gallery_galleryentry"
        return [
            path("import/", guard(self.import_page), name=f"{name}_import"),
            path("<int:entry_id>/export/", guard(self.export_page), name=f"{name}_export"),
            path("<int:entry_id>/duplicate/", guard(self.duplicate_page), name=f"{name}_duplicate"),
            path("<int:entry_id>/preview/", guard(self.preview_page), name=f"{name}_preview"),
            path("<int:entry_id>/sample/", guard(self.sample_page), name=f"{name}_sample"),
            *super().get_urls(),
        ]

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """Check what is sent and show what it would change; write it once that is confirmed."""
        if not self.may_import(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        imported: Imported | None = None
        if request.method == "POST" and form.is_valid():
            confirmed = "confirm" in request.POST
            imported = self._imported(request, form, dry_run=not confirmed)
            if imported is not None and confirmed:
                return self._told(request, imported)
            if imported is not None:
                form = ImportForm(initial=form.cleaned_data)
        context = {"title": "Import a template", "form": form, "imported": imported}
        status = 422 if request.method == "POST" and imported is None else 200
        return self._page(request, "import.html", context, status=status)

    def may_import(self, request: HttpRequest) -> bool:
        """An import writes an entry and a template for all workspaces."""
        return self.has_add_permission(request) and request.user.has_perms(
            ["workflows.add_workflowtemplate", "workflows.change_workflowtemplate"]
        )

    def _imported(
        self, request: HttpRequest, form: ImportForm, *, dry_run: bool
    ) -> Imported | None:
        author = request.user if request.user.is_authenticated else None
        values = form.cleaned_data
        try:
            data = read_json(values["text"])
            return import_entry(data, update=values["update"], author=author, dry_run=dry_run)
        except ImportRefused as error:
            for issue in error.errors:
                form.add_error(None, issue.message)
            return None

    def _told(self, request: HttpRequest, imported: Imported) -> HttpResponse:
        entry = imported.entry
        self.log_change(request, entry, f"Imported {imported.slug}, version {imported.version}.")
        text = f"Imported {imported.slug}, version {imported.version}."
        if not entry.published:
            text += " It is not published yet."
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:templates_gallery_galleryentry_change", entry.pk)

    def export_page(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """The entry as a file."""
        entry = self._entry(request, entry_id)
        if not self.has_view_permission(request, entry):
            raise PermissionDenied
        try:
            return attachment(export_entry(entry))
        except ValueError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:templates_gallery_galleryentry_change", entry.pk)

    def sample_page(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Documents that runs of the template made; one of them becomes the sample."""
        entry = self._entry(request, entry_id)
        if not self.may_take_sample(request, entry):
            raise PermissionDenied
        if request.method == "POST":
            number = request.POST.get("document", "").strip()
            if self._taken(request, entry, number):
                return redirect("admin:templates_gallery_galleryentry_change", entry.pk)
        documents = candidates(entry).prefetch_related("attachments")[:_SHOWN]
        context = {
            "title": "Use a finished run as sample",
            "original": entry,
            "documents": documents,
        }
        status = 422 if request.method == "POST" else 200
        return self._page(request, "sample.html", context, status=status)

    def duplicate_page(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """A POST makes a copy and opens it."""
        entry = self._entry(request, entry_id)
        if not self.has_add_permission(request):
            raise PermissionDenied
        copy = self.duplicated(request, entry) if request.method == "POST" else None
        return redirect("admin:templates_gallery_galleryentry_change", (copy or entry).pk)

    def duplicated(self, request: HttpRequest, entry: GalleryEntry) -> GalleryEntry | None:
        """The copy, which is told of; None when there is nothing to copy, which is told too."""
        author = request.user if request.user.is_authenticated else None
        try:
            copy = duplicate(entry, author=author)
        except ValueError as error:
            self.message_user(request, str(error), messages.ERROR)
            return None
        self.log_addition(request, copy, f"Copied from {entry}.")
        self.message_user(request, f"{copy} is not published yet.", messages.SUCCESS)
        return copy

    def preview_page(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """The entry as people see it, in a workspace of whoever looks, published or not."""
        entry = self._entry(request, entry_id)
        room = Workspace.objects.filter(memberships__user=request.user.pk).first()
        template = entry.template
        is_shown = template.current_version_id is not None and template.archived_at is None
        if room is not None and is_shown:
            return redirect("gallery:template", room.slug, template.slug)
        why = "Its template has no version, or is archived."
        if room is None:
            why = "Templates are seen inside a workspace, and you are a member of none."
        self.message_user(request, why, messages.WARNING)
        return redirect("admin:templates_gallery_galleryentry_change", entry.pk)

    def may_take_sample(self, request: HttpRequest, entry: GalleryEntry) -> bool:
        """What is taken was a workspace's own: whoever takes it may read its documents."""
        return self.has_change_permission(request, entry) and request.user.has_perm(
            "documents.view_document"
        )

    def _taken(self, request: HttpRequest, entry: GalleryEntry, number: str) -> bool:
        try:
            if not number.isdecimal() or len(number) > _NUMBER:
                raise SampleRefused("Document: give the number of a document.")
            take_sample(entry, int(number))
        except SampleRefused as error:
            self.message_user(request, str(error), messages.ERROR)
            return False
        self.log_change(request, entry, f"Took document {number} as sample.")
        self.message_user(request, "The sample was taken over.", messages.SUCCESS)
        return True

    def _entry(self, request: HttpRequest, entry_id: int) -> GalleryEntry:
        entry = self.get_object(request, str(entry_id))
        if entry is None:
            raise Http404("There is no such entry.")
        return entry

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], *, status: int
    ) -> HttpResponse:
        about = {
            "opts": self.opts,
            "list_url": reverse("admin:templates_gallery_galleryentry_changelist"),
        }
        full = {**self.admin_site.each_context(request), **about, **context}
        return TemplateResponse(request, f"{FOLDER}/{name}", full, status=status)
