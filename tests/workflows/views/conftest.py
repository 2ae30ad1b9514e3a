"""Members signed in, and short ways to open pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from workflows.models import WorkflowExecution
from workspaces.models import User, Workspace


class Visitor:
    """Somebody's browser, on the pages of one workspace."""

    def __init__(self, user: User, workspace: Workspace) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.root = f"/w/{workspace.slug}"

    def get(self, path: str, *, htmx: bool = False, **query: Any) -> Any:
        """Open a page below the workspace, or ask for a part of it."""
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.get(f"{self.root}{path}", query, headers=headers)

    def post(self, path: str, data: dict[str, Any] | None = None, *, htmx: bool = False) -> Any:
        """Send a form."""
        headers = {"HX-Request": "true"} if htmx else {}
        return self.client.post(f"{self.root}{path}", data or {}, headers=headers)

    def live(self, run: WorkflowExecution, revision: int | str = "", **drawn: str) -> Any:
        """One poll of a run's page that has drawn this revision."""
        return self.get(f"/runs/{run.pk}/live", htmx=True, revision=revision, **drawn)


@pytest.fixture
def visit(workspace: Workspace) -> Callable[[User], Visitor]:
    """``visit(editor)``: the person, signed in."""
    return lambda user: Visitor(user, workspace)
