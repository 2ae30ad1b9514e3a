"""Where curators arrange the gallery."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, Count, JSONField, QuerySet, Value, When
from django.db.models.fields import BooleanField
from django.db.models.functions import Now
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join

from documents.export import render_markdown
from templates_gallery import pictures
from templates_gallery.admin_filters import HasCover, HasSample
from templates_gallery.admin_forms import EntryRowForm, GalleryEntryForm, shelf_choices
from templates_gallery.admin_pages import EntryPages, attachment
from templates_gallery.bundle import export_entries
from templates_gallery.models import Category, GalleryEntry
from workflows.admin.outline import outline
from workflows.versions import graph_of
from workspaces.admin_tools import NOTHING, IndentedJSONField, change_link, preformatted


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin[Category]):
    """Shelves, in order."""

    list_display = ("name", "slug", "order", "entries")
    list_editable = ("order",)
    search_fields = ("name", "slug")
    show_full_result_count = False
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Count the entries in the same query."""
        return super().get_queryset(request).annotate(entries_n=Count("entries"))

    @admin.display(ordering="entries_n")
    def entries(self, row: Category) -> int:
        """How many templates stand on it."""
        return int(row.entries_n)  # type: ignore[attr-defined]  # annotated by the list


@admin.register(GalleryEntry)
class GalleryEntryAdmin(EntryPages):
    """Entries: publish, feature, order, describe, import and export."""

    form = GalleryEntryForm
    list_display = (
        "thumbnail",
        "title",
        "workflow",
        "category",
        "published",
        "featured",
        "order",
        "sampled",
        "updated_at",
    )
    list_display_links = ("title",)
    list_editable = ("category", "published", "featured", "order")
    list_filter = (
        "category",
        "published",
        "featured",
        HasSample,
        HasCover,
    )
    list_select_related = ("template", "category")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("title", "summary", "template__name", "template__slug")
    search_help_text = "Title, summary, or the template's name or slug."
    actions = ("publish", "unpublish", "feature", "unfeature", "duplicate", "export_selected")
    autocomplete_fields = ("template", "category")
    formfield_overrides = {JSONField: {"form_class": IndentedJSONField}}
    readonly_fields = ("cover_now", "sample_now", "preview", "updated_at")
    fieldsets = (
        (None, {"fields": ("template", "category", "title", "summary", "channels")}),
        ("On the shelf", {"fields": (("published", "featured"), "order", "updated_at")}),
        ("Cover", {"fields": ("cover_now", "cover_file", "remove_cover")}),
        (
            "Sample",
            {
                "fields": (
                    "sample_title",
                    "sample_excerpt",
                    "sample_body",
                    "sample_alt_texts",
                    "sample_note",
                    "sample_now",
                )
            },
        ),
        ("Sample answers", {"fields": ("sample_inputs",), "classes": ("collapse",)}),
        ("Graph", {"fields": ("preview",), "classes": ("collapse",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[GalleryEntry]:
        """In the list: whether there is a sample, and none of the heavy columns."""
        found: QuerySet[GalleryEntry] = super().get_queryset(request)
        match = request.resolver_match
        if match is None or not (match.url_name or "").endswith("_changelist"):
            return found
        found = found.defer("sample", "sample_inputs", "seeded", "template__draft")
        no, yes = When(sample={}, then=Value(False)), Value(True)
        return found.annotate(has_sample=Case(no, default=yes, output_field=BooleanField()))

    def get_changelist_form(
        self, request: HttpRequest, **kwargs: Any
    ) -> type[ModelForm[GalleryEntry]]:
        """Rows that share one list of categories."""
        rows = type("Row", (EntryRowForm,), {"shelves": shelf_choices()})
        return super().get_changelist_form(request, **{**kwargs, "form": rows})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with its button for those who may import."""
        extra = {**(extra_context or {}), "may_import": self.may_import(request)}
        return super().changelist_view(request, extra)

    def save_model(
        self,
        request: HttpRequest,
        obj: GalleryEntry,
        form: ModelForm[GalleryEntry],
        change: bool,
    ) -> None:
        """Save the row, then its cover, which is stored under the row's id."""
        before = pictures.names(GalleryEntry.objects.get(pk=obj.pk)) if change else set()
        super().save_model(request, obj, form, change)
        values = form.cleaned_data
        if cover := values.get("cover_file"):
            obj.cover = pictures.keep_cover(obj, cover)
        elif values.get("remove_cover"):
            obj.cover = ""
        obj.save(update_fields=["cover"])
        pictures.forget(obj.pk, before - pictures.names(obj))

    @admin.display(description="template", ordering="template__name")
    def workflow(self, row: GalleryEntry) -> str:
        """The template, with a link."""
        return change_link(row.template)

    @admin.display(description="cover")
    def thumbnail(self, row: GalleryEntry) -> str:
        """The cover, small."""
        return _picture(row.cover_url, "", 45) if row.cover else NOTHING

    @admin.display(description="sample", boolean=True, ordering="has_sample")
    def sampled(self, row: GalleryEntry) -> bool:
        """Whether there is a sample."""
        return bool(row.has_sample)  # type: ignore[attr-defined]  # annotated by the list

    @admin.display(description="cover now")
    def cover_now(self, row: GalleryEntry) -> str:
        """The cover as it is."""
        return _picture(row.cover_url, "", 180) if row.pk and row.cover else "The drawn graph."

    @admin.display(description="as it is shown")
    def sample_now(self, row: GalleryEntry) -> str:
        """The sample as the template's page shows it, in a frame that may run and load nothing."""
        if not row.pk or not isinstance(row.sample, dict) or not row.sample:
            return "There is no sample."
        shown = format_html_join(
            "",
            '<img src="{}" alt="{}" height="120" loading="lazy">',
            ((one["url"], one["alt_text"]) for one in row.sample_images),
        )
        return format_html(
            '<div class="cl-pictures">{}</div><iframe sandbox title="Sample" srcdoc="{}" '
            'class="cl-frame"></iframe>',
            shown,
            render_markdown(str(row.sample.get("body", ""))),
        )

    @admin.display(description="preview")
    def preview(self, row: GalleryEntry) -> str:
        """What the template does, step by step."""
        version_id = row.template.current_version_id if row.pk else None
        return preformatted(outline(graph_of(version_id))) if version_id else NOTHING

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[GalleryEntry]) -> None:
        """Show them to everybody."""
        self._set(request, queryset, "Published", published=True)

    @admin.action(description="Take off the shelf (unpublish)", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[GalleryEntry]) -> None:
        """Hide them."""
        self._set(request, queryset, "Taken off the shelf", published=False)

    @admin.action(description="Feature as staff picks", permissions=["change"])
    def feature(self, request: HttpRequest, queryset: QuerySet[GalleryEntry]) -> None:
        """Mark them as staff picks."""
        self._set(request, queryset, "Featured", featured=True)

    @admin.action(description="Feature no longer", permissions=["change"])
    def unfeature(self, request: HttpRequest, queryset: QuerySet[GalleryEntry]) -> None:
        """Take the mark away."""
        self._set(request, queryset, "No longer featured", featured=False)

    @admin.action(description="Duplicate, unpublished", permissions=["add"])
    def duplicate(self, request: HttpRequest, queryset: QuerySet[GalleryEntry]) -> None:
        """Make a copy of each, to be changed before it is shown."""
        rows = GalleryEntry.objects.filter(pk__in=queryset.values("pk"))
        for row in rows.select_related("template__current_version", "category"):
            self.duplicated(request, row)

    @admin.action(description="Export: JSON for one, ZIP for several", permissions=["view"])
    def export_selected(
        self, request: HttpRequest, queryset: QuerySet[GalleryEntry]
    ) -> HttpResponse | None:
        """Send them as files."""
        try:
            full = GalleryEntry.objects.filter(pk__in=queryset.values("pk"))
            return attachment(
                export_entries(list(full.select_related("template__current_version")))
            )
        except ValueError as error:
            self.message_user(request, str(error), messages.ERROR)
            return None

    def _set(
        self, request: HttpRequest, queryset: QuerySet[GalleryEntry], told: str, **values: bool
    ) -> None:
        wanted = GalleryEntry.objects.filter(pk__in=queryset.values("pk"))
        count = wanted.exclude(**values).update(**values, updated_at=Now())
        self.message_user(request, f"{told}: {count}.", messages.SUCCESS)


def _picture(url: str, alt: str, height: int) -> str:
    return format_html('<img src="{}" alt="{}" height="{}" loading="lazy">', url, alt, height)
