"""The demo workspace: somebody to sign in as, somewhere to work, something to run."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from config.env import BASE_DIR
from workflows.executions.launch import launch
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.models import Membership, Project, Role, User, Workspace

DEMO: dict[str, Any] = json.loads((BASE_DIR / "fixtures/demo.json").read_text("utf-8"))
"""Who and what the demo is. Its template has no review: the first run ends by itself."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What there is now."""

    user: User
    workspace: Workspace
    project: Project
    password: str
    """The generated one, to be shown once; empty when it was given or kept."""


class NothingToLaunch(ValueError):
    """The demo template is not there or has no sample."""


@transaction.atomic
def make_demo(password: str = "") -> Demo:
    """Make what is missing. Idempotent; an existing password stays unless one is given."""
    user, is_new = User.objects.get_or_create(
        email=DEMO["email"],
        defaults={"name": DEMO["name"], "is_staff": True, "is_superuser": True},
    )
    generated = ""
    if is_new and not password:
        password = generated = secrets.token_urlsafe(12)
    if password and not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    room = DEMO["workspace"]
    workspace, _ = Workspace.objects.get_or_create(
        slug=room["slug"], defaults={"name": room["name"]}
    )
    Membership.objects.get_or_create(workspace=workspace, user=user, defaults={"role": Role.OWNER})
    project, _ = Project.objects.get_or_create(workspace=workspace, name=DEMO["project"])
    return Demo(user, workspace, project, generated)


def launch_demo(demo: Demo) -> WorkflowExecution | None:
    """Run the demo template on its sample; None when the workspace has had a run before.

    Raises ``NothingToLaunch`` and ``LaunchRefused``.
    """
    if WorkflowExecution.objects.filter(workspace=demo.workspace).exists():
        return None
    template = WorkflowTemplate.objects.filter(workspace=None, slug=DEMO["template"]).first()
    entry = getattr(template, "gallery_entry", None)
    if template is None or entry is None:
        raise NothingToLaunch(f"There is no template {DEMO['template']}; run seed_templates first.")
    return launch(
        template=template,
        inputs=entry.sample_inputs,
        workspace=demo.workspace,
        user=demo.user,
        project=demo.project,
    )
