"""Where curators arrange the gallery."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db.models import Count, JSONField, QuerySet
from django.http import HttpRequest

from templates_gallery.models import Category, GalleryEntry
from workflows.admin.outline import outline
from workflows.models import WorkflowTemplate
from workflows.versions import graph_of
from workspaces.admin_tools import NOTHING, IndentedJSONField, change_link, preformatted


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """Shelves, in order."""

    list_display = ("name", "slug", "order", "entries")
    list_editable = ("order",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Count the entries in the same query."""
        return super().get_queryset(request).annotate(entries_n=Count("entries"))

    @admin.display(ordering="entries_n")
    def entries(self, row: Category) -> int:
        """How many templates stand on it."""
        return int(row.entries_n)  # type: ignore[attr-defined]


class GalleryEntryForm(forms.ModelForm[GalleryEntry]):
    """An entry for a template that everybody may see."""

    class Meta:
        model = GalleryEntry
        fields = (
            "template",
            "category",
            "title",
            "summary",
            "channels",
            "sample",
            "sample_inputs",
            "published",
            "featured",
            "order",
        )

    def clean_template(self) -> WorkflowTemplate:
        """The template. Refuses a workspace's own: the gallery is seen by every workspace."""
        template: WorkflowTemplate = self.cleaned_data["template"]
        if template.workspace_id is not None:
            raise forms.ValidationError("Only a global template can stand in the gallery.")
        return template


@admin.register(GalleryEntry)
class GalleryEntryAdmin(admin.ModelAdmin[GalleryEntry]):
    """Entries: publish, feature, order and describe."""

    form = GalleryEntryForm
    list_display = ("title", "workflow", "category", "published", "featured", "order", "updated_at")
    list_editable = ("published", "featured", "order")
    list_filter = ("category", "published", "featured")
    list_select_related = ("template", "category")
    search_fields = ("title", "summary", "template__name", "template__slug")
    autocomplete_fields = ("template", "category")
    formfield_overrides = {JSONField: {"form_class": IndentedJSONField}}
    readonly_fields = ("preview", "updated_at")
    fieldsets = (
        (None, {"fields": ("template", "category", "title", "summary", "channels")}),
        ("On the shelf", {"fields": (("published", "featured"), "order", "updated_at")}),
        ("Peek", {"fields": ("sample", "sample_inputs")}),
        ("Graph", {"fields": ("preview",)}),
    )

    @admin.display(description="template", ordering="template__name")
    def workflow(self, row: GalleryEntry) -> str:
        """The template, with a link."""
        return change_link(row.template)

    @admin.display(description="preview")
    def preview(self, row: GalleryEntry) -> str:
        """What the template does, step by step."""
        version_id = row.template.current_version_id if row.pk else None
        return preformatted(outline(graph_of(version_id))) if version_id else NOTHING
