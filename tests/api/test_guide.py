"""The script of docs/api.md, run with curl against a live server and real workers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.api.conftest import key_of
from tests.conftest import Processes, add_providers
from tests.scripted_openai import ScriptedOpenAI
from workflows.models import ReviewTask, WorkflowExecution
from workspaces.models import User, Workspace

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("redis")]


def script() -> str:
    """The one block of shell in the guide."""
    (found,) = re.findall(r"(?ms)^```sh\n(.*?)^```", GUIDE.read_text())
    return str(found)


def test_the_guide_leads_from_a_brief_to_a_document(
    processes: Processes,
    scripted_openai: ScriptedOpenAI,
    live_server: Any,
    owner: User,
    workspace: Workspace,
    tmp_path: Path,
) -> None:
    assert shutil.which("curl"), "curl is missing"
    add_providers(scripted_openai.base_url)
    call_command("seed_templates")
    processes.start("worker", "--processes", "2")
    out = tmp_path / "out"
    out.mkdir()
    env = {
        **os.environ,
        "COPYLOOM": live_server.url,
        "TOKEN": key_of(owner, workspace),
        "OUT": str(out),
    }
    done = subprocess.run(
        ["sh"], input=script(), env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert f"It is all in {out}" in done.stdout

    execution = WorkflowExecution.objects.get()
    assert (execution.status, execution.title) == ("completed", "Desk lamp launch")
    rounds = ReviewTask.objects.order_by("round").values_list("state", flat=True)
    assert list(rounds) == ["changes_requested", "approved"]
    assert any("name the touch dimmer" in call.prompt for call in scripted_openai.calls)

    document = json.loads((out / "document.json").read_text())
    assert "Warm light when the day is done. Dim it with a touch." in document["body"]
    assert len(document["attachments"]) == 3
    primary = next(one for one in document["attachments"] if one["is_primary"])
    assert (primary["attachment_order"], primary["alt_text"]) == (1, "A desk lamp at dusk")
    assert "Warm light" in (out / "document.md").read_text()
    names = zipfile.ZipFile(out / "document.zip").namelist()
    assert sum(name.startswith("images/") for name in names) == 3
    assert (out / "first-image").read_bytes()[:4] == b"\x89PNG"


def test_the_addresses_of_the_guide_are_those_of_the_api() -> None:
    described = (GUIDE.parent / "openapi.yaml").read_text()
    known = {
        re.sub(r"\{\w+\}", "{}", path) for path in re.findall(r"(?m)^  (/api/\S+):$", described)
    }
    told = set(re.findall(r"/api/[a-z/{}$A-Z-]*[a-zA-Z}]", GUIDE.read_text()))
    for path in told - {"/api/docs", "/api/schema"}:
        plain = re.sub(r"\$[A-Z]+|\{\w+\}", "{}", path)
        assert plain in known, path
