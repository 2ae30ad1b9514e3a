"""One agent's work: ask the provider, try again where that helps, keep the picture."""

from __future__ import annotations

import random
from collections.abc import Callable

import structlog

from config.crash import crash_point
from documents.images import put_object
from documents.uploads import CleanImage, UploadRejected, clean_image
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

STORE_TRIES = 3
STORE_PAUSE = 1.0
"""Seconds after the first failure to store a picture; longer after each further one."""
log = structlog.get_logger(__name__)


class NotKept(ProviderError):
    """The picture was made and could not be stored: asking for another one would not help."""

    def __init__(self) -> None:
        super().__init__(
            ErrorCode.UNAVAILABLE,
            "The picture was made, but the storage did not keep it.",
            hint="Tell your administrator if it happens again: the storage is away or full.",
        )


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
    return Made(answer, clean, _keep(clean, deadline, workspace_id=workspace_id))


def _keep(clean: CleanImage, deadline: Deadline, *, workspace_id: int) -> str:
    """Store a picture; a short fault of the storage must not cost a second one.

    Raises ``NotKept``.
    """
    for number in range(1, STORE_TRIES):
        try:
            return put_object(clean, workspace_id=workspace_id)
        except Exception as error:  # noqa: BLE001 - each storage has errors of its own
            log.warning("picture not stored", number=number, error=type(error).__name__)
            deadline.cancelled.wait(min(number * STORE_PAUSE, deadline.remaining()))
    try:
        return put_object(clean, workspace_id=workspace_id)
    except Exception as error:
        log.exception("picture not stored", number=STORE_TRIES)
        raise NotKept from error


def keep_trying(once: Callable[[int], Made], retry: Retry, deadline: Deadline) -> Made:
    """What ``once`` makes, called with 1, 2 and so on until it succeeds or may not be tried again.

    Raises the last ``ProviderError``.
    """
    attempt = 0
    while True:
        attempt += 1
        try:
            return once(attempt)
        except NotKept:
            raise
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
