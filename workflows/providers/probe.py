"""Tries a provider out: one small real call, and what came of it in plain words."""

from __future__ import annotations

import time
from dataclasses import dataclass

from workflows.models import Provider
from workflows.providers import registry
from workflows.providers.base import (
    ChatRequest,
    Deadline,
    ErrorCode,
    ModelProvider,
    ProviderError,
    Usage,
)

SECONDS = 25.0
_PROMPT = "Reply with the one word: ready"
_MAX_TOKENS = 256
"""Enough for a model that thinks before it answers."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Probe:
    """How a provider did."""

    works: bool
    text: str
    hint: str = ""
    models: tuple[str, ...] = ()
    """Some that the service offers, where that helps."""


def probe(row: Provider) -> Probe:
    """Call the provider as a step would, for at most 25 s.

    A service with a model for copy, or with none named, writes a word. One for images alone is
    asked for its models: an image would cost more than a test should.
    """
    if row.kind == Provider.Kind.STUDIO:
        return Probe(True, "Studio draws on this machine. There is nothing to connect to.")
    try:
        provider = registry.build(row)
        if row.image_model and not row.copy_model:
            return _look_up(provider, row.image_model)
        return _write(provider, row.copy_model)
    except ProviderError as error:
        return Probe(False, error.message, error.hint, _offered(row, error))


def _write(provider: ModelProvider, model: str) -> Probe:
    began = time.monotonic()
    request = ChatRequest(prompt=_PROMPT, model=model, max_tokens=_MAX_TOKENS)
    answer = provider.chat(request, _NoLog(), Deadline(SECONDS))
    took = time.monotonic() - began
    return Probe(True, f"It works: {answer.model or model} answered in {took:.1f} s.")


def _look_up(provider: ModelProvider, image_model: str) -> Probe:
    names = provider.models()
    if image_model in names:
        return Probe(True, f"It works, and {image_model} is among its models.")
    return Probe(
        False,
        f"The service answers, but does not list {image_model}.",
        "Check the spelling of the model for images.",
        tuple(names[:_SHOWN]),
    )


def _offered(row: Provider, error: ProviderError) -> tuple[str, ...]:
    """Models to choose from, when the call was refused for what it asked."""
    if error.code != ErrorCode.BAD_REQUEST:
        return ()
    try:
        return tuple(registry.build(row).models()[:_SHOWN])
    except ProviderError:
        return ()


class _NoLog:
    """A test belongs to no run, so to no ledger."""

    def open(self, mode: str) -> int:
        return 0

    def close(self, number: int, *, usage: Usage | None = None, error: str = "") -> None:
        return
