"""What a provider is: requests, answers, and the errors every provider speaks in.

A provider is called from an agent's thread: it touches no database. It reports each call
that it is about to send through ``CallLog``, so that a paid call is written down first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class ErrorCode(StrEnum):
    """Why a call failed, in terms a person can act on."""

    RATE_LIMIT = "rate_limit"
    QUOTA = "quota"
    AUTH = "auth"
    CONTENT_POLICY = "content_policy"
    TIMEOUT = "timeout"
    BAD_ANSWER = "bad_answer"
    BAD_REQUEST = "bad_request"
    UNAVAILABLE = "unavailable"
    CANCELLED = "cancelled"


RETRYABLE = frozenset(
    {ErrorCode.RATE_LIMIT, ErrorCode.TIMEOUT, ErrorCode.BAD_ANSWER, ErrorCode.UNAVAILABLE}
)


class ProviderError(Exception):
    """A call that gave no usable answer.

    ``message`` says what happened, ``hint`` what to do next; both are shown to people and
    hold no key and no address of an internal host. ``retry_after`` is in seconds.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        hint: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retry_after = retry_after

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later."""
        return self.code in RETRYABLE


class Deadline:
    """When a call must have ended, and whether somebody has called it off.

    ``seconds`` count from construction on the monotonic clock.
    """

    def __init__(self, seconds: float, cancelled: threading.Event | None = None) -> None:
        self._ends = time.monotonic() + seconds
        self.cancelled = cancelled or threading.Event()

    def remaining(self) -> float:
        """Seconds left, never below 0; 0 once cancelled."""
        return 0.0 if self.cancelled.is_set() else max(0.0, self._ends - time.monotonic())

    def check(self) -> None:
        """Raise ``ProviderError`` when the time is over or the call was cancelled."""
        if self.cancelled.is_set():
            raise ProviderError(ErrorCode.CANCELLED, "The call was cancelled.")
        if self.remaining() <= 0:
            raise ProviderError(
                ErrorCode.TIMEOUT,
                "The model did not answer in time.",
                hint="Retry the step, or ask for fewer or shorter variants.",
            )


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; None where the provider did not say."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class CallLog(Protocol):
    """The ledger as a provider sees it; every call is opened before it is sent."""

    def open(self, mode: str) -> int:
        """Write the call down and return its number. Blocks until it is written.

        ``mode`` is ``text``, ``json_schema``, ``json_object``, ``prompt``, ``repair``,
        ``image`` or ``download``.
        """

    def close(self, number: int, *, usage: Usage | None = None, error: str = "") -> None:
        """Note how the call ended."""


@dataclass(frozen=True, slots=True)
class OutputField:
    """One field of a structured answer."""

    key: str
    label: str = ""
    description: str = ""
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One copy variant to write."""

    prompt: str
    model: str
    system: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    fields: tuple[OutputField, ...] = ()
    """Empty for plain text; else the answer is one string per field."""
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """A finished variant. ``text`` is never blank; ``fields`` has every asked key."""

    text: str
    model: str
    fields: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = Usage()
    """Summed over all calls that the answer took."""
    notes: tuple[str, ...] = ()
    """What was done to the answer, for people: each field that was shortened to fit."""


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One image to make."""

    prompt: str
    model: str
    width: int
    height: int
    """Pixels. A model that has no such size is asked for its nearest."""
    negative_prompt: str = ""
    style: str = ""
    seed: int = 0
    photo: bytes | None = None
    """An uploaded picture to build on, already verified; used by studio alone."""
    brand: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImageAnswer:
    """A finished picture as it came; callers verify and re-encode it."""

    data: bytes
    model: str
    usage: Usage = Usage()
    note: str = ""
    """What the maker says of the picture, e.g. that it is a drawn card."""


class ModelProvider(Protocol):
    """A service that writes copy or makes images."""

    slug: str

    def chat(self, request: ChatRequest, log: CallLog, deadline: Deadline) -> ChatAnswer:
        """Write one variant. Raises ``ProviderError``."""

    def image(self, request: ImageRequest, log: CallLog, deadline: Deadline) -> ImageAnswer:
        """Make one image. Raises ``ProviderError``."""

    def models(self) -> list[str]:
        """Names of the models on offer, most suitable first. Raises ``ProviderError``."""
