"""Where a text or a picture came from, read from the snapshot that was kept of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Made:
    """The run that made something, by the names that people know."""

    execution_id: int
    run: str
    """The run's title; empty in old snapshots."""
    step: str
    models: tuple[str, ...]
    reviewers: tuple[str, ...]
    """Who approved it on its way."""
    provider: str
    prompt: str
    note: str

    @property
    def model(self) -> str:
        """All models in words."""
        return ", ".join(self.models)

    @property
    def reviewer(self) -> str:
        """All reviewers in words."""
        return " and ".join(self.reviewers)


def made_by(snapshot: Mapping[str, Any]) -> Made | None:
    """Read the snapshot of a version or a picture; None where no run made it."""
    execution_id = snapshot.get("execution")
    if not isinstance(execution_id, int):
        return None
    models = snapshot.get("models") or [snapshot.get("model")]
    people = snapshot.get("reviewers") or [{"name": snapshot.get("reviewer_name")}]
    return Made(
        execution_id=execution_id,
        run=_text(snapshot.get("run")),
        step=_text(snapshot.get("step")) or _text(snapshot.get("node")),
        models=tuple(name for name in map(_text, models) if name),
        reviewers=tuple(name for name in map(_name, people) if name),
        provider=_text(snapshot.get("provider")),
        prompt=_text(snapshot.get("prompt")),
        note=_text(snapshot.get("note")),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _name(person: Any) -> str:
    return _text(person.get("name")) if isinstance(person, Mapping) else ""
