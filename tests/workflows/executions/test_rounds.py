"""What a reviewer's next round makes of containers, lanes and branches."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.engine import Drive, outputs, statuses
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import ScriptedOpenAI, answer
from workflows.engine.states import Door, NodeStatus, Verdict
from workflows.executions.moves import move
from workflows.models import ReviewTask, WorkflowExecution
from workflows.reviews.decide import decide
from workflows.reviews.remind import expire_due
from workspaces.models import User

pytestmark = pytest.mark.django_db


def listed(*lines: str) -> object:
    return answer("\n".join(lines))


def per_line() -> object:
    #    brief > ideas > [ one ] > review.approved > end
    return graph(
        [
            brief("topic"),
            copy("ideas", "Ideas on {{ brief.topic }}"),
            node("lanes", "parallel", items="nodes.ideas.text"),
            text("one", "<{{ item }}>", parent="lanes"),
            node("review", "review", show=["nodes.one.text"], revise="ideas", due_in_hours=1),
            text("end", "{{ nodes.one.text | join: ',' }}"),
        ],
        "brief > ideas > lanes > review.approved > end",
    )


def again(reviewer: User) -> None:
    task = ReviewTask.objects.get(state="waiting")
    decide(task.pk, verdict=Verdict.REQUEST_CHANGES, user=reviewer, comment="Again")


def approve(reviewer: User) -> None:
    decide(ReviewTask.objects.get(state="waiting").pk, verdict=Verdict.APPROVE, user=reviewer)


@pytest.mark.parametrize(
    ("first", "second"),
    [(("a", "b"), ("c", "d")), (("a",), ("b", "c", "d")), (("a", "b", "c"), ("d",))],
)
def test_lanes_of_the_next_round_have_the_new_items(
    drive: Drive,
    providers: ScriptedOpenAI,
    reviewer: User,
    first: tuple[str, ...],
    second: tuple[str, ...],
) -> None:
    """Guards: ``open_lanes`` gives known lanes their new item and closes those too many."""
    providers.next(listed(*first), listed(*second))
    execution = drive.run(per_line(), topic="tea")
    again(reviewer)
    drive.work(execution)
    approve(reviewer)
    drive.work(execution)
    assert execution.status == "completed"
    assert outputs(execution)["end"]["text"] == ",".join(f"<{one}>" for one in second)
    assert outputs(execution)["lanes"]["completed"] == len(second)
    assert "pending" not in statuses(execution).values()


def test_a_next_round_that_takes_another_way_leaves_nothing_pending(
    drive: Drive, providers: ScriptedOpenAI, reviewer: User
) -> None:
    """Guard: the planner skips every lane of a skipped container."""
    short = {"left": "nodes.ideas.text", "operator": "contains", "right": "short"}
    made = graph(
        [
            brief("topic"),
            copy("ideas", "Ideas on {{ brief.topic }}"),
            node("check", "conditional", branches=[{"name": "short", "rules": [short]}]),
            node("lanes", "parallel", items="nodes.ideas.text"),
            text("one", "<{{ item }}>", parent="lanes"),
            node("review", "review", show=["nodes.ideas.text"], revise="ideas", due_in_hours=1),
        ],
        "brief > ideas > check.else > lanes > review",
        "check.short > review",
    )
    providers.next(listed("a", "b"), listed("short"))
    execution = drive.run(made, topic="tea")
    again(reviewer)
    drive.work(execution)
    approve(reviewer)
    drive.work(execution)
    assert execution.status == "completed"
    found = statuses(execution)
    assert found["lanes"] == found["one[0]"] == found["one[1]"] == "skipped"


def test_a_review_that_nobody_decided_asks_again_when_its_step_is_retried(
    drive: Drive, reviewer: User
) -> None:
    """Guard: ``open_task`` opens the expired task of the round again."""
    ask = node("review", "review", show=["brief.topic"], due_in_hours=1, on_timeout="fail")
    execution = drive.run(graph([brief("topic"), ask], "brief > review"), topic="tea")
    ReviewTask.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert expire_due() == 1
    drive.commit()
    run = execution.node_runs.get(key="review")
    assert run.status == "failed"

    assert move(run.pk, NodeStatus.FAILED, NodeStatus.QUEUED, door=Door.RETRY, attempt=2)
    WorkflowExecution.objects.filter(pk=execution.pk).update(status="running", finished_at=None)
    drive.sent.append((run.pk, 2))
    drive.work(execution)
    task = ReviewTask.objects.get()
    assert (task.state, task.decided_at, task.round) == ("waiting", None, 1)
    assert task.due_at > timezone.now()
    approve(reviewer)
    assert drive.work(execution).status == "completed"
