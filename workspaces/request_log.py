"""What the one log line of a request says beyond its address, its answer and its person."""

from __future__ import annotations

import time
from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest
from django_structlog import signals


@receiver(signals.bind_extra_request_metadata)
def note_start(request: HttpRequest, **_: Any) -> None:
    """Remember when the request came."""
    request.began = time.perf_counter()  # type: ignore[attr-defined]  # read below


@receiver(signals.bind_extra_request_finished_metadata)
def tell_duration(request: HttpRequest, log_kwargs: dict[str, Any], **_: Any) -> None:
    """Add how long it took, in milliseconds, and the program that asked."""
    began = getattr(request, "began", None)
    if began is not None:
        log_kwargs["ms"] = round(1000 * (time.perf_counter() - began), 1)
    log_kwargs["user_agent"] = request.headers.get("User-Agent", "")
