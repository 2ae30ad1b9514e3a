"""How much the workspace may do at once; below the site's ceilings, its admins decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces.access import Action
from workspaces.models import Workspace
from workspaces.pages import PageRequest, page, require


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit as people see it."""

    label: str
    help: str
    unit: str = ""
    size: int = 1
    """Stored units in one shown unit."""


LIMITS = {
    "max_concurrent_executions": Limit(
        "Runs at once", "Further ones wait in line. Runs that wait for people do not count."
    ),
    "max_parallel_agents": Limit(
        "Agents of a run at once", "Over all its steps and lanes. Holds for runs launched from now."
    ),
    "execution_time_limit": Limit(
        "Time limit of a run",
        "Minutes of work, without pauses and without waiting for people. Holds for runs launched"
        " from now.",
        "min",
        60,
    ),
    "max_nodes": Limit("Steps of a workflow", "A larger one cannot be saved or imported."),
    "max_images_per_document": Limit("Images of a document", "What is attached already stays."),
}


class LimitsForm(forms.Form):
    """An empty field means the site's default."""

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workspace = workspace
        for name, limit in LIMITS.items():
            self.fields[name] = self._field(name, limit)
            stored = getattr(workspace, name)
            self.initial[name] = None if stored is None else _shown(stored, limit)

    def save(self) -> None:
        """Keep the limits."""
        for name, limit in LIMITS.items():
            given = self.cleaned_data[name]
            setattr(self.workspace, name, None if given is None else given * limit.size)
        self.workspace.save(update_fields=list(LIMITS))

    def _field(self, name: str, limit: Limit) -> forms.IntegerField:
        default = _shown(settings.WORKSPACE_LIMITS[name], limit)
        most = _ceiling(self.workspace, name, limit)
        suffix = f" {limit.unit}" if limit.unit else ""
        bounds = f"{limit.label} must be from 1 to {most}{suffix}."
        return forms.IntegerField(
            label=limit.label,
            required=False,
            min_value=1,
            max_value=most,
            help_text=f"{limit.help} 1 to {most}{suffix}; empty means {default}{suffix}.",
            widget=forms.NumberInput(attrs={"placeholder": str(default), "inputmode": "numeric"}),
            error_messages={
                "min_value": bounds,
                "max_value": bounds,
                "invalid": f"{limit.label} must be a whole number.",
            },
        )


@page(Action.VIEW, "GET", "POST")
def limits_page(request: PageRequest) -> HttpResponse:
    """The limits in force; a form for those who may change them."""
    workspace = request.access.workspace
    context: dict[str, Any] = {"here": "settings", "tab": "limits"}
    if request.method == "POST":
        require(request.access, Action.ADMIN)
        form = LimitsForm(workspace, request.POST)
        if form.is_valid():
            form.save()
            messages.success(request, "The limits are saved.")
            return redirect("workspaces:limits", workspace.slug)
        return render(request, "settings/limits.html", {**context, "form": form}, status=422)
    if request.access.can(Action.ADMIN):
        context["form"] = LimitsForm(workspace)
    else:
        context["limits"] = [
            (limit, _shown(getattr(workspace.limits, name), limit))
            for name, limit in LIMITS.items()
        ]
    return render(request, "settings/limits.html", context)


def _shown(stored: int, limit: Limit) -> int:
    """In shown units; a part of one counts as one."""
    return -(-stored // limit.size)


def _ceiling(workspace: Workspace, name: str, limit: Limit) -> int:
    """The site's ceiling, or what whoever runs it has given this workspace beyond it."""
    given = getattr(workspace, name) or 0
    return _shown(max(settings.WORKSPACE_CEILINGS[name], given), limit)
