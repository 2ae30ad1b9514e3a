"""Reads all rows once the dust has settled: lost, stuck, doubled, paid too often?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tests.chaos.faults import Faults
from tests.chaos.figures import Figures, spread
from tests.chaos.ground import Ground
from tests.chaos.hits import is_paid


def judge(ground: Ground, faults: Faults, accepted: Iterable[int], figures: Figures) -> None:
    """Fill the table, with everything that does not hold."""
    from tests.faults.checks import assert_all_well
    from workflows.models import NodeRun, WorkflowExecution

    runs = WorkflowExecution.objects.all()
    statuses = Counter(runs.values_list("status", flat=True))
    lost = set(accepted) - set(runs.values_list("pk", flat=True))
    figures.count("faults", faults.done)
    figures.count("runs", statuses)
    figures.add("runs accepted", len(set(accepted)))
    figures.add("node runs", NodeRun.objects.count())
    figures.must(not lost, f"lost: {sorted(lost)}")
    open_ones = sum(times for status, times in statuses.items() if status != "completed")
    figures.must(not open_ones, f"{open_ones} runs are stuck or have failed for good")
    calls = _calls(ground, faults, figures)
    figures.must(not _doubled(), "attachments are doubled")
    try:
        assert_all_well(calls, accepted=accepted)
    except AssertionError as error:
        figures.must(False, str(error))
    figures.add("invariants", "broken" if figures.wrong else "well")


def _calls(ground: Ground, faults: Faults, figures: Figures) -> int:
    """An agent is asked again where its worker died before its answer was kept, and only there."""
    from workflows.models import AgentJob, ExecutionEvent

    calls = sum(is_paid(call) for call in ground.server.calls)
    by_status: Counter[str] = Counter()
    made = 0
    for status, listed in AgentJob.objects.values_list("status", "calls"):
        made += status == "completed"
        by_status[status] += len(listed) - (status == "completed")
    kinds = ("node.lost", "node.handed_back")
    taken = Counter(ExecutionEvent.objects.filter(kind__in=kinds).values_list("kind", flat=True))
    figures.count("steps", taken)
    figures.add("provider calls", calls)
    figures.add("calls under way at a kill", len(faults.hit))
    figures.add("agents without an answer when their step was lost", by_status["unknown"])
    figures.add("extra calls", calls - made)
    figures.add("from a cut-off call to the next (p50/p95/max)", spread(again(ground, faults)))
    figures.must(
        calls - made <= by_status["unknown"],
        f"{calls - made} extra calls: {dict(by_status)}",
    )
    figures.must(
        taken.total() <= faults.could_lose,
        f"{taken.total()} steps were lost, {faults.could_lose} were held by what was killed",
    )
    return calls


def _doubled() -> bool:
    """Whether a step has made two documents, or attached other than its two pictures."""
    from django.db.models import Count

    from documents.models import Document
    from workflows.models import NodeRun

    done = NodeRun.objects.filter(key="doc", status="completed")
    made = Document.objects.count()
    ids = done.values("output__document_id")
    pictured = NodeRun.objects.filter(key="art", status="completed").exists()
    odd = Document.objects.annotate(images=Count("attachments")).exclude(images=2)
    return made != done.count() or ids.distinct().count() != made or (pictured and odd.exists())


def again(ground: Ground, faults: Faults) -> list[float]:
    """Seconds from the fault that cut a call off to the next call of the same prompt."""
    calls = list(ground.server.calls)
    found = []
    for number, moment in faults.hit.items():
        prompt = calls[number].prompt
        later = [one.started for one in calls if one.prompt == prompt and one.started > moment]
        if later:
            found.append(min(later) - moment)
    return found
