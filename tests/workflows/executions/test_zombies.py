"""A worker whose claim is lost writes nothing, and sends nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.engine import Drive
from tests.graphs import brief, copy, graph
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.executions.claims import everything, held, taken
from workflows.executions import finish
from workflows.executions.agents import Made
from workflows.executions.claim import claim, hand_back, renew
from workflows.executions.ledger import Ledger
from workflows.executions.run import run
from workflows.models import (
    ModelPrice,
    NodeRun,
    Provider,
    WorkflowExecution,
)
from workflows.nodes.base import AgentCall, NodeError, NodeResult
from workflows.nodes.effects import AskReview, OpenLanes, SaveDocument
from workflows.providers.base import ChatAnswer, ChatRequest, Usage
from workflows.providers.registry import resolve

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("redis")]

EFFECTS = {
    "none": None,
    "document": SaveDocument(None, "T", "B", (), "append", "first"),
    "review": AskReview("", ({"id": "copy-1", "kind": "copy", "text": "x"},), (), "", None, {}),
    "lanes": OpenLanes(("a", "b"), "item", 2, "fail"),
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_zombie_completes_nothing(drive: Drive, effect: str) -> None:
    """Guards: the token in ``_LEAVE`` and in ``_held``."""
    zombie = held(drive)
    taken(zombie)
    before = everything()
    with pytest.raises(finish.ClaimLost):
        finish.complete(zombie, {}, NodeResult({"t": "late"}, effect=EFFECTS[effect]))
    assert everything() == before


def test_a_zombie_fails_nothing_and_leaves_quietly(drive: Drive) -> None:
    zombie = held(drive)
    taken(zombie)
    before = everything()
    with pytest.raises(finish.ClaimLost):
        finish.fail(zombie, {}, NodeError("x", "late"))
    run(zombie, threading.Event())
    assert everything() == before


def test_a_zombie_does_not_end_a_run_whose_time_is_over(drive: Drive) -> None:
    """Guard: ``_held`` before ``end_late``: the run is another's to end."""
    zombie = held(drive)
    taken(zombie)
    WorkflowExecution.objects.update(deadline_at=timezone.now() - timedelta(seconds=1))
    before = everything()
    with pytest.raises(finish.ClaimLost):
        finish.fail(zombie, {}, NodeError("x", "late"))
    assert everything() == before


def test_a_zombie_hands_nothing_back_and_renews_nothing(drive: Drive) -> None:
    zombie = held(drive)
    fresh = taken(zombie)
    before = everything()
    assert hand_back(zombie) is False
    assert renew(zombie) is None
    assert everything() == before
    assert renew(fresh) is True


def test_a_worker_that_lost_its_step_sends_no_further_call(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    """Guard: the token in ``Ledger.write_call``, and the check after it in the agent's log."""
    drive.launch(graph([brief("t"), copy("copy")], "brief > copy"), t="x")
    drive.commit()
    drive.step()
    zombie = claim(*drive.sent.pop())
    assert zombie is not None
    taken(zombie)
    run(zombie, threading.Event())
    assert providers.calls == []


def test_a_late_answer_keeps_its_cost_and_loses_its_output(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    """Guard: ``Ledger.complete`` writes an output to a job that still runs alone."""
    row = Provider.objects.get(slug="scripted")
    ModelPrice.objects.create(
        provider=row, model="scripted-1", input_per_million=500_000, output_per_million=0
    )
    execution = drive.launch(graph([brief("t"), copy("copy")], "brief > copy"), t="x")
    drive.commit()
    drive.step()
    zombie = claim(*drive.sent.pop())
    assert zombie is not None
    calls = [AgentCall(ChatRequest(prompt="Write", model=""), "")]
    found = [resolve(workspace_id=execution.workspace_id, slug="", kind="copy")]

    late = Ledger(zombie, zombie.run, execution)
    (sent,) = late.open_jobs(calls, late.read(calls, found)[1])
    late.write_call(sent, 1, "text")
    fresh = taken(zombie)
    second = Ledger(fresh, fresh.run, execution)
    (again,) = second.open_jobs(calls, second.read(calls, found)[1])
    late.close_call(sent, 1, Usage(3, 5), "")
    late.complete(
        sent, calls[0], found[0], Made(ChatAnswer("late", model="scripted-1", usage=Usage(3, 5)))
    )

    sent.refresh_from_db()
    again.refresh_from_db()
    execution.refresh_from_db()
    assert (sent.status, sent.output, again.status) == ("unknown", None, "pending")
    assert (sent.prompt_tokens, sent.completion_tokens, sent.cost) == (3, 5, 1.5)
    assert (execution.prompt_tokens, execution.cost) == (3, 1.5)
    assert NodeRun.objects.get(pk=zombie.node_run_id).output is None
