"""Templates for curators; their versions, which never change, for everybody to read."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from workflows.admin.outline import outline
from workflows.models import WorkflowEdge, WorkflowNode, WorkflowTemplate, WorkflowVersion
from workflows.versions import graph_of
from workspaces.admin_tools import (
    NOTHING,
    ReadOnlyAdmin,
    ReadOnlyInline,
    change_link,
    preformatted,
    pretty_json,
)


class VersionsInline(ReadOnlyInline[WorkflowVersion, WorkflowTemplate]):
    """Every saved state, newest first."""

    model = WorkflowVersion
    fk_name = "template"
    fields = ("version", "note", "author", "short_hash", "created_at")
    related = ("author",)
    deferred = ("canvas_notes",)

    @admin.display(description="version")
    def version(self, row: WorkflowVersion) -> str:
        """Its number, with a link."""
        return change_link(row, f"v{row.number}" if row.number else "test of a draft")

    @admin.display(description="content hash")
    def short_hash(self, row: WorkflowVersion) -> str:
        """Enough of the hash to tell two apart."""
        return row.content_hash[:12]


@admin.register(WorkflowTemplate)
class TemplateAdmin(admin.ModelAdmin[WorkflowTemplate]):
    """Workflows: how they are described and filed. Graphs are drawn in the builder."""

    list_display = ("name", "owner", "category", "version", "is_archived", "updated_at")
    list_filter = (
        ("archived_at", admin.EmptyFieldListFilter),
        "category",
        "workspace",
        "updated_at",
    )
    list_select_related = ("workspace", "current_version")
    show_full_result_count = False
    list_per_page = 50
    search_fields = ("name", "slug", "description", "category")
    actions = ("archive", "restore")
    inlines = (VersionsInline,)
    fieldsets = (
        (None, {"fields": ("name", "slug", "owner", "description", "category", "tags")}),
        ("State", {"fields": ("version", "archived_at", "created_by", "created_at", "updated_at")}),
        ("Origin and draft", {"fields": ("origin", "draft_json"), "classes": ("collapse",)}),
    )
    readonly_fields = (
        "slug",
        "owner",
        "version",
        "archived_at",
        "created_by",
        "created_at",
        "updated_at",
        "origin",
        "draft_json",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A template begins with a graph: in the builder, by import or by seeding."""
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,
        obj: WorkflowTemplate | None = None,
    ) -> bool:
        """Runs pin its versions; it is archived instead."""
        return False

    @admin.display(description="workspace", ordering="workspace__name")
    def owner(self, row: WorkflowTemplate) -> str:
        """Whose it is; a global one is everybody's."""
        return change_link(row.workspace) if row.workspace_id else "Global"

    @admin.display(description="current version", ordering="current_version__number")
    def version(self, row: WorkflowTemplate) -> str:
        """The version that a launch pins."""
        version = row.current_version
        return change_link(version, f"v{version.number}") if version else "not saved yet"

    @admin.display(description="archived", boolean=True, ordering="archived_at")
    def is_archived(self, row: WorkflowTemplate) -> bool:
        """Whether it is out of use."""
        return row.archived_at is not None

    @admin.display(description="cloned from")
    def origin(self, row: WorkflowTemplate) -> str:
        """The version that it was copied from."""
        return change_link(row.cloned_from)

    @admin.display(description="draft")
    def draft_json(self, row: WorkflowTemplate) -> str:
        """What the builder has kept and nobody has saved as a version."""
        return pretty_json(row.draft)

    @admin.action(description="Archive: out of use, runs and versions stay", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[WorkflowTemplate]) -> None:
        """Take templates out of use."""
        count = queryset.filter(archived_at=None).update(archived_at=Now(), updated_at=Now())
        self.message_user(request, f"Archived: {count}.", messages.SUCCESS)

    @admin.action(description="Restore from the archive", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[WorkflowTemplate]) -> None:
        """Put templates back into use."""
        found = queryset.exclude(archived_at=None)
        count = found.update(archived_at=None, updated_at=Now())
        self.message_user(request, f"Restored: {count}.", messages.SUCCESS)


class NodesInline(ReadOnlyInline[WorkflowNode, WorkflowVersion]):
    """The steps."""

    model = WorkflowNode
    fields = ("key", "type", "label", "parent", "settings")

    @admin.display(description="config")
    def settings(self, row: WorkflowNode) -> str:
        """The step's config."""
        return pretty_json(row.config)


class EdgesInline(ReadOnlyInline[WorkflowEdge, WorkflowVersion]):
    """The connections."""

    model = WorkflowEdge
    fields = ("source", "source_handle", "target")


@admin.register(WorkflowVersion)
class VersionAdmin(ReadOnlyAdmin[WorkflowVersion]):
    """Immutable versions, reached through their templates."""

    list_display = ("name", "author", "note", "content_hash", "created_at")
    list_filter = ("created_at",)
    list_select_related = ("template", "author")
    search_fields = ("template__name", "note", "content_hash")
    inlines = (NodesInline, EdgesInline)
    deferred = ("canvas_notes", "template__draft")
    fieldsets = (
        (None, {"fields": ("template", "number", "note", "author", "content_hash", "created_at")}),
        ("In words", {"fields": ("steps", "notes")}),
    )

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Leave it off the front page."""
        return {}

    @admin.display(description="version", ordering="template__name")
    def name(self, row: WorkflowVersion) -> str:
        """Template and number."""
        return str(row)

    @admin.display(description="graph")
    def steps(self, row: WorkflowVersion) -> str:
        """What runs after what."""
        return preformatted(outline(graph_of(row.pk))) if row.pk else NOTHING

    @admin.display(description="canvas notes")
    def notes(self, row: WorkflowVersion) -> str:
        """What people wrote beside the steps."""
        return pretty_json(row.canvas_notes)
