"""A workspace with something of everything, for tests that look at pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from documents.models import Document
from templates_gallery.catalog import seed
from tests import factories as make
from workflows.models import (
    ModelPrice,
    Provider,
    ReviewTask,
    WorkflowExecution,
    WorkflowTemplate,
)
from workspaces.models import User, Webhook, Workspace


@dataclass(frozen=True, slots=True)
class World:
    """What the pages of a workspace are about."""

    workspace: Workspace
    workflow: WorkflowTemplate
    run: WorkflowExecution
    provider: Provider
    review: ReviewTask
    document: Document
    webhook: Webhook

    def paths(self) -> dict[str, str]:
        """Pages by name."""
        room = f"/w/{self.workspace.slug}"
        workflow = f"{room}/workflows/{self.workflow.pk}"
        document = f"{room}/documents/{self.document.pk}"
        return {
            "home": f"{room}/",
            "gallery": f"{room}/templates",
            "template": f"{room}/templates/press-release",
            "workflows": f"{room}/workflows",
            "workflow": workflow,
            "versions": f"{workflow}/versions",
            "version": f"{workflow}/versions/1",
            "rename": f"{workflow}/edit",
            "import": f"{room}/workflows/import",
            "launch": f"{workflow}/launch",
            "runs": f"{room}/runs",
            "run": f"{room}/runs/{self.run.pk}",
            "run-list": f"{room}/runs/{self.run.pk}?view=list",
            "reviews": f"{room}/reviews",
            "reviews-done": f"{room}/reviews?tab=done",
            "review": f"{room}/reviews/{self.review.pk}",
            "documents": f"{room}/documents",
            "document": document,
            "document-edit": f"{document}/edit",
            "document-versions": f"{document}/versions",
            "document-version": f"{document}/versions/1",
            "images": f"{room}/images",
            "projects": f"{room}/projects",
            "project": f"{room}/projects/{self.run.project_id}",
            "project-runs": f"{room}/projects/{self.run.project_id}/runs",
            "new-project": f"{room}/projects/new",
            "members": f"{room}/settings/members",
            "providers": f"{room}/settings/providers",
            "provider": f"{room}/settings/providers/{self.provider.pk}",
            "new-provider": f"{room}/settings/providers/new",
            "limits": f"{room}/settings/limits",
            "tokens": f"{room}/settings/tokens",
            "webhooks": f"{room}/settings/webhooks",
            "webhook": f"{room}/settings/webhooks/{self.webhook.pk}",
            "profile": f"{room}/settings/profile",
            "notifications": f"{room}/notifications",
        }


def make_world(workspace: Workspace, user: User) -> World:
    """Templates, a workflow, a run in every kind of trouble, a review, a document, a project.

    Also what the settings list: somebody else, an invitation, a token and a provider with a price.
    """
    seed()
    workflow = make.TemplateFactory(
        workspace=workspace, name="Weekly letter to everybody who asked for it", created_by=user
    )
    project = make.ProjectFactory(workspace=workspace, name="Spring campaign")
    run = _run(workspace, user, workflow, "failed", failed=1, project=project, title="A failed run")
    waiting = _run(workspace, user, workflow, "waiting", waiting=1, title="A run that waits")
    _run(workspace, user, workflow, "running", running=1, title="A run under way")
    review = make.ReviewTaskFactory(node_run=waiting.node_runs.get(status="waiting"))
    document = make.DocumentFactory(workspace=workspace, project=project, author=user)
    make.MembershipFactory(workspace=workspace)
    make.InvitationFactory(workspace=workspace, invited_by=user)
    make.ApiTokenFactory(workspace=workspace, user=user)
    provider = make.ProviderFactory(workspace=workspace, copy_model="writer-1")
    ModelPrice.objects.create(provider=provider, model="writer-1", input_per_million=2)
    _tell(workspace, user)
    return World(workspace, workflow, run, provider, review, document, _webhook(workspace))


def _tell(workspace: Workspace, user: User) -> None:
    """What is in the bell: of each kind one, the last one read."""
    told = {
        "review": "Waiting for your review: Weekly letter to everybody who asked for it",
        "review_due": "Due soon, your review: Spring campaign",
        "run_failed": "Run failed: A failed run",
    }
    for kind, subject in told.items():
        make.NoticeFactory(workspace=workspace, user=user, kind=kind, subject=subject)
    make.NoticeFactory(
        workspace=workspace, user=user, kind="run_completed", subject="Run completed: Letter 12",
        read_at=timezone.now(),
    )  # fmt: skip


def _webhook(workspace: Workspace) -> Webhook:
    """One that was told something, with each state of a delivery, and one that is off."""
    now = timezone.now()
    webhook: Webhook = make.WebhookFactory(workspace=workspace, name="Website")
    make.WebhookFactory(workspace=workspace, name="Old intranet", enabled=False)
    states: list[dict[str, Any]] = [
        {"given_up_at": now, "attempts": 9, "status_code": 500, "answer": "Internal error",
         "error": "It answered with status 500."},
        {"attempts": 2, "error": "There was no answer in time.", "event": "review.requested"},
        {"delivered_at": now, "attempts": 1, "status_code": 200, "answer": "ok"},
    ]  # fmt: skip
    for state in states:
        later = now + timedelta(minutes=30)
        make.DeliveryFactory(webhook=webhook, next_try_at=later, last_try_at=now, **state)
    return webhook


def _run(
    workspace: Workspace, user: User, workflow: WorkflowTemplate, status: str, **fields: Any
) -> WorkflowExecution:
    run: WorkflowExecution = make.ExecutionFactory(
        workspace=workspace, version=workflow.current_version, launched_by=user,
        total=2, completed=1, **fields,
    )  # fmt: skip
    make.NodeRunFactory(execution=run, status="completed")
    make.NodeRunFactory(
        execution=run,
        status=status,
        token=uuid4() if status == "running" else None,
        wait_for="people" if status == "waiting" else "",
    )
    return run
