"""The command palette: jump to a page, a thing of the workspace or an action by a few letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse

from documents.selectors.documents import live_documents
from documents.views.frame import render_either
from templates_gallery.cards import entries_for
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.access import Access, Action
from workspaces.models import Project, User
from workspaces.pages import PageRequest, page

MOST = 5
"""Of each kind of thing."""
LONGEST = 100
"""Characters of a search that are looked at."""
_PAGES = (
    ("Home", "house", "workflows:home"),
    ("Templates", "layout-template", "gallery:list"),
    ("Workflows", "workflow", "workflows:list"),
    ("Runs", "activity", "workflows:runs"),
    ("Reviews", "user-check", "workflows:reviews"),
    ("Documents", "file-text", "documents:list"),
    ("Image library", "images", "documents:library"),
    ("Projects", "folder", "workspaces:projects"),
    ("Settings: members", "users", "workspaces:members"),
    ("Settings: providers and models", "wand-sparkles", "workflows:providers"),
    ("Settings: limits", "sliders-horizontal", "workspaces:limits"),
    ("Settings: API tokens", "key-round", "workspaces:tokens"),
    ("Settings: profile", "user-round", "workspaces:profile"),
)
_ACTIONS = (
    ("Start a run from a template", "play", "gallery:list", Action.RUN),
    ("New document", "plus", "documents:new", Action.EDIT),
    ("Import a workflow", "upload", "workflows:import", Action.EDIT),
    ("Invite somebody", "mail", "workspaces:members", Action.ADMIN),
    ("Add a provider", "wand-sparkles", "workflows:provider-new", Action.ADMIN),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette."""

    label: str
    icon: str
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one kind."""

    label: str
    hits: list[Hit]


@page(Action.VIEW)
def palette(request: PageRequest) -> HttpResponse:
    """What fits ``q``; pages and actions while nothing is asked for."""
    query = " ".join(request.GET.get("q", "").replace("\0", "")[:LONGEST].split())
    groups = [group for group in _groups(request.access, request.user, query) if group.hits]
    context = {"groups": groups, "query": query, "here": ""}
    return render_either(request, "gallery/palette.html", "gallery/_palette.html", context)


def _groups(access: Access, user: User, query: str) -> Iterator[Group]:
    slug = access.workspace.slug
    words = query.lower()
    yield Group(
        "Pages",
        [
            Hit(label, icon, reverse(name, args=[slug]))
            for label, icon, name in _PAGES
            if words in label.lower()
        ],
    )
    yield Group(
        "Actions",
        [
            Hit(label, icon, reverse(name, args=[slug]))
            for label, icon, name, action in _ACTIONS
            if access.can(action) and words in label.lower()
        ],
    )
    if query:
        yield from _things(access, user, query)


def _things(access: Access, user: User, query: str) -> Iterator[Group]:
    """What the workspace holds, one query a kind."""
    workspace, slug = access.workspace, access.workspace.slug
    workflows = WorkflowTemplate.objects.filter(workspace=workspace, archived_at=None)
    named = workflows.filter(name__icontains=query).order_by("-updated_at")
    yield Group(
        "Workflows",
        [
            Hit(name, "workflow", reverse("workflows:workflow", args=[slug, pk]))
            for pk, name in named.values_list("pk", "name")[:MOST]
        ],
    )
    yield Group(
        "Runs",
        [
            Hit(run.title, "activity", reverse("workflows:run", args=[slug, run.pk]), f"#{run.pk}")
            for run in _runs(access, query).only("pk", "title").order_by("-pk")[:MOST]
        ],
    )
    titled = live_documents(workspace).filter(title__icontains=query).order_by("-updated_at")
    yield Group(
        "Documents",
        [
            Hit(title, "file-text", reverse("documents:detail", args=[slug, pk]))
            for pk, title in titled.values_list("pk", "title")[:MOST]
        ],
    )
    yield Group("Templates", _templates(user, slug, query))
    projects = Project.objects.filter(workspace=workspace, name__icontains=query)
    yield Group(
        "Projects",
        [
            Hit(name, "folder", reverse("workflows:project", args=[slug, pk]))
            for pk, name in projects.values_list("pk", "name")[:MOST]
        ],
    )


def _runs(access: Access, query: str) -> QuerySet[WorkflowExecution]:
    """By title, or by number as it is written everywhere: 128 or #128."""
    wanted = Q(title__icontains=query)
    number = query.removeprefix("#")
    if number.isascii() and number.isdecimal() and len(number) <= 18:
        wanted |= Q(pk=int(number))
    return WorkflowExecution.objects.filter(wanted, workspace=access.workspace)


def _templates(user: User, slug: str, query: str) -> list[Hit]:
    found = entries_for(user).filter(title__icontains=query).order_by("order", "pk")
    return [
        Hit(title, "layout-template", reverse("gallery:template", args=[slug, template]))
        for template, title in found.values_list("template__slug", "title")[:MOST]
    ]
