"""Controlling runs from a terminal, and how the terminal tells of them."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from rich.console import Console

from tests import factories as make
from tests.engine import Drive
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI, status
from workflows.executions.pause import pause
from workflows.executions.snapshot import take
from workflows.models import ExecutionEvent, NodeRun, WorkflowExecution
from workflows.terminal.display import Display
from workspaces.models import User

SMALL = graph([brief("topic"), text("teaser", "On {{ brief.topic }}")], "brief > teaser")


@pytest.fixture
def run(drive: Drive) -> WorkflowExecution:
    """A run whose first step waits for a worker."""
    return drive.launch(SMALL, topic="mugs")


@pytest.fixture
def broken(drive: Drive, providers: ScriptedOpenAI) -> WorkflowExecution:
    """A run of which two lanes of three have failed."""
    providers.when(lambda call: "Write c" not in call.prompt, status(401), times=2)
    box = node("each", "parallel", items="a\nb\nc")
    return drive.run(graph([brief(), box, copy("one", "Write {{ item }}", "each")], "brief > each"))


def control(*arguments: Any) -> tuple[int, str, str]:
    """The exit status and what was said."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("control_run", *(str(one) for one in arguments), stdout=out, stderr=err)
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


def test_a_run_is_paused_resumed_and_stopped(run: WorkflowExecution, editor: User) -> None:
    code, out, _ = control(run.pk, "pause", "--user", editor.email.upper())
    assert code == 0
    assert f"Run {run.pk} is paused; manage.py control_run {run.pk} resume" in out
    assert ExecutionEvent.objects.get(execution=run, kind="run.paused").actor == editor
    assert control(run.pk, "resume")[:2] == (
        0, f"Run {run.pk} is running.\n  brief: queued\n  teaser: pending\n",
    )  # fmt: skip
    code, out, _ = control(run.pk, "stop", "--json")
    found = json.loads(out)
    assert (code, found["id"], found["status"]) == (0, run.pk, "stopped")
    assert {one["status"] for one in found["nodes"]} == {"skipped"}


def test_what_is_not_legal_now_is_told_with_the_state_and_1(run: WorkflowExecution) -> None:
    code, out, err = control(run.pk, "resume", "--json")
    assert code == 1
    assert json.loads(out)["status"] == "running"
    assert "resumed" in err
    code, out, err = control(run.pk, "retry", "--step", "brief")
    assert (code, f"Run {run.pk} is running." in out) == (1, True)
    assert err


def test_one_lane_is_retried_then_another_skipped(broken: WorkflowExecution, drive: Drive) -> None:
    assert control(broken.pk, "retry", "--step", "one", "--lane", 1, "--fresh")[0] == 0
    assert control(broken.pk, "skip", "--step", "one", "--lane", 0)[0] == 0
    lanes = NodeRun.objects.filter(execution=broken, key="one").order_by("lane")
    assert [one.status for one in lanes] == ["skipped", "queued", "completed"]
    assert drive.work(broken).status == "completed"


def test_everything_that_failed_is_retried_without_a_step(
    broken: WorkflowExecution, drive: Drive
) -> None:
    assert control(broken.pk, "retry")[0] == 0
    assert drive.work(broken).status == "completed"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pause", "--step", "brief"), "go with retry and skip"),
        (("stop", "--fresh"), "go with retry and skip"),
        (("retry", "--lane", "1"), "--lane needs --step"),
        (("skip",), "skip needs --step"),
        (("skip", "--step", "one", "--fresh"), "--fresh goes with retry"),
        (("skip", "--step", "nothing"), "has no such step"),
        (("retry", "--step", "one", "--lane", "9"), "has no such step"),
        (("pause", "--user", "nobody@example.test"), "there is nobody"),
    ],
)
def test_bad_input_is_named_and_ends_with_2(
    broken: WorkflowExecution, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = control(broken.pk, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert WorkflowExecution.objects.get(pk=broken.pk).status == "failed"


def test_a_run_that_is_not_there_ends_with_2(db: None) -> None:
    code, _, err = control(987654, "pause")
    assert (code, err) == (2, "There is no run 987654.\n")


def shown(*runs: WorkflowExecution, terminal: bool) -> str:
    """What the display prints of runs one after the other."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=120, color_system=None)
    with Display(console) as display:
        for run in runs:
            display.show(take(run.pk))
    return out.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_says_why_nothing_runs(
    run: WorkflowExecution, editor: User, terminal: bool
) -> None:
    first = make.ExecutionFactory(status="pending")
    pending = make.ExecutionFactory(workspace=first.workspace, status="pending")
    assert "waiting for a free slot, 2nd in line" in shown(pending, terminal=terminal)
    pause(run.pk, user=editor)
    assert f"control_run {run.pk} resume" in shown(run, terminal=terminal)
    stopped = make.ExecutionFactory(status="stopped")
    assert "stopped" in shown(stopped, terminal=terminal)


def test_a_terminal_says_that_a_step_waits_for_agents(run: WorkflowExecution) -> None:
    NodeRun.objects.filter(execution=run, key="brief").update(wait_for="agents")
    assert "waiting for free agents" in shown(run, terminal=False)
    assert "Run" not in shown(run, terminal=False), "a run that runs needs no line of its own"
