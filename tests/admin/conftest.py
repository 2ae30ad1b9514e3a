"""Who knocks at the admin's door, and a row of everything."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from documents.models import Document, Image, ReferenceFile
from templates_gallery.models import Category, GalleryEntry
from tests import factories as make
from workflows.models import (
    AgentJob,
    ExecutionEvent,
    NodeRun,
    Provider,
    ReviewTask,
    WorkerBeat,
    WorkflowExecution,
    WorkflowTemplate,
    WorkflowVersion,
)
from workspaces.models import (
    ApiToken,
    Delivery,
    Invitation,
    Notice,
    Project,
    User,
    Webhook,
    Workspace,
)


def _version() -> WorkflowVersion:
    return make.TemplateFactory().current_version


def _decided() -> ReviewTask:
    return make.ReviewDecisionFactory().task


def _second_factor() -> Authenticator:
    secret = {"secret": "a-key-nobody-may-read"}
    return Authenticator.objects.create(user=make.UserFactory(), type="totp", data=secret)


MAKERS: dict[type[Model], Callable[[], Model]] = {
    Group: lambda: Group.objects.create(name=f"Group {Group.objects.count()}"),
    User: make.UserFactory,
    Authenticator: _second_factor,
    ApiToken: make.ApiTokenFactory,
    Invitation: make.InvitationFactory,
    Notice: make.NoticeFactory,
    Webhook: make.WebhookFactory,
    Delivery: make.DeliveryFactory,
    Workspace: lambda: make.MembershipFactory().workspace,
    Project: make.ProjectFactory,
    WorkflowTemplate: make.TemplateFactory,
    WorkflowVersion: _version,
    WorkflowExecution: lambda: make.NodeRunFactory().execution,
    NodeRun: lambda: make.AgentJobFactory().node_run,
    AgentJob: make.AgentJobFactory,
    ExecutionEvent: make.EventFactory,
    ReviewTask: _decided,
    WorkerBeat: make.WorkerBeatFactory,
    Provider: make.ProviderFactory,
    Document: lambda: make.AttachmentFactory().document,
    Image: make.ImageFactory,
    ReferenceFile: make.ReferenceFileFactory,
    Category: make.CategoryFactory,
    GalleryEntry: make.GalleryEntryFactory,
}
"""One new row of each registered model, with rows of its own around it."""

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
ENGINE_ROWS = [
    WorkflowVersion,
    WorkflowExecution,
    NodeRun,
    AgentJob,
    ExecutionEvent,
    ReviewTask,
    WorkerBeat,
]


def page(model: type[Model], name: str, *args: Any) -> str:
    """The address of one of a model's pages."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No log: drawing the traceback of a refusal takes longer than the refusal."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def superuser(db: None) -> User:
    """May do everything."""
    return User.objects.create_superuser("root@example.test", "a-long-password")


@pytest.fixture
def root(superuser: User) -> Client:
    """The superuser's browser."""
    return _client(superuser)


@pytest.fixture
def clerk(db: None) -> Client:
    """The browser of a member of staff to whom nobody has given a right."""
    return _client(make.UserFactory(is_staff=True))


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which somebody is logged in."""
    return _client
