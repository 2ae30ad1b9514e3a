"""The workflow that a page is about."""

from __future__ import annotations

from django.http import Http404

from workflows.models import WorkflowTemplate
from workspaces.models import Workspace


def find_workflow(workspace: Workspace, workflow_id: int) -> WorkflowTemplate:
    """One of the workspace's own that has not been archived. Raises ``Http404``."""
    rows = WorkflowTemplate.objects.filter(workspace=workspace, archived_at=None)
    rows = rows.select_related("current_version__author", "cloned_from__template", "created_by")
    found = rows.filter(pk=workflow_id).first()
    if found is None:
        raise Http404("There is no such workflow.")
    return found
