"""One agent's work: ask the provider, try again where that helps, keep the picture."""

from __future__ import annotations

import random
from collections.abc import Callable

from config.crash import crash_point
from documents.images import put_object
from documents.uploads import UploadRejected, clean_image
from workflows.engine.retry import backoff, may_retry
from workflows.executions.inbox import Made
from workflows.nodes.base import Retry
from workflows.providers.base import (
    CallLog,
    ChatRequest,
    Deadline,
    ErrorCode,
    ImageRequest,
    ProviderError,
)
from workflows.providers.registry import ResolvedProvider


def make(
    request: ChatRequest | ImageRequest,
    provider: ResolvedProvider,
    log: CallLog,
    deadline: Deadline,
    *,
    workspace_id: int,
) -> Made:
    """Ask once. A picture is verified and its bytes are stored; no row is written.

    Threads may call it. Raises ``ProviderError``.
    """
    crash_point("provider.before_call")
    if isinstance(request, ChatRequest):
        text = provider.provider.chat(request, log, deadline)
        crash_point("provider.answered")
        return Made(text)
    answer = provider.provider.image(request, log, deadline)
    crash_point("provider.answered")
    try:
        clean = clean_image(answer.data)
    except UploadRejected as error:
        raise ProviderError(
            ErrorCode.BAD_ANSWER,
            f"The model's picture could not be used: {error}",
            hint="Retry the step, or choose another image model.",
        ) from error
    return Made(answer, clean, put_object(clean, workspace_id=workspace_id))


def keep_trying(once: Callable[[int], Made], retry: Retry, deadline: Deadline) -> Made:
    """What ``once`` makes, called with 1, 2 and so on until it succeeds or may not be tried again.

    Raises the last ``ProviderError``.
    """
    attempt = 0
    while True:
        attempt += 1
        try:
            return once(attempt)
        except ProviderError as error:
            if not may_retry(attempt, max_attempts=retry.max_attempts, retryable=error.retryable):
                raise
            wait = backoff(
                attempt,
                base=retry.backoff_seconds,
                chance=random.random(),  # noqa: S311 - jitter, not a secret
                retry_after=error.retry_after,
            )
            if wait >= deadline.remaining():
                raise
            deadline.cancelled.wait(wait)


def as_bug(error: Exception) -> ProviderError:
    """How an agent that stopped with an error of our own is told."""
    return ProviderError(
        ErrorCode.UNAVAILABLE,
        f"The agent stopped with an internal error ({type(error).__name__}).",
        hint="Retry the step.",
    )
