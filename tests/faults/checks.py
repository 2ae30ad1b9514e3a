"""What must hold of every row once the dust has settled, whatever was done to the processes.

Stricter than ``workflows.executions.invariants``, which looks at rows under way: this reads the
whole history. ``assert_all_well`` is the last line of every test of a fault.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Count, Max

from documents.models import Document, DocumentAttachment, Image
from tests.scripted_openai import Call, ScriptedOpenAI
from workflows.engine.states import NODE_TERMINAL, AgentStatus
from workflows.executions import invariants
from workflows.graph.model import Graph
from workflows.models import AgentJob, ExecutionEvent, NodeRun, ReviewTask, WorkflowExecution
from workflows.versions import graph_of

ENDED = ("completed", "failed", "stopped")
OPEN = (AgentStatus.PENDING, AgentStatus.RUNNING)
_PAID = ("/chat/completions", "/images/generations")


def assert_all_well(
    server: ScriptedOpenAI | Iterable[Call] | int | None = None,
    *,
    accepted: Iterable[int] = (),
    settled: bool = True,
    objects: bool = True,
) -> None:
    """Fail with everything that is wrong, at once.

    ``server`` is the scripted service (or its calls, or how many paid calls reached it), to
    compare with the ledger. ``accepted`` are ids of runs that were answered with success.
    ``settled=False`` allows work that is still under way; ``objects=False`` leaves the storage
    unread.
    """
    found = [f"{one.rule}: {one.detail}" for one in invariants.check()]
    found += _lost(accepted)
    for execution in WorkflowExecution.objects.order_by("pk"):
        found += _run(execution)
        if settled:
            found += _stuck(execution)
    found += _agents()
    found += _documents()
    if objects:
        found += _objects()
    if server is not None:
        found += _calls(server)
    assert not found, "\n".join(found)


def paid(calls: ScriptedOpenAI | Iterable[Call] | int) -> int:
    """How many calls that cost money reached the service."""
    if isinstance(calls, int):
        return calls
    listed = list(calls.calls if isinstance(calls, ScriptedOpenAI) else calls)
    return sum(call.method == "POST" and call.path.endswith(_PAID) for call in listed)


def _lost(accepted: Iterable[int]) -> Iterator[str]:
    """I7: every accepted request is visible later."""
    wanted = set(accepted)
    for pk in sorted(wanted - set(WorkflowExecution.objects.values_list("pk", flat=True))):
        yield f"I7: run {pk} was accepted and is gone"


def _run(execution: WorkflowExecution) -> Iterator[str]:
    name = f"run {execution.pk} ({execution.status})"
    rows = list(execution.node_runs.all())
    events = list(ExecutionEvent.objects.filter(execution=execution).order_by("pk"))
    yield from _counters(name, execution, rows)
    yield from _ends(name, execution, rows, events)
    yield from _starts(name, rows, events)
    yield from _order(name, graph_of(execution.version_id), rows, events)


def _counters(name: str, execution: WorkflowExecution, rows: list[NodeRun]) -> Iterator[str]:
    """The counters and the bill are those of the rows."""
    found = Counter(row.status for row in rows)
    for status in ("completed", "failed", "skipped", "running", "waiting"):
        if getattr(execution, status) != found[status]:
            yield f"{name} counts {getattr(execution, status)} {status}, its rows {found[status]}"
    if execution.total != len(rows):
        yield f"{name} counts {execution.total} steps and has {len(rows)}"
    jobs = AgentJob.objects.filter(node_run__execution=execution)
    tokens = sum(job.prompt_tokens or 0 for job in jobs)
    if execution.prompt_tokens != tokens:
        yield f"{name} counts {execution.prompt_tokens} prompt tokens, its agents {tokens}"
    cost = sum(job.cost or 0 for job in jobs)
    if execution.cost != cost:
        yield f"{name} costs {execution.cost}, its agents {cost}"


def _ends(
    name: str, execution: WorkflowExecution, rows: list[NodeRun], events: list[ExecutionEvent]
) -> Iterator[str]:
    """I2: a run ends one way, once, and what has ended holds nothing."""
    kinds = Counter(event.kind for event in events)
    if kinds["run.completed"] + kinds["run.stopped"] > 1:
        yield f"I2: {name} was completed {kinds['run.completed']} and stopped otherwise"
    if execution.status in ENDED:
        if kinds[f"run.{execution.status}"] < 1:
            yield f"I2: {name} has no event of its end"
        if execution.active_since or execution.deadline_at or not execution.finished_at:
            yield f"I2: {name} has ended and its clock runs on"
        for row in rows:
            if row.status not in NODE_TERMINAL and not _blocked(execution, row):
                yield f"I2: {name} has ended and {row} is {row.status}"
    for row in rows:
        if row.token and row.status != "running":
            yield f"I2: {row} of {name} is {row.status} and somebody holds it"
        if row.status == "completed" and row.round == 1:
            ended = sum(e.kind == "node.completed" and e.node_run_id == row.pk for e in events)
            if ended != 1:
                yield f"I3: {row} of {name} was completed {ended} times"


def _blocked(execution: WorkflowExecution, row: NodeRun) -> bool:
    """Below a failed step nothing is decided: it may be retried."""
    return execution.status == "failed" and row.status == "pending"


def _starts(name: str, rows: list[NodeRun], events: list[ExecutionEvent]) -> Iterator[str]:
    """I3: one attempt of one step is queued once and taken once."""
    queued: Counter[tuple[int, int]] = Counter()
    started: Counter[tuple[int, int]] = Counter()
    parked: Counter[int] = Counter()
    for event in events:
        if event.node_run_id is None:
            continue
        key = (event.node_run_id, event.data.get("attempt", 0))
        queued[key] += event.kind == "node.queued"
        started[key] += event.kind == "node.started"
        parked[event.node_run_id] += event.kind == "node.parked"
    keys = {row.pk: str(row) for row in rows}
    for (pk, attempt), times in queued.items():
        if times > 1:
            yield f"I3: {keys[pk]} of {name} was queued {times} times as attempt {attempt}"
    for (pk, attempt), times in started.items():
        if times > 1 + parked[pk]:
            yield f"I3: {keys[pk]} of {name} was started {times} times as attempt {attempt}"


def _order(
    name: str, graph: Graph, rows: list[NodeRun], events: list[ExecutionEvent]
) -> Iterator[str]:
    """I3: nothing fires before its inputs are settled. Looks at first rounds."""
    first: dict[int, int] = {}
    ended: dict[int, int] = {}
    for event in events:
        pk = event.node_run_id
        if pk is not None and event.kind == "node.queued":
            first.setdefault(pk, event.pk)
        elif pk is not None and event.kind in ("node.completed", "node.skipped"):
            ended.setdefault(pk, event.pk)
    by_place = {(row.key, row.lane): row.pk for row in rows}
    for row in rows:
        for edge in graph.incoming[row.key] if row.pk in first else ():
            source = by_place.get((edge.source, row.lane))
            if source is None or ended.get(source, first[row.pk] + 1) > first[row.pk]:
                yield f"I3: {row} of {name} fired before {edge.source} had ended"


def _stuck(execution: WorkflowExecution) -> Iterator[str]:
    """I1: whatever has not ended waits for people, is paused, or stands in line."""
    rows = execution.node_runs.filter(status__in=["queued", "running"])
    if execution.status == "running":
        asked = ReviewTask.objects.filter(node_run__execution=execution, state="waiting").exists()
        if not asked or rows.exists():
            states = dict(execution.node_runs.values_list("key", "status"))
            yield f"I1: run {execution.pk} is still running: {states}"
    if execution.status == "pending":
        active = WorkflowExecution.objects.filter(
            workspace_id=execution.workspace_id, status="running", active_since__isnull=False
        )
        if not active.exists():
            yield f"I1: run {execution.pk} stands in line and nobody is before it"


def _agents() -> Iterator[str]:
    """I5: an agent is asked again at most once per loss, and its answer is kept once."""
    for run in NodeRun.objects.filter(agent_jobs__isnull=False).distinct():
        name = f"{run} of run {run.execution_id}"
        jobs: dict[tuple[int, int], list[AgentJob]] = defaultdict(list)
        for job in AgentJob.objects.filter(node_run=run).order_by("pk"):
            if job.status not in OPEN and _is_further(job, run):
                continue
            jobs[job.round, job.index].append(job)
        kinds = ["node.lost", "node.handed_back", "node.retried", "node.failed"]
        left = run.events.filter(kind__in=kinds).count() + (run.status in ("failed", "skipped"))
        for (_, index), listed in jobs.items():
            states = Counter(job.status for job in listed)
            if run.fresh_since is None and states[AgentStatus.COMPLETED] > 1:
                yield f"I5: agent {index} of {name} was completed {states['completed']} times"
            if states[AgentStatus.UNKNOWN] > left:
                yield f"I5: agent {index} of {name} was lost {states['unknown']} times of {left}"
            open_jobs = sum(states[one] for one in OPEN)
            if run.status == "completed" and open_jobs:
                yield f"I5: agent {index} of {name} is open though the step is completed"


def _is_further(job: AgentJob, run: NodeRun) -> bool:
    """Whether a review asked for it after the step had ended."""
    return run.status == "completed" and job.created_at > run.finished_at


def _documents() -> Iterator[str]:
    """I4: attachments equal effects done, no document is made twice."""
    made: set[int] = set()
    effects: dict[str, int] = {}
    rows = DocumentAttachment.objects.all()
    present = set(rows.values_list("pk", flat=True))
    runs = NodeRun.objects.filter(type="attach_to_document", output__document_id__isnull=False)
    replaced = {run.output["document_id"] for run in runs if _mode(run) == "replace"}
    for run in runs:
        kept = set(run.output["attachment_ids"])
        effects[f"x{run.execution_id}.{run.key}.{run.lane}."] = len(kept)
        made.add(run.output["document_id"])
        if kept - present and run.output["document_id"] not in replaced:
            yield f"I4: {run} of run {run.execution_id} lost attachments {sorted(kept - present)}"
    keys = rows.exclude(effect_key="").values_list("effect_key", flat=True)
    for prefix, times in Counter(key.partition("#")[0] for key in keys).items():
        if times > effects.get(prefix, 0):
            yield f"I4: {times} attachments of {prefix}, which did {effects.get(prefix, 0)}"
    for document in Document.objects.filter(versions__source__has_key="execution").distinct():
        if document.pk not in made:
            yield f"I4: document {document.pk} was made by a step that does not know it"
    yield from _arranged()


def _mode(run: NodeRun) -> str:
    return str((run.input or {}).get("mode"))


def _arranged() -> Iterator[str]:
    most: Any = (
        DocumentAttachment.objects.order_by()
        .values("document")
        .annotate(many=Count("pk"), last=Max("attachment_order"))
    )
    for row in most:
        if row["many"] > 20 or row["last"] != row["many"]:
            yield f"I4: document {row['document']} has {row['many']} images, last {row['last']}"


def _objects() -> Iterator[str]:
    """No row without its object, and the object is what the row says."""
    for image in Image.objects.all():
        if not default_storage.exists(image.key):
            yield f"image {image.pk} has no object"
            continue
        with default_storage.open(image.key) as file:
            if hashlib.sha256(file.read()).hexdigest() != image.sha256:
                yield f"image {image.pk} has another object"


def _calls(server: ScriptedOpenAI | Iterable[Call] | int) -> Iterator[str]:
    """I5: each call that reached the service is on the ledger.

    A call that is written down and whose worker died before it was sent is on the ledger alone:
    at most one for each agent that was left without an answer.
    """
    ledger = lost = 0
    for job in AgentJob.objects.exclude(provider="studio"):
        ledger += sum(call["mode"] != "download" for call in job.calls)
        lost += job.status in (AgentStatus.UNKNOWN, AgentStatus.RUNNING)
    reached = paid(server)
    if not reached <= ledger <= reached + lost:
        yield f"I5: {reached} calls reached the service, {ledger} are on the ledger ({lost} lost)"
