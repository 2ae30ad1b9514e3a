"""One more agent of a step that has ended, on the ledger like those before it."""

from __future__ import annotations

from typing import Any

from config.crash import crash_point
from workflows.engine.states import AgentStatus
from workflows.executions.fingerprint import fingerprint
from workflows.executions.inbox import Made
from workflows.executions.ledger import Ledger
from workflows.executions.making import as_bug, keep_trying, make
from workflows.models import AgentJob, NodeRun, WorkflowExecution
from workflows.nodes.base import AgentCall, Retry
from workflows.providers.base import Deadline, ProviderError, Usage
from workflows.providers.registry import ResolvedProvider, resolve

LONGEST = 240.0
"""Seconds after which nobody waits for such an agent any more: its process has died."""


class _OpenLedger(Ledger):
    """The ledger of a step that nobody holds: its calls need no claim."""

    def __init__(self, run: NodeRun, execution: WorkflowExecution) -> None:
        self.run = run
        self.execution = execution

    def held(self) -> dict[str, Any]:
        """Nothing: whoever opened the job holds it."""
        return {}


class _Log:
    """Writes each call down at once; implements ``providers.base.CallLog``."""

    def __init__(self, ledger: Ledger, job: AgentJob, deadline: Deadline) -> None:
        self._ledger, self._job, self._deadline = ledger, job, deadline
        self._numbers = 0

    def open(self, mode: str) -> int:
        """Write the call down. Raises ``ProviderError``, also when the job was given up."""
        self._deadline.check()
        self._numbers += 1
        if not self._ledger.write_call(self._job, self._numbers, mode):
            self._deadline.cancelled.set()
        self._deadline.check()
        return self._numbers

    def close(self, number: int, *, usage: Usage | None = None, error: str = "") -> None:
        """Note how the call ended."""
        self._ledger.close_call(self._job, number, usage, error)


def new_job(run: NodeRun, index: int) -> AgentJob:
    """A further job of the agent, written down before anything is asked.

    Raises ``IntegrityError`` while another one of this agent is open.
    """
    past = AgentJob.objects.filter(node_run=run, round=run.round, index=index)
    return AgentJob.objects.create(
        node_run=run,
        index=index,
        round=run.round,
        attempt=past.count() + 1,
        kind=AgentJob.Kind.IMAGE,
        request_hash="",
    )


def run_extra(
    execution: WorkflowExecution, job: AgentJob, call: AgentCall, retry: Retry, deadline: Deadline
) -> dict[str, Any]:
    """Ask the agent, in this thread; gives its output. Raises ``ProviderError``, on the ledger."""
    ledger = _OpenLedger(job.node_run, execution)
    try:
        provider = resolve(workspace_id=execution.workspace_id, slug=call.provider, kind="image")
    except ProviderError as error:
        give_up(job, error.code.value, error.message)
        raise
    _sign(job, call, provider)
    log = _Log(ledger, job, deadline)

    def once(attempt: int) -> Made:
        request = ledger.request(job, call, attempt)
        return make(request, provider, log, deadline, workspace_id=execution.workspace_id)

    try:
        made = keep_trying(once, retry, deadline)
    except ProviderError as error:
        ledger.fail(job, provider, error)
        raise
    except Exception as error:
        ledger.fail(job, provider, as_bug(error))
        raise
    return dict(ledger.complete(job, call, provider, made).output or {})


def give_up(job: AgentJob, code: str, message: str) -> None:
    """Close a job of which nothing was sent."""
    AgentJob.objects.filter(pk=job.pk, status=AgentStatus.PENDING).update(
        status=AgentStatus.FAILED, error={"code": code, "message": message}, cost=0
    )
    crash_point("extra.given_up")


def _sign(job: AgentJob, call: AgentCall, provider: ResolvedProvider) -> None:
    job.provider = provider.slug
    job.model = call.request.model or provider.model_default
    job.request_hash = fingerprint(call.request, provider, round=job.round, index=job.index)
    job.save(update_fields=["provider", "model", "request_hash"])
    crash_point("extra.signed")
