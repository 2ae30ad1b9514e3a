"""Rows for tests: each factory makes one valid row and what it needs around it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from documents.create import create_document
from documents.models import Document, DocumentAttachment, Image, ReferenceFile
from templates_gallery.models import Category, GalleryEntry
from tests.graphs import brief, graph, text
from workflows.engine.states import AgentStatus, ExecutionStatus, NodeStatus
from workflows.graph.model import Graph
from workflows.models import (
    AgentJob,
    ExecutionEvent,
    NodeRun,
    Provider,
    ReviewDecision,
    ReviewTask,
    WorkerBeat,
    WorkflowExecution,
    WorkflowTemplate,
)
from workflows.versions import save_version
from workspaces.models import (
    ApiToken,
    Delivery,
    Invitation,
    Membership,
    Notice,
    Project,
    Role,
    User,
    Webhook,
    WebhookEvent,
    Workspace,
)
from workspaces.secrets import encrypt


def digest(value: Any) -> str:
    """A SHA-256 of anything."""
    return hashlib.sha256(str(value).encode()).hexdigest()


def small_graph() -> Graph:
    """A brief and one step that needs no model."""
    return graph([brief("topic"), text("teaser", "{{ brief.topic }}")], "brief > teaser")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.test")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return model_class.objects.create_user(*args, **fields)


class WorkspaceFactory(DjangoModelFactory[Workspace]):
    class Meta:
        model = Workspace

    name = factory.Sequence(lambda n: f"Workspace {n}")
    slug = factory.Sequence(lambda n: f"workspace-{n}")


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    workspace = factory.SubFactory(WorkspaceFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.EDITOR


class InvitationFactory(DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    workspace = factory.SubFactory(WorkspaceFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.test")
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class NoticeFactory(DjangoModelFactory[Notice]):
    class Meta:
        model = Notice

    workspace = factory.SubFactory(WorkspaceFactory)
    user = factory.SubFactory(UserFactory)
    email = factory.LazyAttribute(lambda made: made.user.email)
    kind = Notice.Kind.REVIEW
    subject = factory.Sequence(lambda n: f"Notice {n}")
    body = "Something waits for you."
    path = "/w/alder-pine/reviews/1"


class WebhookFactory(DjangoModelFactory[Webhook]):
    class Meta:
        model = Webhook

    workspace = factory.SubFactory(WorkspaceFactory)
    name = factory.Sequence(lambda n: f"Webhook {n}")
    url = "https://hooks.example.com/copyloom"
    events = list(WebhookEvent.values)
    secret_encrypted = factory.LazyFunction(lambda: encrypt("whsec_" + "c2VjcmV0" * 4))


class DeliveryFactory(DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    webhook = factory.SubFactory(WebhookFactory)
    source = factory.Sequence(lambda n: f"run.completed.{n}.1")
    event = WebhookEvent.RUN_COMPLETED
    data = {"run": {"id": 7, "title": "Spring letter"}}


class ApiTokenFactory(DjangoModelFactory[ApiToken]):
    """A token that nobody has the key of."""

    class Meta:
        model = ApiToken

    digest = factory.Sequence(lambda n: hashlib.sha512(str(n).encode()).hexdigest())
    token_key = factory.LazyAttribute(lambda made: made.digest[:15])
    user = factory.SubFactory(UserFactory)
    workspace = factory.SubFactory(WorkspaceFactory)
    name = factory.Sequence(lambda n: f"Token {n}")
    scopes = ["read"]


class ProjectFactory(DjangoModelFactory[Project]):
    class Meta:
        model = Project

    workspace = factory.SubFactory(WorkspaceFactory)
    name = factory.Sequence(lambda n: f"Project {n}")


class ProviderFactory(DjangoModelFactory[Provider]):
    class Meta:
        model = Provider

    slug = factory.Sequence(lambda n: f"provider-{n}")
    name = factory.Sequence(lambda n: f"Provider {n}")
    kind = Provider.Kind.OPENAI_COMPATIBLE
    base_url = "http://127.0.0.1:9/v1"


class TemplateFactory(DjangoModelFactory[WorkflowTemplate]):
    """A template with its first version, saved from ``graph``."""

    class Meta:
        model = WorkflowTemplate

    workspace = factory.SubFactory(WorkspaceFactory)
    name = factory.Sequence(lambda n: f"Template {n}")
    slug = factory.Sequence(lambda n: f"template-{n}")

    @classmethod
    def _create(
        cls,
        model_class: type[WorkflowTemplate],
        *args: Any,
        graph: Graph | None = None,
        **fields: Any,
    ) -> WorkflowTemplate:
        template = model_class.objects.create(*args, **fields)
        save_version(template, graph or small_graph(), author=template.created_by)
        template.refresh_from_db()
        return template


class ExecutionFactory(DjangoModelFactory[WorkflowExecution]):
    """A run as a row alone: no engine has touched it, and it has no steps."""

    class Meta:
        model = WorkflowExecution

    class Params:
        template = factory.SubFactory(
            TemplateFactory, workspace=factory.SelfAttribute("..workspace")
        )

    workspace = factory.SubFactory(WorkspaceFactory)
    version = factory.LazyAttribute(lambda made: made.template.current_version)
    launched_by = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Run {n}")
    status = ExecutionStatus.RUNNING
    time_limit = 1800
    max_parallel_agents = 20
    started_at = factory.LazyFunction(timezone.now)


class NodeRunFactory(DjangoModelFactory[NodeRun]):
    class Meta:
        model = NodeRun

    execution = factory.SubFactory(ExecutionFactory)
    key = factory.Sequence(lambda n: f"step{n}")
    type = "generate_copy"
    status = NodeStatus.COMPLETED
    attempt = 1


class AgentJobFactory(DjangoModelFactory[AgentJob]):
    class Meta:
        model = AgentJob

    node_run = factory.SubFactory(NodeRunFactory)
    index = factory.Sequence(lambda n: n)
    kind = AgentJob.Kind.COPY
    status = AgentStatus.COMPLETED
    provider = "local"
    model = "small-model"
    request_hash = factory.LazyAttribute(lambda made: digest(made.index))


class EventFactory(DjangoModelFactory[ExecutionEvent]):
    class Meta:
        model = ExecutionEvent

    node_run = factory.SubFactory(NodeRunFactory)
    execution = factory.LazyAttribute(lambda made: made.node_run.execution)
    actor = factory.SubFactory(UserFactory)
    kind = "node.started"


class ReviewTaskFactory(DjangoModelFactory[ReviewTask]):
    class Meta:
        model = ReviewTask

    node_run = factory.SubFactory(
        NodeRunFactory, type="review", status=NodeStatus.WAITING, wait_for="people"
    )
    items = factory.LazyFunction(
        lambda: [{"id": "copy-0", "kind": "copy", "node_key": "copy", "index": 0, "text": "Hello"}]
    )
    content_hash = factory.LazyAttribute(lambda made: digest(made.items))


class ReviewDecisionFactory(DjangoModelFactory[ReviewDecision]):
    class Meta:
        model = ReviewDecision

    task = factory.SubFactory(ReviewTaskFactory, state="approved")
    user = factory.SubFactory(UserFactory)
    verdict = "approve"
    before_hash = factory.LazyAttribute(lambda made: made.task.content_hash)
    after_hash = factory.SelfAttribute("before_hash")


class WorkerBeatFactory(DjangoModelFactory[WorkerBeat]):
    class Meta:
        model = WorkerBeat

    name = factory.Sequence(lambda n: f"worker-{n}")
    kind = WorkerBeat.Kind.WORKER
    host = "web-1"
    pid = factory.Sequence(lambda n: 1000 + n)


class DocumentFactory(DjangoModelFactory[Document]):
    """A document with its first version."""

    class Meta:
        model = Document

    workspace = factory.SubFactory(WorkspaceFactory)
    title = factory.Sequence(lambda n: f"Document {n}")
    body = "# Heading\n\nText."

    @classmethod
    def _create(cls, model_class: type[Document], *args: Any, **fields: Any) -> Document:
        return create_document(**fields)


class ImageFactory(DjangoModelFactory[Image]):
    """The row of a picture; its bytes are not in the storage."""

    class Meta:
        model = Image

    workspace = factory.SubFactory(WorkspaceFactory)
    sha256 = factory.Sequence(lambda n: digest(f"image {n}"))
    key = factory.LazyAttribute(
        lambda made: f"w/{made.workspace.pk}/images/{made.sha256[:2]}/{made.sha256}.png"
    )
    size = 100
    content_type = "image/png"
    width = 10
    height = 10
    source = "upload"


class AttachmentFactory(DjangoModelFactory[DocumentAttachment]):
    class Meta:
        model = DocumentAttachment

    document = factory.SubFactory(DocumentFactory)
    image = factory.SubFactory(
        ImageFactory, workspace=factory.SelfAttribute("..document.workspace")
    )
    attachment_order = factory.LazyAttribute(lambda made: made.document.attachments.count() + 1)


class ReferenceFileFactory(DjangoModelFactory[ReferenceFile]):
    class Meta:
        model = ReferenceFile

    workspace = factory.SubFactory(WorkspaceFactory)
    name = factory.Sequence(lambda n: f"notes-{n}.txt")
    kind = "txt"
    size = 5
    sha256 = factory.Sequence(lambda n: digest(f"file {n}"))
    text = "Hello"


class CategoryFactory(DjangoModelFactory[Category]):
    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Category {n}")
    slug = factory.Sequence(lambda n: f"category-{n}")


class GalleryEntryFactory(DjangoModelFactory[GalleryEntry]):
    class Meta:
        model = GalleryEntry

    template = factory.SubFactory(TemplateFactory, workspace=None)
    category = factory.SubFactory(CategoryFactory)
    title = factory.Sequence(lambda n: f"Entry {n}")
