"""Runs a step's agents side by side, each on the ledger.

Agents are threads that touch no database. They tell the main thread what they are about to do
through an inbox; the main thread writes it down and lets them go on, so a provider call is on
the ledger before it is sent.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from typing import Any

from workflows.executions.claim import Claim
from workflows.executions.inbox import Closed, Ended, Made, Opened
from workflows.executions.ledger import Ledger
from workflows.executions.making import as_bug, keep_trying, make
from workflows.models import AgentJob, NodeRun, WorkflowExecution
from workflows.nodes.base import AgentCall, AgentOutcome, NodeError, Retry
from workflows.providers.base import ChatRequest, Deadline, ProviderError, Usage
from workflows.providers.registry import Kind, ResolvedProvider, resolve


class _Log:
    """One agent's side of the ledger; implements ``providers.base.CallLog``."""

    def __init__(self, inbox: queue.Queue[Any], job: AgentJob, deadline: Deadline) -> None:
        self._inbox, self._job, self._deadline = inbox, job, deadline
        self._numbers = 0

    def open(self, mode: str) -> int:
        """Write the call down; blocks until it is written. Raises ``ProviderError``."""
        self._deadline.check()
        self._numbers += 1
        notice = Opened(self._job, self._numbers, mode)
        self._inbox.put(notice)
        while not notice.written.wait(0.2):
            self._deadline.check()
        self._deadline.check()
        return self._numbers

    def close(self, number: int, *, usage: Usage | None = None, error: str = "") -> None:
        """Note how the call ended."""
        self._inbox.put(Closed(self._job, number, usage, error))


class AgentRunner:
    """Runs the agents of one claim."""

    def __init__(
        self, claim: Claim, run: NodeRun, execution: WorkflowExecution, deadline: Deadline
    ) -> None:
        self.ledger = Ledger(claim, run, execution)
        self.workspace_id = execution.workspace_id
        self.width = execution.max_parallel_agents
        self.deadline = deadline
        self.inbox: queue.Queue[Opened | Closed | Ended] = queue.Queue()

    def run(self, calls: Sequence[AgentCall], retry: Retry) -> list[AgentOutcome]:
        """Outcomes in the order of the calls; finished agents of an earlier attempt are reused.

        Raises ``NodeError`` when the time is over, or when an agent was lost too often to be
        sent again; ``ProviderError`` when a provider cannot be found.
        """
        providers = [self._provider(call) for call in calls]
        outcomes, jobs = self.ledger.open_jobs(calls, providers)
        gate = threading.Semaphore(self.width)
        for job in jobs:
            work = (job, calls[job.index], providers[job.index], retry, gate)
            threading.Thread(target=self._agent, args=work, daemon=True).start()
        waiting = len(jobs)
        while waiting:
            notice = self._next()
            if isinstance(notice, Opened):
                if not self.ledger.write_call(notice.job, notice.number, notice.mode):
                    self.deadline.cancelled.set()
                notice.written.set()
            elif isinstance(notice, Closed):
                self.ledger.close_call(notice.job, notice.number, notice.usage, notice.error)
            else:
                outcomes[notice.job.index] = self._end(notice, calls, providers)
                waiting -= 1
        return [outcomes[index] for index in range(len(calls))]

    def _provider(self, call: AgentCall) -> ResolvedProvider:
        kind: Kind = "copy" if isinstance(call.request, ChatRequest) else "image"
        return resolve(workspace_id=self.workspace_id, slug=call.provider, kind=kind)

    def _next(self) -> Opened | Closed | Ended:
        while True:
            try:
                return self.inbox.get(timeout=0.5)
            except queue.Empty:
                if self.deadline.remaining() <= 0:
                    self.deadline.cancelled.set()
                    raise NodeError(
                        "timeout",
                        "The step ran out of time before its agents had finished.",
                        hint="Retry the step, or ask for fewer variants.",
                        retryable=True,
                        partial=self.ledger.partial(),
                    ) from None

    def _end(
        self, notice: Ended, calls: Sequence[AgentCall], providers: list[ResolvedProvider]
    ) -> AgentOutcome:
        job = notice.job
        if notice.made is not None:
            return self.ledger.complete(job, calls[job.index], providers[job.index], notice.made)
        assert notice.error is not None
        return self.ledger.fail(job, providers[job.index], notice.error)

    def _agent(
        self,
        job: AgentJob,
        call: AgentCall,
        provider: ResolvedProvider,
        retry: Retry,
        gate: threading.Semaphore,
    ) -> None:
        """One agent, in its own thread."""
        with gate:
            try:
                made = self._try(job, call, provider, retry)
                self.inbox.put(Ended(job, made=made))
            except ProviderError as error:
                self.inbox.put(Ended(job, error=error))
            except Exception as error:  # noqa: BLE001 - the main thread must hear of every end
                self.inbox.put(Ended(job, error=as_bug(error)))

    def _try(
        self, job: AgentJob, call: AgentCall, provider: ResolvedProvider, retry: Retry
    ) -> Made:
        log = _Log(self.inbox, job, self.deadline)

        def once(attempt: int) -> Made:
            request = self.ledger.request(job, call, attempt)
            return make(request, provider, log, self.deadline, workspace_id=self.workspace_id)

        return keep_trying(once, retry, self.deadline)
