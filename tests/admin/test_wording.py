"""What a row says to an operator."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories as make
from tests.admin.conftest import page
from workflows.admin.looks import fault
from workflows.models import AgentJob, WorkerBeat, WorkflowExecution
from workspaces.admin_tools import JSON_CHARS, LIST_ITEMS, duration, pretty_json, readable


@pytest.mark.parametrize(
    ("cost", "unpriced", "said"),
    [
        ("0", 0, "$0.00"),
        ("0", 2, "unpriced"),
        ("0.0042", 0, "$0.0042"),
        ("1.5", 2, "$1.50 + 2 unpriced"),
    ],
)
def test_calls_without_a_price_are_never_read_as_free(
    cost: str, unpriced: int, said: str, root: Client
) -> None:
    make.ExecutionFactory(cost=Decimal(cost), unpriced_calls=unpriced)
    body = root.get(page(WorkflowExecution, "changelist")).content.decode()
    assert f'<td class="field-spent">{said}</td>' in body


def test_a_call_with_no_price_says_so_once_it_is_over(root: Client) -> None:
    make.AgentJobFactory(cost=None, finished_at=timezone.now(), calls=[{}, {}, {}])
    body = root.get(page(AgentJob, "changelist")).content.decode()
    assert '<td class="field-spent">unpriced</td>' in body
    assert '<td class="field-calls_made">3</td>' in body


def test_an_agent_that_sent_nothing_has_no_cost_to_speak_of(root: Client) -> None:
    make.AgentJobFactory(cost=None, finished_at=timezone.now(), calls=[])
    body = root.get(page(AgentJob, "changelist")).content.decode()
    assert '<td class="field-spent">-</td>' in body


def test_a_run_says_how_far_it_is_and_how_long_it_took(root: Client) -> None:
    began = timezone.now() - timedelta(hours=2)
    make.ExecutionFactory(
        total=4,
        completed=3,
        status="completed",
        started_at=began,
        finished_at=began + timedelta(seconds=192),
        prompt_tokens=1000,
        completion_tokens=234,
    )
    body = root.get(page(WorkflowExecution, "changelist")).content.decode()
    assert "75%" in body
    assert "3 min 12 s" in body
    assert "1,234" in body
    assert 'class="cl-badge cl-completed">Completed' in body


def test_a_container_waits_for_lanes_and_not_for_people(root: Client) -> None:
    step = make.NodeRunFactory(type="parallel", status="waiting", wait_for="lanes")
    body = root.get(page(type(step), "changelist")).content.decode()
    assert "Waiting for lanes" in body


@pytest.mark.parametrize(("seconds", "said"), [(5, "Alive"), (90, "Gone")])
def test_a_worker_that_has_not_been_seen_is_gone(seconds: int, said: str, root: Client) -> None:
    make.WorkerBeatFactory(seen_at=timezone.now() - timedelta(seconds=seconds))
    assert f">{said}<" in root.get(page(WorkerBeat, "changelist")).content.decode()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1.25, "1.2 s"), (59, "59 s"), (3600, "1 h 0 min"), (90_000, "1 d 1 h")],
)
def test_durations_are_said_in_two_units(seconds: float, said: str) -> None:
    began = timezone.now()
    assert duration(began, began + timedelta(seconds=seconds)) == said


def test_a_value_of_a_megabyte_is_cut_and_says_so() -> None:
    for shown in (pretty_json(["x" * 1_000_000]), readable("x" * 1_000_000)):
        assert len(shown) < JSON_CHARS + 200
        assert "cut here" in shown


def test_a_long_list_says_how_long_it_is() -> None:
    shown = readable(["x"] * 1_234)
    assert "1,234 in all" in shown
    assert shown.count("<tr>") == LIST_ITEMS + 1


def test_what_lies_deep_is_shown_as_json() -> None:
    shown = readable({"a": {"b": {"c": {"d": 1}}}})
    assert "<th>c</th>" in shown
    assert "&quot;d&quot;: 1" in shown


def test_an_error_begins_with_what_people_need() -> None:
    shown = fault(
        {"code": "rate_limit", "hint": "Wait.", "message": "Too fast.", "retryable": True}
    )
    places = [shown.index(text) for text in ("Too fast.", "Wait.", "rate_limit", "retryable")]
    assert places == sorted(places)


def test_a_waiting_review_shows_no_decision(root: Client) -> None:
    waiting, decided = make.ReviewTaskFactory(), make.ReviewDecisionFactory().task
    bodies = [
        root.get(page(type(task), "change", task.pk)).content.decode()
        for task in (waiting, decided)
    ]
    assert ["Verdict" in body for body in bodies] == [False, True]


def test_a_prompt_keeps_its_line_breaks() -> None:
    assert "Write\nabout tea" in readable({"prompt": "Write\nabout tea"})
