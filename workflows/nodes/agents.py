"""What the two generating steps share: retries, and what to do when some agents fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from workflows.nodes.base import AgentOutcome, NodeConfig, NodeError, OnError, Retry


class RetryConfig(NodeConfig):
    """How often an agent is tried."""

    max_attempts: Annotated[int, Field(ge=1, le=10, title="Tries")] = 3
    backoff_seconds: Annotated[
        float, Field(ge=0, le=30, title="Wait", description="Seconds before the second try.")
    ] = 2.0

    def as_retry(self) -> Retry:
        """The value that the agent runner takes."""
        return Retry(self.max_attempts, self.backoff_seconds)


_ADVANCED = {"x-level": "advanced"}
ProviderSlug = Annotated[
    str,
    Field(
        max_length=60,
        title="Provider",
        json_schema_extra={"x-widget": "provider"},
    ),
]
"""Which service; empty for the default of the workspace."""
ModelName = Annotated[
    str,
    Field(
        max_length=200,
        title="Model",
        json_schema_extra={"x-widget": "model", "x-summary": "{}"},
    ),
]
"""Which of its models; empty for the service's own default."""
Retries = Annotated[RetryConfig, Field(title="Retries", json_schema_extra=_ADVANCED)]
WhenAgentFails = Annotated[OnError, Field(title="When an agent fails", json_schema_extra=_ADVANCED)]


def settle(outcomes: Sequence[AgentOutcome], on_error: OnError) -> list[Mapping[str, Any]]:
    """The results to go on with, in order.

    ``fail``: one failed agent fails the step, finished results kept on the error. ``keep``: go
    on with those that succeeded, if any. ``skip``: go on with nothing. Raises ``NodeError``.
    """
    done = [outcome.output for outcome in outcomes if outcome.output is not None]
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    if not errors or (on_error == "keep" and done):
        return done
    if on_error == "skip":
        return []
    first = errors[0]
    total = len(outcomes)
    prefix = f"{len(errors)} of {total} agents failed. " if total > 1 else ""
    raise NodeError(
        str(first["code"]),
        f"{prefix}{first['message']}",
        hint=str(first.get("hint", "")),
        retryable=bool(first.get("retryable")),
        partial={"finished": list(done)},
    )
