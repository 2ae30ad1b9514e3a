"""The page of the builder: who may open it, what it is given, and that it keeps to the policy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
from django.test import Client
from pydantic import Field

from tests import factories as make
from tests.graphs import brief, graph, text
from workflows.models import WorkflowTemplate
from workflows.nodes import registry
from workflows.nodes.base import NodeConfig, NodeContext, NodeResult, NodeType
from workflows.nodes.icons import icon
from workflows.templates import save_draft
from workspaces.models import User, Workspace

Browse = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def workflow(workspace: Workspace, editor: User) -> WorkflowTemplate:
    """A brief and a text."""
    flow = graph([brief("topic"), text("teaser", "{{ brief.topic }}!")], "brief > teaser")
    return make.TemplateFactory(workspace=workspace, graph=flow, name="Letter")


def address(workflow: WorkflowTemplate) -> str:
    return f"/w/alder-pine/workflows/{workflow.pk}/builder"


def given(client: Client, workflow: WorkflowTemplate) -> dict[str, Any]:
    """The JSON that the page holds."""
    html = client.get(address(workflow)).content.decode()
    found = re.search(r'<script id="builder-data" type="application/json">(.*?)</script>', html)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_an_editor_gets_the_draft_with_its_etag_and_issues(
    browse: Browse, editor: User, workflow: WorkflowTemplate
) -> None:
    save_draft(workflow, graph([brief("topic"), text("lost", "{{ brief.nothing }}")]))
    data = given(browse(editor), workflow)
    assert [node["key"] for node in data["template"]["draft"]["nodes"]] == ["brief", "lost"]
    assert {issue["code"] for issue in data["issues"]} >= {"unknown_variable", "unreachable_node"}
    assert data["launchable"] is False
    assert data["rights"] == {"edit": True, "copy": True, "run": True}
    answer = browse(editor).get(
        f"/api/workflows/templates/{workflow.pk}", headers={"X-Workspace": "alder-pine"}
    )
    assert data["etag"] == answer["ETag"]


def test_a_viewer_reads_and_gets_no_addresses_of_people(
    browse: Browse, viewer: User, editor: User, workflow: WorkflowTemplate
) -> None:
    data = given(browse(viewer), workflow)
    assert data["rights"] == {"edit": False, "copy": False, "run": False}
    assert data["people"] == []
    assert editor.email not in browse(viewer).get(address(workflow)).content.decode()


def test_a_shared_template_is_read_only_and_can_be_copied(browse: Browse, editor: User) -> None:
    shared = make.TemplateFactory(workspace=None, name="For all")
    data = given(browse(editor), shared)
    assert data["rights"] == {"edit": False, "copy": True, "run": True}
    assert data["urls"]["page"] == data["urls"]["launch"] == ""


def test_another_workspace_has_no_such_workflow(
    browse: Browse, stranger: User, editor: User, workflow: WorkflowTemplate
) -> None:
    assert browse(stranger).get(address(workflow)).status_code == 404
    foreign = make.TemplateFactory(workspace=Workspace.objects.get(slug="elsewhere"))
    assert browse(editor).get(address(foreign)).status_code == 404


def test_a_new_workflow_has_nothing_but_a_brief(
    browse: Browse, editor: User, workspace: Workspace
) -> None:
    answer = browse(editor).post("/w/alder-pine/workflows/new")
    made = WorkflowTemplate.objects.get()
    assert answer["Location"] == address(made)
    data = given(browse(editor), made)
    assert [node["type"] for node in data["template"]["nodes"]] == ["brief"]
    assert data["launchable"] is True


def test_the_workflow_page_and_the_list_lead_to_it(
    browse: Browse, editor: User, viewer: User, workflow: WorkflowTemplate
) -> None:
    html = browse(editor).get(f"/w/alder-pine/workflows/{workflow.pk}").content.decode()
    assert address(workflow) in html
    assert "New workflow" in browse(editor).get("/w/alder-pine/workflows").content.decode()
    assert "New workflow" not in browse(viewer).get("/w/alder-pine/workflows").content.decode()


def test_the_page_keeps_to_the_policy(
    browse: Browse, editor: User, workflow: WorkflowTemplate
) -> None:
    """No script and no style of its own: the one inline script is JSON, which nothing runs."""
    answer = browse(editor).get(address(workflow))
    html = answer.content.decode()
    inline = [tag for tag in re.findall(r"<script[^>]*>", html) if "src=" not in tag]
    assert inline == ['<script id="builder-data" type="application/json">']
    assert "<style" not in html and not re.search(r"\son\w+=|\sstyle=", html)
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    assert "'unsafe-eval'" not in answer["Content-Security-Policy"]


def test_names_of_people_and_steps_cannot_end_the_script(
    browse: Browse, editor: User, workflow: WorkflowTemplate
) -> None:
    save_draft(workflow, graph([brief("topic"), text("x", "</script><script>alert(1)</script>")]))
    assert "<script>alert(1)" not in browse(editor).get(address(workflow)).content.decode()


class SlogansConfig(NodeConfig):
    """How many."""

    mood: Annotated[str, Field(title="Mood")] = "calm"


class Slogans(NodeType[SlogansConfig]):
    """A type that is made up here."""

    type, label, category, color = "slogans", "Slogans", "Magic", "#AA3377"
    icon = icon('<path d="M4 7V4h16v3"/>')
    help = "Finds slogans."
    config_model = SlogansConfig

    def run(self, config: SlogansConfig, ctx: NodeContext) -> NodeResult:
        """Nothing."""
        return NodeResult()


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The type, registered for one test."""
    monkeypatch.setitem(registry._types, "slogans", Slogans())
    yield


def test_a_type_made_up_in_python_is_in_the_palette_with_its_form(
    browse: Browse, editor: User, workflow: WorkflowTemplate, made_up: None
) -> None:
    types = {one["type"]: one for one in given(browse(editor), workflow)["types"]}
    assert types["slogans"]["schema"]["properties"]["mood"]["title"] == "Mood"
    assert types["slogans"]["defaults"] == {"mood": "calm"}
