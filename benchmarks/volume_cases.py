"""What ``benchmarks.volume`` measures and ``tests/workflows/test_volume.py`` explains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from benchmarks.fill import Filled
from workflows.executions import invariants, reconcile, slots
from workflows.executions.prune import Due, count_due, prune
from workflows.figures import read_figures
from workflows.models import NodeRun, WorkflowExecution
from workflows.reviews.remind import expire_due
from workflows.runs import listing
from workflows.runs.board import read_board
from workflows.runs.filters import Filters
from workflows.runs.reading import find_run

Case = tuple[str, Callable[[], object]]


def cases(filled: Filled) -> Iterator[Case]:
    """(name, action) of everything that people and programs often ask for."""
    for group in GROUPS.values():
        yield from group(filled)


def _lists(filled: Filled) -> Iterator[Case]:
    today = timezone.now().date()
    old, middle = today - timedelta(days=179), today - timedelta(days=90)
    asked: dict[str, dict[str, Any]] = {
        "": {},
        ", page 200": {"before": WorkflowExecution.objects.count() - 10_000},
        ", back again": {"after": 20_000},
        ", under way": {"status": "active"},
        ", waiting for review": {"status": "review"},
        ", failed": {"status": "failed"},
        ", stopped": {"status": "stopped"},
        ", completed": {"status": "completed"},
        ", workflow": {"workflow": filled.flow},
        ", rare workflow": {"workflow": filled.rare_flow},
        ", workflow and failed": {"workflow": filled.flow, "status": "failed"},
        ", project": {"project": filled.project},
        ", rare project": {"project": filled.rare_project},
        ", person": {"person": filled.user.pk},
        ", rare person": {"person": filled.rare_person},
        ", one day long ago": {"since": old, "until": old},
        ", a day's failures": {"since": middle, "until": middle, "status": "failed"},
    }
    for name, values in asked.items():
        filters = Filters(**values)
        yield f"runs{name}", _with(listing.read_page, filled.workspace, filters)
    yield "runs, whether anything changed", _with(listing.read_digest, filled.workspace, Filters())
    yield "runs, what the filters offer", _with(listing.read_choices, filled.workspace)


def _pages(filled: Filled) -> Iterator[Case]:
    """Whole pages, templates and all, as a browser gets them."""
    browser = Client()
    browser.force_login(filled.user)
    base = f"/w/{filled.workspace.slug}"
    for name, run in (("under way", _run("running")), ("completed", _run("completed"))):
        yield f"monitor, {name}: its queries", _with(_board, filled, run)
        yield f"page of a run, {name}", _get(browser, f"{base}/runs/{run}")
    step = f"{base}/runs/{_run('completed')}/steps/copy_a"
    yield "page of a step", _get(browser, step)
    for page in ("", "/runs", "/reviews", "/reviews?tab=done", "/workflows", "/projects"):
        yield f"page {page or '/'}", _get(browser, f"{base}{page}" if page else f"{base}/")


def _calls(filled: Filled) -> Iterator[Case]:
    program = Client(headers={"X-Workspace": filled.workspace.slug})
    program.force_login(filled.user)
    run = _run("completed")
    for query in (
        "",
        "?status=failed",
        "?status=running&status=pending",
        f"?template={filled.flow}",
        f"?template={filled.rare_flow}",
        f"?project={filled.rare_project}",
        f"/{run}",
        f"/{run}/events",
        f"/{run}/agent-jobs",
    ):
        shown = query.replace(str(run), "{id}")
        yield f"GET /api/executions{shown}", _get(program, f"/api/executions{query}")
    yield "GET /api/reviews", _get(program, "/api/reviews")


def _upkeep(filled: Filled) -> Iterator[Case]:
    for verb in (
        reconcile.send_unsent,
        reconcile.resend_lost,
        reconcile.take_over,
        reconcile.expire_late,
        reconcile.unstick,
        reconcile.fill_slots,
        reconcile.close_left_open,
        reconcile.reconcile,
        expire_due,
    ):
        yield f"reconcile: {verb.__name__}", verb
    yield "invariants", invariants.check
    yield "figures for /metrics", read_figures
    room = filled.workspace.pk
    yield "slots: free, and who is next", lambda: slots.line(room, slots.free(room) + 5)
    pending = WorkflowExecution.objects.filter(workspace=room, status="pending").latest("pk")
    yield "slots: place in line", _with(slots.place_in_line, pending)
    before = timezone.now() - timedelta(days=150)
    due = Due(runs_before=before, events_before=before)
    everywhere = Due(runs_before=before, events_before=before, workspace=filled.workspace)
    yield "prune: one batch of 20 runs", lambda: next(prune(due, 20))
    yield "prune: one batch of a workspace", lambda: next(prune(everywhere, 20))
    events = Due(runs_before=None, events_before=before)
    yield "prune: the events of 20 runs", lambda: next(prune(events, 20))
    yield "prune: nothing is due", lambda: list(prune(_long_ago()))
    yield "prune: --dry-run of 30 days", lambda: count_due(Due(_days(150), _days(150)))


def _long_ago() -> Due:
    return Due(_days(3_000), _days(3_000))


def _days(count: int) -> Any:
    return timezone.now() - timedelta(days=count)


def _run(status: str) -> int:
    """A run of the big workspace, from the middle where there are many."""
    rows = WorkflowExecution.objects.filter(status=status, workspace_id=1).order_by("-pk")
    if status == "running":
        rows = rows.filter(pk__in=NodeRun.objects.filter(status="running").values("execution_id"))
    found = rows.values_list("pk", flat=True)
    return int(found[min(len(found) - 1, 5_000)])


def _board(filled: Filled, run: int) -> None:
    execution = find_run(filled.workspace, run)
    assert execution is not None
    read_board(execution)


def _with(function: Callable[..., object], *values: Any) -> Callable[[], object]:
    return lambda: function(*values)


def _get(client: Client, address: str) -> Callable[[], object]:
    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return ask


GROUPS: dict[str, Callable[[Filled], Iterator[Case]]] = {
    "lists": _lists,
    "pages": _pages,
    "calls": _calls,
    "upkeep": _upkeep,
}
