"""Every gallery template, run to its end on a scripted service and studio."""

import json
from pathlib import Path
from typing import Any

import pytest

from documents.models import Document
from tests.engine import Drive
from tests.scripted_openai import ScriptedOpenAI
from workflows.engine.states import Verdict
from workflows.graph import liquid_env
from workflows.graph.parse import parse
from workflows.models import AgentJob, ReviewTask, WorkflowExecution
from workflows.reviews.decide import decide
from workflows.reviews.picks import default_choices

pytestmark = pytest.mark.django_db
FIXTURES = sorted(Path("fixtures/templates").glob("*.json"))
EMPTY = "<<empty>>"


@pytest.fixture(params=FIXTURES, ids=lambda path: path.stem)
def fixture(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A template in the export format."""
    return json.loads(request.param.read_text(encoding="utf-8"))


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every variable that is written with nothing in it leaves a mark."""
    write = liquid_env.text_of

    def mark(value: Any, budget: Any) -> str:
        return write(value, budget) or EMPTY

    monkeypatch.setattr(liquid_env, "text_of", mark)


def finish(drive: Drive, execution: WorkflowExecution) -> WorkflowExecution:
    drive.work(execution)
    while task := ReviewTask.objects.filter(state="waiting").first():
        picks = default_choices(task.items, task.rules)
        decide(task.pk, verdict=Verdict.APPROVE, user=drive.user, choices=picks)
        drive.work(execution)
    return execution


def launch(drive: Drive, fixture: dict[str, Any], inputs: dict[str, Any]) -> WorkflowExecution:
    made = parse({"nodes": fixture["nodes"], "edges": fixture["edges"]})
    return finish(drive, drive.launch(made, **inputs))


def asked(providers: ScriptedOpenAI) -> str:
    """All that was asked of models and of studio."""
    prompts = [f"{call.system}\n{call.prompt}" for call in providers.calls]
    inputs = AgentJob.objects.values_list("node_run__input", flat=True)
    return "\n".join([*prompts, *(json.dumps(one, ensure_ascii=False) for one in inputs)])


def texts(value: Any) -> list[str]:
    """Every text in a brief's value."""
    if isinstance(value, list):
        return [text for entry in value for text in texts(entry)]
    return [line.strip() for line in str(value).splitlines() if line.strip()]


def test_it_completes_with_a_document_and_no_empty_variable(
    drive: Drive, providers: ScriptedOpenAI, marked: None, fixture: dict[str, Any]
) -> None:
    execution = launch(drive, fixture, fixture["gallery"]["sample_inputs"])
    errors = list(execution.node_runs.exclude(error=None).values_list("key", "error"))
    assert execution.status == "completed", errors
    assert not errors
    document = Document.objects.get()
    assert EMPTY not in asked(providers)
    assert EMPTY not in document.title + document.body


def test_every_value_of_the_brief_reaches_a_call(
    drive: Drive, providers: ScriptedOpenAI, fixture: dict[str, Any]
) -> None:
    inputs = fixture["gallery"]["sample_inputs"]
    launch(drive, fixture, inputs)
    calls = asked(providers).casefold()
    lost = {
        key: text
        for key, value in inputs.items()
        for text in texts(value)
        if text.casefold() not in calls
    }
    assert not lost


def test_it_runs_with_the_required_answers_alone(
    drive: Drive, providers: ScriptedOpenAI, marked: None, fixture: dict[str, Any]
) -> None:
    fields = fixture["nodes"][0]["config"]["fields"]
    required = {one["key"] for one in fields if one.get("required")}
    sample = fixture["gallery"]["sample_inputs"]
    execution = launch(drive, fixture, {key: sample[key] for key in required})
    assert execution.status == "completed", execution.error
    assert EMPTY not in asked(providers)
    assert EMPTY not in Document.objects.get().body


def test_its_images_have_alt_text_and_are_attached(
    drive: Drive, providers: ScriptedOpenAI, fixture: dict[str, Any]
) -> None:
    launch(drive, fixture, fixture["gallery"]["sample_inputs"])
    rows = list(Document.objects.get().attachments.all())
    draws = any(one["type"] == "generate_image" for one in fixture["nodes"])
    assert bool(rows) == draws
    assert all(row.alt_text for row in rows)
    assert sum(row.is_primary for row in rows) == (1 if draws else 0)
