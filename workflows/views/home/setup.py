"""The first steps in a new workspace, ticked off by what there is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.urls import reverse

from documents.models import Document
from workflows.models import ReviewDecision, WorkflowExecution
from workflows.providers.registry import Directory
from workspaces.access import Access, Action
from workspaces.models import Invitation, Membership, Workspace


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One thing to do once."""

    label: str
    is_done: bool
    action: str = ""
    """The button's word; empty where the person cannot do it here."""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """The list, in the order in which one thing leads to the next."""

    steps: tuple[SetupStep, ...]

    @property
    def done(self) -> int:
        """How many are ticked."""
        return sum(step.is_done for step in self.steps)

    @property
    def current(self) -> SetupStep | None:
        """The first that is open."""
        return next((step for step in self.steps if not step.is_done), None)

    @property
    def words(self) -> str:
        """What is left."""
        left = len(self.steps) - self.done
        return "One short step to go" if left == 1 else f"{left} short steps to go"


def cookie_of(workspace: Workspace) -> str:
    """The cookie that keeps the list away."""
    return f"setup-{workspace.pk}"


def setup(access: Access) -> Setup:
    """Two queries."""
    workspace = access.workspace
    has_model = Directory(workspace.pk).find("", "copy") is not None
    of_workspace = {"workspace": OuterRef("pk")}
    there = Workspace.objects.annotate(
        has_run=Exists(WorkflowExecution.objects.filter(**of_workspace)),
        has_review=Exists(
            ReviewDecision.objects.filter(task__node_run__execution__workspace=OuterRef("pk"))
        ),
        has_document=Exists(Document.objects.filter(**of_workspace)),
        has_others=Exists(Membership.objects.filter(**of_workspace)[1:2])
        | Exists(Invitation.objects.filter(**of_workspace)),
    ).get(pk=workspace.pk)
    slug, can = workspace.slug, access.can
    members = reverse("workspaces:members", args=[slug]) if can(Action.ADMIN) else ""
    gallery = reverse("gallery:list", args=[slug]) if can(Action.RUN) else ""
    providers = reverse("workflows:providers", args=[slug]) if can(Action.ADMIN) else ""
    reviews = reverse("workflows:reviews", args=[slug]) if can(Action.REVIEW) else ""
    steps = [
        SetupStep("Connect a model", has_model, "Connect", providers),
        SetupStep("Run a template", there.has_run, "Choose", gallery),
        SetupStep("Decide a review", there.has_review, "Review", reviews),
        SetupStep("Finish a document", there.has_document, "Choose", gallery),
    ]
    if members:
        steps.append(SetupStep("Invite a colleague", there.has_others, "Invite", members))
    return Setup(tuple(steps))
