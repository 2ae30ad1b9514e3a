"""Agents of a step that is only tried: side by side, bounded, on no ledger."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from documents.images import store_image
from workflows.executions.inbox import Made
from workflows.executions.inputs import image_value
from workflows.executions.making import as_bug, keep_trying, make
from workflows.graph.storable import storable
from workflows.nodes.base import AgentCall, AgentOutcome, Retry
from workflows.providers import pricing
from workflows.providers.base import ChatAnswer, ChatRequest, Deadline, ProviderError, Usage
from workflows.providers.registry import ResolvedProvider, resolve
from workspaces.models import User, Workspace


@dataclass(frozen=True, slots=True)
class TriedCall:
    """How one agent ended and what it took."""

    index: int
    provider: str
    model: str
    prompt_tokens: int | None
    completion_tokens: int | None
    cost: Decimal | None
    """US dollars; None when the model's price is unknown."""
    latency_ms: int
    error: dict[str, Any] | None


class _Notes:
    """A call log that only remembers what was used; implements ``providers.base.CallLog``."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._used: list[Usage] = []
        self._numbers = 0

    def open(self, mode: str) -> int:
        """Number the call. Raises ``ProviderError`` when the time is over."""
        self._deadline.check()
        self._numbers += 1
        return self._numbers

    def close(self, number: int, *, usage: Usage | None = None, error: str = "") -> None:
        """Keep what the call used."""
        if usage is not None:
            self._used.append(usage)

    def usage(self) -> Usage:
        """Tokens of all calls that said what they used."""
        prompt = [one.prompt_tokens for one in self._used if one.prompt_tokens is not None]
        answer = [one.completion_tokens for one in self._used if one.completion_tokens is not None]
        return Usage(sum(prompt) if prompt else None, sum(answer) if answer else None)


@dataclass(slots=True)
class _Ended:
    notes: _Notes
    latency_ms: int
    made: Made | None = None
    error: ProviderError | None = None


class Trial:
    """Runs the agents of one try and keeps what they took."""

    def __init__(
        self, workspace: Workspace, user: User | None, node_type: str, deadline: Deadline
    ) -> None:
        self.workspace = workspace
        self.calls: list[TriedCall] = []
        self.prompts: list[str] = []
        self._user = user
        self._node_type = node_type
        self._deadline = deadline
        self._seed = random.randrange(1_000_000)  # noqa: S311 - variety, not a secret

    def run(self, calls: Sequence[AgentCall], retry: Retry) -> list[AgentOutcome]:
        """Outcomes in the order of the calls. Raises ``ProviderError`` without a provider."""
        self.prompts = list(dict.fromkeys(call.request.prompt for call in calls))
        providers = [self._provider(call) for call in calls]
        with ThreadPoolExecutor(len(calls) or 1) as pool:
            ended = list(
                pool.map(self._agent, range(len(calls)), calls, providers, [retry] * len(calls))
            )
        return [
            self._settle(index, calls[index], providers[index], end)
            for index, end in enumerate(ended)
        ]

    def _provider(self, call: AgentCall) -> ResolvedProvider:
        return resolve(
            workspace_id=self.workspace.pk,
            slug=call.provider,
            kind="copy" if isinstance(call.request, ChatRequest) else "image",
        )

    def _agent(
        self, index: int, call: AgentCall, provider: ResolvedProvider, retry: Retry
    ) -> _Ended:
        """One agent, in its own thread; touches no database."""
        notes, began = _Notes(self._deadline), time.monotonic()
        model = call.request.model or provider.model_default

        def once(attempt: int) -> Made:
            seed = self._seed + index + 7_919 * (attempt - 1)
            request = replace(call.request, model=model, seed=seed)
            return make(request, provider, notes, self._deadline, workspace_id=self.workspace.pk)

        made, failed = None, None
        try:
            made = keep_trying(once, retry, self._deadline)
        except ProviderError as error:
            failed = error
        except Exception as error:  # noqa: BLE001 - one agent's bug is no reason to lose the others
            failed = as_bug(error)
        return _Ended(notes, int((time.monotonic() - began) * 1000), made, failed)

    def _settle(
        self, index: int, call: AgentCall, provider: ResolvedProvider, end: _Ended
    ) -> AgentOutcome:
        model = call.request.model or provider.model_default
        usage, error, output = end.notes.usage(), None, None
        if end.made is not None:
            model = storable(end.made.answer.model) or model
            usage = end.made.answer.usage if end.made.clean is not None else usage
            output = self._output(call, provider, end.made, model)
        elif end.error is not None:
            error = {
                "code": end.error.code.value,
                "message": storable(end.error.message),
                "hint": storable(end.error.hint),
                "retryable": end.error.retryable,
            }
        cost = self._cost(call, provider, model, usage)
        if error is not None and usage == Usage():
            cost = Decimal(0)
        tokens = (usage.prompt_tokens, usage.completion_tokens)
        self.calls.append(
            TriedCall(index, provider.slug, model, *tokens, cost, end.latency_ms, error)
        )
        return AgentOutcome(index, output=output, error=error)

    def _cost(
        self, call: AgentCall, provider: ResolvedProvider, model: str, usage: Usage
    ) -> Decimal | None:
        if isinstance(call.request, ChatRequest):
            return pricing.cost_of_chat(provider.row_id, model, usage)
        return pricing.cost_of_image(provider.row_id, model, usage)

    def _output(
        self, call: AgentCall, provider: ResolvedProvider, made: Made, model: str
    ) -> dict[str, Any]:
        if made.clean is None:
            assert isinstance(made.answer, ChatAnswer)
            found: dict[str, Any] = {"text": made.answer.text, "fields": dict(made.answer.fields)}
            if made.answer.notes:
                found["notes"] = list(made.answer.notes)
            return dict(storable(found))
        image = store_image(
            workspace=self.workspace,
            clean=made.clean,
            key=made.object_key,
            source="generated",
            alt_text=call.alt_text[:500],
            provenance={
                "try": self._node_type,
                "provider": provider.slug,
                "model": model,
                "prompt": call.request.prompt,
                "note": getattr(made.answer, "note", ""),
            },
            created_by=self._user,
        )
        return image_value(image)
