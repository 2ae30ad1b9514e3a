"""Naming a workflow anew and putting it away."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workflows import archiving
from workflows.models import WorkflowTemplate
from workflows.templates import update_template
from workflows.views.library.find import find_workflow
from workspaces.access import Action
from workspaces.pages import PageRequest, page


class WorkflowForm(forms.ModelForm[WorkflowTemplate]):
    """What a workflow is called and what it is for."""

    class Meta:
        model = WorkflowTemplate
        fields = ("name", "description")

    description = forms.CharField(
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What it makes and when to use it.",
    )


@page(Action.EDIT, "GET", "POST")
def edit(request: PageRequest, workflow_id: int) -> HttpResponse:
    """Rename and describe."""
    workflow = find_workflow(request.access.workspace, workflow_id)
    form = WorkflowForm(request.POST or None, instance=workflow)
    if form.is_bound and form.is_valid():
        update_template(workflow, fields=form.cleaned_data, graph=None, author=request.user)
        messages.success(request, "Saved.")
        return redirect("workflows:workflow", request.access.workspace.slug, workflow_id)
    context = {"here": "workflows", "workflow": workflow, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "workflows/workflow_edit.html", context, status=status)


@page(Action.EDIT, "POST")
def archive(request: PageRequest, workflow_id: int) -> HttpResponse:
    """Take it out of every list and stop its runs; they stay in theirs."""
    workflow = find_workflow(request.access.workspace, workflow_id)
    stopped = archiving.archive(workflow, user=request.user)
    count = f"{stopped} run{'s' if stopped > 1 else ''} stopped. " if stopped else ""
    messages.success(
        request, f"{workflow.name} is archived. {count}Its runs are still in the list."
    )
    return redirect("workflows:list", request.access.workspace.slug)
