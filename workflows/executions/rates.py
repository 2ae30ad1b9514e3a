"""What asking a workspace's providers costs and how long it takes; read once, asked often."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from math import ceil

from django.db.models import Q

from workflows.executions.timing import Work, usual_seconds
from workflows.models import ModelPrice, Provider
from workflows.nodes.base import Estimate as Ask
from workflows.providers.base import Usage
from workflows.providers.pricing import price_of_chat, price_of_image
from workflows.providers.registry import Directory, model_of
from workspaces.models import Workspace

_WRITING = 40
"""Tokens a second, before any run has told."""
_THINKING = 1.0
_DRAWING = 2.0
"""Seconds that studio takes for a card and its check."""
_PAINTING = 15.0
"""Seconds that an image model takes."""


class Rates:
    """The providers, prices and usual times of one workspace."""

    own_work = 0.2
    """Seconds of a step that asks no model."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._width = workspace.limits.max_parallel_agents
        self._directory = Directory(workspace.pk)

    def tokens(self, ask: Ask) -> int | None:
        """Tokens of all calls; None for a service that counts pictures its own way."""
        if ask.kind == "copy":
            return ask.prompt_tokens + ask.completion_tokens
        row = self._row(ask)
        return 0 if row is not None and row.kind == Provider.Kind.STUDIO else None

    def cost(self, ask: Ask) -> Decimal | None:
        """US dollars of all calls; None where the price is unknown."""
        row = self._row(ask)
        if row is None:
            return None
        model = self._model(ask, row)
        own = self._own_prices.get((row.pk, model))
        if ask.kind == "copy":
            return price_of_chat(row, own, model, Usage(ask.prompt_tokens, ask.completion_tokens))
        each = price_of_image(row, own, model, Usage())
        return None if each is None else each * ask.calls

    def seconds(self, ask: Ask) -> float:
        """How long the calls take, as many side by side as the workspace allows."""
        row = self._row(ask)
        work = (ask.kind, row.slug, self._model(ask, row)) if row is not None else ("", "", "")
        each = self._usual.get(work, _guess(ask, row))
        return each * ceil(ask.calls / self._width)

    def _row(self, ask: Ask) -> Provider | None:
        if ask.kind == "none":
            return None
        return self._directory.find(ask.provider, ask.kind)

    def _model(self, ask: Ask, row: Provider) -> str:
        return ask.model or model_of(row, "copy" if ask.kind == "copy" else "image")

    @cached_property
    def _own_prices(self) -> dict[tuple[int, str], ModelPrice]:
        usable = Q(provider__workspace=None) | Q(provider__workspace=self._workspace)
        return {(one.provider_id, one.model): one for one in ModelPrice.objects.filter(usable)}

    @cached_property
    def _usual(self) -> dict[Work, float]:
        return usual_seconds(self._workspace.pk)


def _guess(ask: Ask, row: Provider | None) -> float:
    if ask.kind == "copy":
        return _THINKING + ask.completion_tokens / max(1, ask.calls) / _WRITING
    return _DRAWING if row is not None and row.kind == Provider.Kind.STUDIO else _PAINTING
