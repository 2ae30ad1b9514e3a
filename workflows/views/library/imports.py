"""Workflows as files: in and out."""

from __future__ import annotations

import json

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from workflows.graph.model import Issue
from workflows.interchange import ImportRefused, import_template, to_export
from workflows.views.library.find import find_workflow
from workspaces.access import Action
from workspaces.pages import PageRequest, page

LARGEST = 2_500_000
"""Bytes; what the API takes as well."""
SHOWN = 50


class ImportForm(forms.Form):
    """A file that was exported here or elsewhere."""

    file = forms.FileField(
        label="Workflow file",
        help_text="JSON, as Export writes it; at most 2.5 MB.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> object:
        """What the file holds. Refuses what is too large or no JSON."""
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise forms.ValidationError("The file is larger than 2.5 MB, so it is no workflow.")
        try:
            return json.loads(upload.read().decode("utf-8"))
        except (ValueError, RecursionError):
            raise forms.ValidationError(
                "This is no JSON file. Choose one that Export has written."
            ) from None


@page(Action.EDIT, "GET", "POST")
def import_page(request: PageRequest) -> HttpResponse:
    """Make a workflow of the workspace from a file; all that is wrong with it is named at once."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    errors: list[Issue] = []
    if form.is_bound and form.is_valid():
        workspace = request.access.workspace
        try:
            made = import_template(
                form.cleaned_data["file"], workspace=workspace, author=request.user
            )
        except ImportRefused as refused:
            errors = refused.errors
        else:
            messages.success(request, f"{made.name} is imported.")
            return redirect("workflows:workflow", workspace.slug, made.pk)
    context = {
        "here": "workflows",
        "form": form,
        "errors": errors[:SHOWN],
        "more": max(0, len(errors) - SHOWN),
    }
    status = 422 if form.is_bound else 200
    return render(request, "workflows/workflow_import.html", context, status=status)


@page(Action.VIEW)
def export(request: PageRequest, workflow_id: int) -> HttpResponse:
    """The current version as a file without ids, people or keys."""
    workflow = find_workflow(request.access.workspace, workflow_id)
    if workflow.current_version is None:
        messages.error(request, "It has not been saved yet, so there is nothing to export.")
        return redirect("workflows:workflow", request.access.workspace.slug, workflow_id)
    answer = JsonResponse(to_export(workflow), json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{workflow.slug}.json"'
    return answer
