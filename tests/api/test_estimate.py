"""What a run will take, over the API; the verb's own tests are with the engine's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import ApiClient, Program, attrs, problem
from tests.factories import GalleryEntryFactory, TemplateFactory
from tests.graphs import brief, copy, graph
from workflows.models import ModelPrice, Provider, WorkflowTemplate
from workflows.templates import save_draft
from workspaces.models import User, Workspace

PATH = "/executions/estimate"


@pytest.fixture
def reader(program: Program, viewer: User) -> ApiClient:
    return program(viewer)


@pytest.fixture
def captions(workspace: Workspace, providers: Any) -> WorkflowTemplate:
    steps = [
        brief("topic", count="number"),
        copy("captions", "On {{ brief.topic }}", quantity="{{ brief.count }}", max_tokens=100),
        copy("title", "On it", max_tokens=16),
    ]
    return TemplateFactory(workspace=workspace, graph=graph(steps, "brief > captions > title"))


def ask(client: ApiClient, template: WorkflowTemplate, **body: Any) -> Any:
    return client.make(PATH, {"template_id": template.pk, **body})


def test_an_estimate_tells_calls_tokens_cost_and_time(
    reader: ApiClient, captions: WorkflowTemplate
) -> None:
    ModelPrice.objects.create(
        provider=Provider.objects.get(slug="scripted"),
        model="scripted-1",
        input_per_million=0,
        output_per_million=10,
    )
    answer = ask(reader, captions, inputs={"topic": "mugs", "count": 4})
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == {
        "steps", "agent_calls", "tokens", "cost", "currency", "seconds", "nodes",
    }  # fmt: skip
    assert (found["steps"], found["agent_calls"], found["currency"]) == (3, 5, "USD")
    assert found["cost"] == pytest.approx(416 * 10 / 1e6)
    assert found["tokens"] > 416 and found["seconds"] > 0
    assert [node["agent_calls"] for node in found["nodes"]] == [0, 4, 1]
    assert set(found["nodes"][1]) == {
        "key", "label", "type", "agent_calls", "tokens", "cost", "seconds",
    }  # fmt: skip


def test_what_is_unknown_is_null(reader: ApiClient, captions: WorkflowTemplate) -> None:
    found = ask(reader, captions).json()
    assert found["agent_calls"] is None and found["cost"] is None and found["seconds"] is None
    assert found["nodes"][2]["agent_calls"] == 1
    assert found["nodes"][2]["cost"] is None, "no price is known"


def test_wrong_answers_are_named_and_missing_ones_are_not(
    reader: ApiClient, workspace: Workspace, captions: WorkflowTemplate
) -> None:
    answer = ask(reader, captions, inputs={"count": "many", "colour": "red"})
    assert attrs(answer) == {"inputs.count", "inputs.colour"}


@pytest.mark.parametrize(
    ("wrong", "attr"), [({"inputs": []}, "inputs"), ({"x": 1}, "x"), ({"template_id": "a"}, None)]
)
def test_a_bad_body_is_refused(
    wrong: Any, attr: str | None, reader: ApiClient, captions: WorkflowTemplate
) -> None:
    assert attrs(ask(reader, captions, **wrong)) == {attr or "template_id"}


def test_drafts_and_gallery_templates_are_estimated(
    reader: ApiClient, captions: WorkflowTemplate
) -> None:
    save_draft(captions, graph([brief(), copy("a", quantity=9)], "brief > a"))
    assert ask(reader, captions, draft=True).json()["agent_calls"] == 9
    shared = GalleryEntryFactory().template
    assert ask(reader, shared).json()["agent_calls"] == 0
    problem(ask(reader, shared, draft=True), 403)


def test_another_workspaces_workflow_is_not_there(reader: ApiClient, elsewhere: Workspace) -> None:
    problem(ask(reader, TemplateFactory(workspace=elsewhere)), 404)


def test_a_workflow_never_saved_is_refused(reader: ApiClient, workspace: Workspace) -> None:
    bare = WorkflowTemplate.objects.create(workspace=workspace, name="Bare", slug="bare")
    assert problem(ask(reader, bare), 422)["errors"][0]["code"] == "no_version"
