"""The queries behind the page of one run; how many there are does not depend on its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, F, JSONField, OuterRef, Subquery, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject, Left

from workflows.engine.states import AgentStatus, ExecutionStatus, NodeStatus, ReviewState
from workflows.models import AgentJob, ExecutionEvent, NodeRun, ReviewTask, WorkflowExecution
from workflows.runs.rows import AgentRow, OpenReview, StepRow, Word
from workflows.selectors import marks_of, with_place
from workspaces.models import Workspace

LONGEST_TEXT = 6_000
"""Characters of a text that the monitor shows; the step's own page shows all."""
_FACTS = {
    "branch": KT("output__branch"),
    "decision": KT("output__decision"),
    "document_id": KT("output__document_id"),
    "title": KT("output__title"),
}


def find_run(workspace: Workspace, pk: int) -> WorkflowExecution | None:
    """A run of the workspace with what its page names, in one query.

    Its ``place`` in line and the ``word`` of whoever paused or stopped it are on it.
    """
    rows = with_place(WorkflowExecution.objects.filter(workspace=workspace, pk=pk))
    rows = rows.select_related("version__template", "launched_by", "project")
    rows = rows.annotate(word=_last_word())
    found = rows.defer("version__template__draft", "version__canvas_notes").first()
    if found is not None:
        found.workspace = workspace
    return found


def mark_of(workspace: Workspace, pk: int) -> str | None:
    """What ``mark`` is for a run now: the cheapest way to see that nothing has changed."""
    rows = with_place(WorkflowExecution.objects.filter(workspace=workspace, pk=pk))
    return next((mark(revision, place) for _, revision, place in marks_of(rows)), None)


def mark(revision: int, place: int | None) -> str:
    """Another text whenever the page has to be drawn anew: a run in line also moves up."""
    return f"{revision}.{place}" if place else str(revision)


def word_of(execution: WorkflowExecution) -> Word | None:
    """Who paused or stopped a run that ``find_run`` found, and when."""
    found = getattr(execution, "word", None)
    if found is None:
        return None
    at = datetime.fromisoformat(found["at"])
    return Word(who=found["name"] or found["email"] or "", at=at)


def _last_word() -> Case:
    """The event that paused or stopped the run; read in the run's own query."""
    events = ExecutionEvent.objects.filter(execution=OuterRef("pk")).order_by("-pk")
    body = JSONObject(at="at", name="actor__name", email="actor__email")
    paused, stopped = (
        Subquery(events.filter(kind=f"run.{status}").values(body=body)[:1])
        for status in (ExecutionStatus.PAUSED, ExecutionStatus.STOPPED)
    )
    return Case(
        When(status=ExecutionStatus.PAUSED, then=paused),
        When(status=ExecutionStatus.STOPPED, then=stopped),
        output_field=JSONField(),
    )


def read_steps(execution_id: int) -> list[StepRow]:
    """Every step and lane of a run; of their outputs short values alone."""
    text = Case(When(type="compose_text", then=Left(KT("output__text"), LONGEST_TEXT)))
    rows = NodeRun.objects.filter(execution_id=execution_id).order_by("pk")
    found = rows.annotate(
        composed=text, asks=_asks(), **{f"fact_{name}": fact for name, fact in _FACTS.items()}
    )
    return [
        StepRow(
            **{name: row[name] for name in _COLUMNS if name != "status"},
            status=NodeStatus(row["status"]),
            facts=_facts(row),
            review=_review(row["asks"]),
        )
        for row in found.values(*_COLUMNS, "composed", "asks", *(f"fact_{name}" for name in _FACTS))
    ]


def _asks() -> Case:
    """The open review of a step that waits for people, read with the step."""
    tasks = ReviewTask.objects.filter(node_run=OuterRef("pk"), state=ReviewState.WAITING)
    body = JSONObject(pk="pk", since="created_at", due="due_at")
    return Case(
        When(type="review", status=NodeStatus.WAITING, then=Subquery(tasks.values(body=body)[:1])),
        output_field=JSONField(),
    )


def _review(found: Mapping[str, Any] | None) -> OpenReview | None:
    if found is None:
        return None
    due = found["due"]
    return OpenReview(
        pk=found["pk"],
        since=datetime.fromisoformat(found["since"]),
        due=datetime.fromisoformat(due) if due else None,
    )


_COLUMNS = (
    "pk",
    "key",
    "lane",
    "status",
    "attempt",
    "round",
    "wait_for",
    "skip_reason",
    "handles",
    "queued_at",
    "started_at",
    "finished_at",
    "error",
    "item",
)


def _facts(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: row[f"fact_{name}"] for name in _FACTS} | {"text": row["composed"]}
    return {name: value for name, value in named.items() if value is not None}


def read_agents(execution_id: int) -> list[AgentRow]:
    """The latest job of every agent in its step's present round, without what it made."""
    calls = Case(
        When(status=AgentStatus.FAILED, then=F("calls")),
        default=Value([], output_field=JSONField()),
    )
    jobs = AgentJob.objects.filter(
        node_run__execution_id=execution_id, round=F("node_run__round")
    ).order_by("node_run_id", "index", "-attempt")
    rows = jobs.distinct("node_run_id", "index").annotate(failed_calls=calls)
    return [
        AgentRow(pk, run, index, AgentStatus(status), error, made or [])
        for pk, run, index, status, error, made in rows.values_list(
            "pk", "node_run_id", "index", "status", "error", "failed_calls"
        )
    ]


def read_made(job_ids: Sequence[int]) -> dict[int, Any]:
    """What agents made, by job."""
    return dict(AgentJob.objects.filter(pk__in=job_ids).values_list("pk", "output"))
