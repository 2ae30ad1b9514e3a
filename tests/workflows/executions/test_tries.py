"""What an agent's tries have in common: one bill, and a seed each."""

from decimal import Decimal

import pytest

from tests.engine import Drive
from tests.graphs import brief, copy, graph
from tests.scripted_openai import ScriptedOpenAI, cut, empty, status
from workflows.models import AgentJob, ModelPrice, Provider

pytestmark = pytest.mark.django_db

WRITTEN = graph(
    [brief("topic"), copy("copy", "Write", retry={"max_attempts": 3, "backoff_seconds": 0})],
    "brief > copy",
)


def test_the_tokens_of_a_try_that_failed_are_paid_too(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    """Guard: ``Ledger.complete`` sums every call of the agent."""
    ModelPrice.objects.create(
        provider=Provider.objects.get(slug="scripted"),
        model="scripted-1",
        input_per_million=500_000,
        output_per_million=500_000,
    )
    providers.next(cut())
    execution = drive.run(WRITTEN, topic="x")
    assert execution.status == "completed"
    job = AgentJob.objects.get()
    assert len(job.calls) == 2
    paid = [call["prompt_tokens"] + call["completion_tokens"] for call in job.calls]
    assert all(paid)
    assert (job.prompt_tokens or 0) + (job.completion_tokens or 0) == sum(paid)
    assert execution.prompt_tokens + execution.completion_tokens == sum(paid)
    assert execution.cost == job.cost == Decimal(sum(paid)) / 2


def test_every_try_has_a_seed_of_its_own(drive: Drive, providers: ScriptedOpenAI) -> None:
    """Guard: ``Ledger.request``: the same seed brings the same bad answer again."""
    providers.next(empty(), status(500))
    execution = drive.run(WRITTEN, topic="x")
    assert execution.status == "completed"
    seeds = [call.body["seed"] for call in providers.calls]
    assert len(seeds) == len(set(seeds)) == 3
