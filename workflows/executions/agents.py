"""Runs a step's agents side by side, each on the ledger.

Agents are threads that touch no database. They tell the main thread what they are about to do
through an inbox; the main thread writes it down and lets them go on, so a provider call is on
the ledger before it is sent.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from typing import Any

from workflows.executions.claim import Claim
from workflows.executions.inbox import Closed, Ended, Made, Opened
from workflows.executions.ledger import Ledger
from workflows.executions.making import as_bug, keep_trying, make
from workflows.executions.reserve import give_back, grow, others_want, reserve
from workflows.models import AgentJob, NodeRun, WorkflowExecution
from workflows.nodes.base import AgentCall, AgentOutcome, NodeError, Retry
from workflows.providers.base import ChatRequest, Deadline, ErrorCode, ProviderError, Usage
from workflows.providers.registry import Kind, ResolvedProvider, resolve

ASK_EVERY = 1.0
"""Seconds between two questions for more agents."""
LAST_WORDS = 1.0
"""Seconds for agents that are called off; their calls end within half of one."""


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
        self.claim = claim
        self.deadline = deadline
        self.inbox: queue.Queue[Opened | Closed | Ended] = queue.Queue()
        self.gate = threading.Semaphore(0)
        self.width = 0
        """How many agents may be at work at once; the gate has let in as many."""
        self._asked = 0.0

    def run(self, calls: Sequence[AgentCall], retry: Retry) -> list[AgentOutcome]:
        """Outcomes in the order of the calls; finished agents of an earlier attempt are reused.

        Raises ``NodeError`` when the time is over, or when an agent was lost too often to be
        sent again; ``ProviderError`` when a provider cannot be found; ``NoAgentFree`` when the
        run's agents are all at work elsewhere.
        """
        providers = [self._provider(call) for call in calls]
        outcomes, jobs = self.ledger.read(calls, providers)
        if jobs:
            self._let_in(reserve(self.claim, len(jobs)))
        jobs = self.ledger.open_jobs(calls, jobs)
        for job in jobs:
            work = (job, calls[job.index], providers[job.index], retry)
            threading.Thread(target=self._agent, args=work, daemon=True).start()
        waiting = len(jobs)
        while waiting:
            notice = self._next(waiting)
            if notice is None:
                self._hear_out(waiting, calls, providers)
                raise self._out_of_time()
            if isinstance(notice, Opened):
                if not self.ledger.write_call(notice.job, notice.number, notice.mode):
                    self.deadline.cancelled.set()
                notice.written.set()
            elif isinstance(notice, Closed):
                self.ledger.close_call(notice.job, notice.number, notice.usage, notice.error)
            else:
                outcomes[notice.job.index] = self._end(notice, calls, providers)
                waiting -= 1
                self._narrow(waiting)
        return [outcomes[index] for index in range(len(calls))]

    def _let_in(self, width: int) -> None:
        if width > self.width:
            self.gate.release(width - self.width)
            self.width = width

    def _widen(self, waiting: int) -> None:
        """Ask once a second for more of the run's agents, while some of ours have none."""
        now = time.monotonic()
        if self.width < waiting and now - self._asked > ASK_EVERY:
            self._asked = now
            self._let_in(grow(self.claim, waiting))

    def _narrow(self, waiting: int) -> None:
        """Give back what the agents that are left do not need, where another step could use it."""
        if 0 < waiting < self.width and others_want(self.claim):
            self.width = waiting
            give_back(self.claim, waiting)

    def _provider(self, call: AgentCall) -> ResolvedProvider:
        kind: Kind = "copy" if isinstance(call.request, ChatRequest) else "image"
        return resolve(workspace_id=self.workspace_id, slug=call.provider, kind=kind)

    def _next(self, waiting: int) -> Opened | Closed | Ended | None:
        """What an agent says next; None when the time is over or the work was called off."""
        while True:
            self._widen(waiting)
            try:
                return self.inbox.get(timeout=0.5)
            except queue.Empty:
                if self.deadline.remaining() <= 0:
                    self.deadline.cancelled.set()
                    return None

    def _hear_out(
        self, waiting: int, calls: Sequence[AgentCall], providers: list[ResolvedProvider]
    ) -> None:
        """Write down what agents say on being called off: a late answer keeps its cost."""
        ends = time.monotonic() + LAST_WORDS
        while waiting and (left := ends - time.monotonic()) > 0:
            try:
                notice = self.inbox.get(timeout=left)
            except queue.Empty:
                return
            if isinstance(notice, Closed):
                self.ledger.close_call(notice.job, notice.number, notice.usage, notice.error)
            elif isinstance(notice, Ended):
                waiting -= 1
                if notice.error is None or notice.error.code is not ErrorCode.CANCELLED:
                    self._end(notice, calls, providers)

    def _out_of_time(self) -> NodeError:
        return NodeError(
            "timeout",
            "The step ran out of time before its agents had finished.",
            hint="Retry the step, or ask for fewer variants.",
            retryable=True,
            partial=self.ledger.partial(),
        )

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
    ) -> None:
        """One agent, in its own thread."""
        with self.gate:
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
