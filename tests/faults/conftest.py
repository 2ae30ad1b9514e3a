"""Copies of Copyloom to break."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import program
from tests.conftest import Processes, add_providers
from tests.engine import Drive
from tests.faults.site import Site
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.executions.conftest import real
from workflows import queue
from workspaces.models import User, Workspace

__all__ = ["program", "real"]  # fixtures of other folders


@pytest.fixture
def site(
    processes: Processes,
    workspace: Workspace,
    editor: User,
    scripted_openai: ScriptedOpenAI,
    tmp_path: Path,
    settings: Any,
) -> Site:
    """Real processes on the test's own database and queue."""
    add_providers(scripted_openai.base_url)
    queue.epoch_is_new()
    folder = tmp_path / "notes"
    folder.mkdir()
    return Site(Drive([], workspace, editor), processes, scripted_openai, folder)
