"""What an agent's thread tells the main thread, which alone touches the database."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from documents.uploads import CleanImage
from workflows.models import AgentJob
from workflows.providers.base import ChatAnswer, ImageAnswer, ProviderError, Usage


@dataclass(slots=True)
class Opened:
    """An agent is about to send a call and waits until it is written down."""

    job: AgentJob
    number: int
    mode: str
    written: threading.Event = field(default_factory=threading.Event)


@dataclass(slots=True)
class Closed:
    """A call has ended."""

    job: AgentJob
    number: int
    usage: Usage | None
    error: str


@dataclass(slots=True)
class Made:
    """What an agent has made: an answer, and the stored picture if it is one."""

    answer: ChatAnswer | ImageAnswer
    clean: CleanImage | None = None
    object_key: str = ""


@dataclass(slots=True)
class Ended:
    """An agent is done."""

    job: AgentJob
    made: Made | None = None
    error: ProviderError | None = None
