"""When to try again. Pure: chance and time are passed in."""

from __future__ import annotations

MAX_BACKOFF = 30.0
"""Seconds; no wait of our own choice is longer, whatever the step asks for."""
MAX_LOSSES = 2
"""A step whose worker died this often is poison and fails (reliability.md, rule 7)."""
MAX_UNKNOWN = 2
"""An agent found without an answer this often is not sent again (rule 10)."""


def backoff(attempt: int, *, base: float, chance: float, retry_after: float | None = None) -> float:
    """Seconds to wait after the ``attempt``-th failure (from 1).

    Full jitter: ``chance`` in [0, 1) of the exponential step, so that agents which failed
    together do not come back together. It is added to a service's own Retry-After, which all of
    them were told at the same moment; one that is longer than the step's time ends the trying.
    """
    step = min(MAX_BACKOFF, base * 2.0 ** (attempt - 1))
    return step * chance + (retry_after or 0.0)


def may_retry(attempt: int, *, max_attempts: int, retryable: bool) -> bool:
    """Whether an agent that has failed ``attempt`` times is tried again."""
    return retryable and attempt < max_attempts


def is_poison(loss_count: int) -> bool:
    """Whether a step has cost so many workers that it must fail."""
    return loss_count >= MAX_LOSSES
