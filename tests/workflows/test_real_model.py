"""Whole runs on the real local model, from the brief to the last step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.engine import Drive, outputs
from tests.graphs import brief, copy, graph, node, text
from tests.services import ModelAccess
from workflows.models import AgentJob, Provider, WorkflowExecution
from workflows.providers.defaults import LOCAL_CHAT
from workflows.providers.probe import probe

pytestmark = [pytest.mark.django_db, pytest.mark.model]

PATIENT = {"max_attempts": 6, "backoff_seconds": 0}
"""So small a model fails now and then; each try has a seed of its own."""


@pytest.fixture(autouse=True)
def patience(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On two busy cores even a small model takes its time."""
    settings.ENGINE = replace(settings.ENGINE, node_deadline_seconds=150)
    monkeypatch.setattr("workflows.providers.probe.SECONDS", 100.0)


@pytest.fixture(autouse=True)
def local(model_server: ModelAccess) -> Provider:
    """The local model as the default for copy, set up as ``make run`` does."""
    return Provider.objects.create(
        slug="local",
        name="Local model",
        kind=Provider.Kind.OPENAI_COMPATIBLE,
        base_url=model_server.url,
        copy_model=model_server.name,
        options={"chat": LOCAL_CHAT, "free": True},
        default_for_copy=True,
    )


def errors(execution: WorkflowExecution) -> list[object]:
    """Why steps have failed, for the message of a failed test."""
    return list(execution.node_runs.exclude(error=None).values_list("key", "lane", "error"))


def check_ledger(execution: WorkflowExecution, agents: int) -> None:
    """Every agent is on the ledger with what it used, and the run with their sum."""
    jobs = list(AgentJob.objects.filter(node_run__execution=execution, status="completed"))
    assert len(jobs) == agents
    assert all(job.prompt_tokens and job.completion_tokens for job in jobs)
    assert all(job.provider == "local" and job.calls and job.latency_ms for job in jobs)
    assert execution.prompt_tokens == sum(job.prompt_tokens or 0 for job in jobs)
    assert execution.completion_tokens == sum(job.completion_tokens or 0 for job in jobs)
    assert (execution.cost, execution.unpriced_calls) == (0, 0)


def test_three_agents_write_three_variants(drive: Drive) -> None:
    made = graph(
        [
            brief("product"),
            copy(
                "copy",
                "Write one short sentence that sells {{ brief.product }}.",
                quantity=3,
                retry=PATIENT,
                max_tokens=300,
            ),
            text("end", "{% for one in nodes.copy.variants %}* {{ one.text }}\n{% endfor %}"),
        ],
        "brief > copy > end",
    )
    execution = drive.run(made, product="green tea")
    assert execution.status == "completed", errors(execution)
    output = outputs(execution)["copy"]
    assert output["count"] == 3
    assert all(len(one["text"].split()) > 2 for one in output["variants"])
    assert outputs(execution)["end"]["text"].startswith("* ")
    check_ledger(execution, 3)


def test_a_structured_answer_fills_each_field(drive: Drive) -> None:
    fields = [
        {"key": "headline", "label": "Headline", "max_length": 200},
        {"key": "body", "label": "Body", "description": "One sentence."},
    ]
    made = graph(
        [
            brief("product"),
            copy(
                "copy",
                "A short advert for {{ brief.product }}.",
                fields=fields,
                retry=PATIENT,
                max_tokens=300,
            ),
            text("end", "{{ nodes.copy.variants[0].fields.headline }}"),
        ],
        "brief > copy > end",
    )
    execution = drive.run(made, product="green tea")
    assert execution.status == "completed", errors(execution)
    found = outputs(execution)["copy"]["variants"][0]["fields"]
    assert set(found) == {"headline", "body"}
    assert all(value.strip() for value in found.values())
    assert outputs(execution)["end"]["text"] == found["headline"]
    check_ledger(execution, 1)


def test_each_lane_writes_on_its_own_item(drive: Drive) -> None:
    made = graph(
        [
            brief(products="list"),
            node("lanes", "parallel", items="brief.products", item_name="product"),
            copy(
                "copy",
                "Name one use of {{ product }}.",
                parent="lanes",
                retry=PATIENT,
                max_tokens=300,
            ),
            text("join", "{{ nodes.copy.text | join: '\n' }}"),
        ],
        "brief > lanes > join",
    )
    execution = drive.run(made, products=["a kettle", "a bicycle"])
    assert execution.status == "completed", errors(execution)
    found = outputs(execution)
    assert found["copy[0]"]["text"].strip() and found["copy[1]"]["text"].strip()
    prompts = [run.input["prompts"] for run in execution.node_runs.filter(key="copy")]
    assert prompts == [["Name one use of a kettle."], ["Name one use of a bicycle."]]
    assert found["copy[1]"]["text"].strip() in found["join"]["text"]
    check_ledger(execution, 2)


def test_the_test_of_a_provider_is_answered(local: Provider) -> None:
    result = probe(local)
    assert result.works, result
    assert f"{local.copy_model} answered in" in result.text
