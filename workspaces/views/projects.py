"""The projects of the workspace: listed, made, named, removed."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from workspaces.access import Action
from workspaces.models import Project, Workspace
from workspaces.pages import PageRequest, page
from workspaces.projects import NameTaken, create_project, edit_project


class ProjectForm(forms.Form):
    """What a project is called and what it is for."""

    name = forms.CharField(max_length=120)
    description = forms.CharField(
        max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@page(Action.VIEW)
def project_list(request: PageRequest) -> HttpResponse:
    """Every project with how much is in it; one query."""
    rows = Project.objects.filter(workspace=request.access.workspace).annotate(
        documents_n=_number(Count("documents", filter=Q(documents__archived_at=None))),
        runs_n=_number(Count("executions")),
    )
    context = {"here": "projects", "projects": list(rows.order_by("name"))}
    return render(request, "workspaces/project_list.html", context)


def _number(count: Count) -> Subquery:
    """Counted apart: joined with each other, documents and runs would be multiplied."""
    own = Project.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    return Subquery(own.annotate(number=count).values("number"))


@page(Action.EDIT, "GET", "POST")
def new_project(request: PageRequest) -> HttpResponse:
    """Make a project."""
    form = ProjectForm(request.POST or None)
    if form.is_bound and form.is_valid():
        workspace = request.access.workspace
        try:
            made = create_project(workspace=workspace, **form.cleaned_data)
        except NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            messages.success(request, f"{made.name} is ready. Choose it when you launch a run.")
            return redirect("workflows:project", workspace.slug, made.pk)
    return _form_page(request, form, None)


@page(Action.EDIT, "GET", "POST")
def edit(request: PageRequest, project_id: int) -> HttpResponse:
    """Give a project another name or description."""
    workspace = request.access.workspace
    project = find_project(workspace, project_id)
    now = {"name": project.name, "description": project.description}
    form = ProjectForm(request.POST or None, initial=now)
    if form.is_bound and form.is_valid():
        try:
            edit_project(find_project(workspace, project_id), **form.cleaned_data)
        except NameTaken as taken:
            form.add_error("name", str(taken))
        else:
            messages.success(request, "Saved.")
            return redirect("workflows:project", workspace.slug, project_id)
    return _form_page(request, form, project)


@page(Action.EDIT, "POST")
def delete(request: PageRequest, project_id: int) -> HttpResponse:
    """Remove a project; what it grouped stays."""
    project = find_project(request.access.workspace, project_id)
    project.delete()
    messages.success(request, f"{project.name} is removed. Its documents and runs are still here.")
    return redirect("workspaces:projects", request.access.workspace.slug)


def find_project(workspace: Workspace, project_id: int) -> Project:
    """One of the workspace's projects. Raises ``Http404``."""
    found = Project.objects.filter(workspace=workspace, pk=project_id).first()
    if found is None:
        raise Http404("There is no such project.")
    return found


def _form_page(request: PageRequest, form: ProjectForm, project: Project | None) -> HttpResponse:
    context = {"here": "projects", "form": form, "project": project}
    status = 422 if form.is_bound else 200
    return render(request, "workspaces/project_form.html", context, status=status)
