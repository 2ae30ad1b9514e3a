"""People, workspaces and projects in the admin, and the name of the site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce
from django.forms import Textarea
from django.http import HttpRequest

from workspaces import (  # noqa: F401 - they register their own
    admin_accounts,
    admin_notices,
    admin_tokens,
    admin_webhooks,
)
from workspaces.admin_forms import UserAddForm, UserEditForm, WorkspaceForm
from workspaces.admin_tools import change_link
from workspaces.models import Membership, Project, User, Workspace

admin.site.site_header = "Copyloom"
admin.site.site_title = "Copyloom admin"
admin.site.index_title = "Administration"
admin.site.enable_nav_sidebar = False  # lists need the width more


def _count_of(model: type[Model]) -> Coalesce:
    rows = model._default_manager.filter(workspace=OuterRef("pk")).order_by()
    counted = rows.values("workspace").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class _MembershipInline(admin.TabularInline[Membership, Any]):
    """Memberships that exist: the role can change, the person cannot."""

    model = Membership
    extra = 0
    classes = ("cl-plain",)
    verbose_name_plural = "members"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The table below adds."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """Load both ends with the rows."""
        return super().get_queryset(request).select_related("user", "workspace")


class _NewMembershipInline(admin.TabularInline[Membership, Any]):
    """Memberships to add: a table of its own, so that existing rows need no search boxes."""

    model = Membership
    extra = 0
    verbose_name = "new membership"
    verbose_name_plural = "new memberships"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The table above shows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The table above changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The table above deletes."""
        return False


class MembersInline(_MembershipInline):
    """Who belongs to the workspace."""

    fields = ("person", "role", "created_at")
    readonly_fields = ("person", "created_at")

    @admin.display(description="person")
    def person(self, row: Membership) -> str:
        """The person, with a link."""
        return change_link(row.user, f"{row.user.name} <{row.user.email}>".strip())


class NewMembersInline(_NewMembershipInline):
    """People to add to the workspace."""

    fields = ("user", "role")
    autocomplete_fields = ("user",)


class RoomsInline(_MembershipInline):
    """Which workspaces a person belongs to."""

    fields = ("room", "role", "created_at")
    readonly_fields = ("room", "created_at")
    verbose_name_plural = "memberships"

    @admin.display(description="workspace")
    def room(self, row: Membership) -> str:
        """The workspace, with a link."""
        return change_link(row.workspace)


class NewRoomsInline(_NewMembershipInline):
    """Workspaces to add the person to."""

    fields = ("workspace", "role")
    autocomplete_fields = ("workspace",)


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    """People, known by e-mail address. Rights over staff are a superuser's to give."""

    show_full_result_count = False
    form = UserEditForm
    add_form = UserAddForm
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (
            "Admin site",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "usable_password", "password1", "password2"),
            },
        ),
    )
    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login")
    search_fields = ("email", "name")
    ordering = ("email",)
    inlines = (RoomsInline, NewRoomsInline)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        """Memberships come once the person exists."""
        return super().get_inlines(request, obj) if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only a superuser gives rights in the admin site."""
        dates = ("last_login", "date_joined")
        if _is_superuser(request):
            return dates
        return (*dates, "is_staff", "is_superuser", "groups", "user_permissions")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff accounts, and their passwords, are for superusers to change."""
        return _may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff accounts are for superusers to delete."""
        return _may_touch(request, obj) and super().has_delete_permission(request, obj)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    if user is None or _is_superuser(request):
        return True
    return not (user.is_staff or user.is_superuser)


class ProjectInline(admin.TabularInline[Project, Workspace]):
    """The workspace's projects."""

    model = Project
    extra = 0
    fields = ("name", "description")
    show_change_link = True
    formfield_overrides = {TextField: {"widget": Textarea(attrs={"rows": 2})}}


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin[Workspace]):
    """Workspaces with their members, limits and projects."""

    form = WorkspaceForm
    list_display = ("name", "slug", "members", "projects", "created_at")
    show_full_result_count = False
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("created_at",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "created_at")}),
        (
            "Limits",
            {
                "fields": tuple(settings.WORKSPACE_LIMITS),
                "description": "An empty field means the default, shown in grey.",
            },
        ),
    )
    inlines = (MembersInline, NewMembersInline, ProjectInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        """Count members and projects in the same query."""
        found = super().get_queryset(request)
        return found.annotate(members_n=_count_of(Membership), projects_n=_count_of(Project))

    @admin.display(ordering="members_n")
    def members(self, row: Workspace) -> int:
        """How many people belong to it."""
        return int(row.members_n)  # type: ignore[attr-defined]  # annotated in get_queryset

    @admin.display(ordering="projects_n")
    def projects(self, row: Workspace) -> int:
        """How many projects it has."""
        return int(row.projects_n)  # type: ignore[attr-defined]  # annotated in get_queryset


@admin.register(Project)
class ProjectAdmin(admin.ModelAdmin[Project]):
    """Projects; a project never leaves its workspace."""

    list_display = ("name", "workspace", "created_at")
    show_full_result_count = False
    list_filter = ("workspace", "created_at")
    list_select_related = ("workspace",)
    search_fields = ("name", "workspace__name")
    autocomplete_fields = ("workspace",)
    fields = ("workspace", "name", "description", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> Any:
        """The workspace is chosen once."""
        return ("workspace", "created_at") if obj else ("created_at",)
