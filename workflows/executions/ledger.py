"""The database side of a step's agents: what was asked, sent, answered and paid."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from config.conflict import again_on_conflict
from config.crash import crash_point
from documents.images import store_image
from workflows.engine.retry import MAX_UNKNOWN
from workflows.engine.states import AgentStatus
from workflows.executions.broken import finished_of
from workflows.executions.claim import Claim
from workflows.executions.decision import one_decision
from workflows.executions.fingerprint import fingerprint
from workflows.executions.inbox import Made
from workflows.executions.inputs import image_value
from workflows.executions.moves import event, write_events
from workflows.graph.storable import storable
from workflows.models import AgentJob, NodeRun, WorkflowExecution
from workflows.nodes.base import AgentCall, AgentOutcome, NodeError
from workflows.providers import pricing
from workflows.providers.base import (
    ChatAnswer,
    ChatRequest,
    ImageRequest,
    ProviderError,
    Usage,
)
from workflows.providers.registry import ResolvedProvider


class Ledger:
    """The agent jobs of one claim."""

    def __init__(self, claim: Claim, run: NodeRun, execution: WorkflowExecution) -> None:
        self.claim = claim
        self.run = run
        self.execution = execution

    def read(
        self, calls: Sequence[AgentCall], providers: Sequence[ResolvedProvider]
    ) -> tuple[dict[int, AgentOutcome], list[AgentJob]]:
        """Outcomes already on the ledger by index, and new jobs for the agents still to run.

        The jobs are not written yet. An agent that a dead worker left without an answer becomes
        unknown and is sent once more; the second time it raises ``NodeError`` (reliability.md,
        rule 10). A person's retry counts anew.
        """
        past: dict[int, list[AgentJob]] = {}
        for job in AgentJob.objects.filter(node_run=self.run, round=self.run.round):
            past.setdefault(job.index, []).append(job)
        outcomes: dict[int, AgentOutcome] = {}
        fresh: list[AgentJob] = []
        for index, (call, provider) in enumerate(zip(calls, providers, strict=True)):
            digest = fingerprint(call.request, provider, round=self.run.round, index=index)
            jobs = past.get(index, [])
            done = next((job for job in jobs if self._is_done(job, digest)), None)
            if done is not None:
                outcomes[index] = AgentOutcome(index, output=done.output)
            else:
                self._forget(jobs)
                fresh.append(self._job(index, call, provider, digest, len(jobs) + 1))
        return outcomes, fresh

    def open_jobs(self, calls: Sequence[AgentCall], jobs: list[AgentJob]) -> list[AgentJob]:
        """Write the jobs, pending, and show the rendered prompts while they run."""
        self._note_input(calls)
        opened = _write(jobs)
        crash_point("ledger.jobs_opened")
        return opened

    def _is_done(self, job: AgentJob, digest: str) -> bool:
        since = self.run.fresh_since
        return (
            job.status == AgentStatus.COMPLETED
            and job.request_hash == digest
            and (since is None or job.created_at >= since)
        )

    def _forget(self, jobs: list[AgentJob]) -> None:
        """Close what an earlier attempt left open: never sent, or sent and unanswered."""
        for job in jobs:
            if job.status == AgentStatus.PENDING:
                self._close(job, AgentStatus.FAILED, {"code": "not_sent", "message": "Not sent."})
            elif job.status == AgentStatus.RUNNING:
                self._close(job, AgentStatus.UNKNOWN, {"code": "lost", "message": "Worker lost."})
        since = self.run.retried_at
        counted = [job for job in jobs if since is None or job.created_at >= since]
        if sum(job.status == AgentStatus.UNKNOWN for job in counted) >= MAX_UNKNOWN:
            raise NodeError(
                "agent_lost",
                "A call was sent twice and its worker died both times before the answer came.",
                hint="Retry the step when the workers are well again.",
                retryable=True,
                partial=self.partial(),
            )

    @again_on_conflict
    def _close(self, job: AgentJob, status: AgentStatus, error: dict[str, str]) -> None:
        job.status, job.error = status, error
        AgentJob.objects.filter(pk=job.pk).update(status=status, error=error, finished_at=Now())
        crash_point("ledger.job_closed")

    def _job(
        self, index: int, call: AgentCall, provider: ResolvedProvider, digest: str, attempt: int
    ) -> AgentJob:
        is_copy = isinstance(call.request, ChatRequest)
        return AgentJob(
            node_run=self.run,
            index=index,
            round=self.run.round,
            attempt=attempt,
            kind=AgentJob.Kind.COPY if is_copy else AgentJob.Kind.IMAGE,
            provider=provider.slug,
            model=call.request.model or provider.model_default,
            request_hash=digest,
        )

    def _note_input(self, calls: Sequence[AgentCall]) -> None:
        """Show the rendered prompts while the agents still run."""
        prompts = list(dict.fromkeys(call.request.prompt for call in calls))
        self.run.input = {**(self.run.input or {}), "prompts": prompts}
        rows = NodeRun.objects.filter(pk=self.run.pk, token=self.claim.token)
        again_on_conflict(rows.update)(input=self.run.input)

    def request(self, job: AgentJob, call: AgentCall, attempt: int) -> ChatRequest | ImageRequest:
        """The call's request with the model and the seed of this agent's ``attempt`` filled in.

        Agents side by side get consecutive seeds: studio then gives each its own look. Every
        try has another one: a local model answers the same seed with the same bad answer.
        """
        again = 10 * (job.attempt - 1) + attempt - 1
        seed = self.run.pk * 101 + self.run.round * 31 + job.index + 7_919 * again
        return dataclasses.replace(call.request, model=job.model, seed=seed)

    def write_call(self, job: AgentJob, number: int, mode: str) -> bool:
        """Put a provider call on the ledger, before it is sent.

        False when the claim is lost: the call must not be sent, for another attempt has begun.
        """
        job.status = AgentStatus.RUNNING
        job.calls.append({"number": number, "mode": mode, "at": timezone.now().isoformat()})
        open_jobs = AgentJob.objects.filter(
            pk=job.pk,
            status__in=[AgentStatus.PENDING, AgentStatus.RUNNING],
            **self.held(),
        )
        update = again_on_conflict(open_jobs.update)
        written = bool(update(status=AgentStatus.RUNNING, calls=job.calls))
        crash_point("ledger.call_written")
        return written

    def held(self) -> dict[str, Any]:
        """What must hold of a job whose call may be sent: the step is still this claim's."""
        return {"node_run__token": self.claim.token}

    def close_call(self, job: AgentJob, number: int, usage: Usage | None, error: str) -> None:
        """Note how a provider call ended; saved with the job's next write."""
        call = job.calls[number - 1]
        began = datetime.fromisoformat(call["at"])
        call["ms"] = int((timezone.now() - began).total_seconds() * 1000)
        call["error"] = storable(error)
        if usage is not None:
            call["prompt_tokens"] = usage.prompt_tokens
            call["completion_tokens"] = usage.completion_tokens

    @one_decision
    def complete(
        self, job: AgentJob, call: AgentCall, provider: ResolvedProvider, made: Made
    ) -> AgentOutcome:
        """Write an agent's result, its picture's row and what all its tries have cost."""
        answer = made.answer
        model = storable(answer.model) or job.model
        usage = _summed(job) if job.kind == AgentJob.Kind.COPY else answer.usage
        cost = self._cost(provider, job, model, usage)
        if made.clean is not None:
            output: dict[str, Any] = self._image(job, call, made)
        else:
            assert isinstance(answer, ChatAnswer)
            output = storable({"text": answer.text, "fields": dict(answer.fields)})
            if answer.notes:
                output["notes"] = storable(list(answer.notes))
        fields = {**self._spent(job, usage), "cost": cost, "model": model}
        moved = AgentJob.objects.filter(pk=job.pk, status=AgentStatus.RUNNING).update(
            status=AgentStatus.COMPLETED, output=output, **fields
        )
        if not moved:
            AgentJob.objects.filter(pk=job.pk).update(**fields)
        self._charge(usage, cost)
        done = event(self.execution.pk, "agent.completed", node_run_id=self.run.pk, index=job.index)
        write_events([done])
        return AgentOutcome(job.index, output=output)

    @one_decision
    def fail(self, job: AgentJob, provider: ResolvedProvider, error: ProviderError) -> AgentOutcome:
        """Write that an agent gave nothing usable; what it spent is kept.

        Tries that used no tokens that the service told of cost nothing.
        """
        usage = _summed(job)
        used = usage != Usage()
        cost = self._cost(provider, job, job.model, usage) if used else Decimal(0)
        body = {
            "code": error.code.value,
            "message": storable(error.message),
            "hint": storable(error.hint),
            "retryable": error.retryable,
        }
        spent = {**self._spent(job, usage), "cost": cost}
        moved = AgentJob.objects.filter(
            pk=job.pk, status__in=[AgentStatus.RUNNING, AgentStatus.PENDING]
        ).update(status=AgentStatus.FAILED, error=body, **spent)
        if not moved:
            AgentJob.objects.filter(pk=job.pk).update(**spent)
        self._charge(usage, cost)
        return AgentOutcome(job.index, error=body)

    def partial(self) -> dict[str, Any]:
        """What the agents of this round have finished, by index."""
        return {"finished": finished_of(self.run)}

    def _spent(self, job: AgentJob, usage: Usage) -> dict[str, Any]:
        return {
            "calls": job.calls,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "latency_ms": sum(call.get("ms", 0) for call in job.calls),
            "finished_at": Now(),
        }

    def _cost(
        self, provider: ResolvedProvider, job: AgentJob, model: str, usage: Usage
    ) -> Decimal | None:
        if job.kind == AgentJob.Kind.COPY:
            return pricing.cost_of_chat(provider.row_id, model, usage)
        return pricing.cost_of_image(provider.row_id, model, usage)

    def _charge(self, usage: Usage, cost: Decimal | None) -> None:
        WorkflowExecution.objects.filter(pk=self.execution.pk).update(
            prompt_tokens=F("prompt_tokens") + (usage.prompt_tokens or 0),
            completion_tokens=F("completion_tokens") + (usage.completion_tokens or 0),
            cost=F("cost") + (cost or 0),
            unpriced_calls=F("unpriced_calls") + int(cost is None),
            revision=F("revision") + 1,
        )

    def _image(self, job: AgentJob, call: AgentCall, made: Made) -> dict[str, Any]:
        assert made.clean is not None
        image = store_image(
            workspace=self.execution.workspace,
            clean=made.clean,
            key=made.object_key,
            source="generated",
            alt_text=call.alt_text[:500],
            provenance={
                "execution": self.execution.pk,
                "run": self.execution.title,
                "node": self.run.key,
                "step": self.run.label or self.run.key,
                "agent_job": job.pk,
                "provider": job.provider,
                "model": made.answer.model or job.model,
                "prompt": call.request.prompt,
                "note": getattr(made.answer, "note", ""),
            },
        )
        return image_value(image)


@again_on_conflict
def _write(jobs: list[AgentJob]) -> list[AgentJob]:
    return AgentJob.objects.bulk_create(jobs)


def _summed(job: AgentJob) -> Usage:
    """Tokens of all calls that said what they used."""

    def total(name: str) -> int | None:
        found = [call[name] for call in job.calls if call.get(name) is not None]
        return sum(found) if found else None

    return Usage(total("prompt_tokens"), total("completion_tokens"))
