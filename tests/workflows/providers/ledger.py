"""A ``CallLog`` that remembers, and the requests that the provider tests send."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.providers.base import OutputField, Usage

FIELDS = (
    OutputField("headline", "Headline", "the headline", 60),
    OutputField("body", "Body", "two sentences"),
)


@dataclass
class Entry:
    """One call: ``closed`` stays False until it has ended."""

    mode: str
    closed: bool = False
    usage: Usage | None = None
    error: str = ""


class Ledger:
    """Numbers calls from 1, as the engine does."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def open(self, mode: str) -> int:
        self.entries.append(Entry(mode))
        return len(self.entries)

    def close(self, number: int, *, usage: Usage | None = None, error: str = "") -> None:
        entry = self.entries[number - 1]
        assert not entry.closed
        entry.closed, entry.usage, entry.error = True, usage, error

    @property
    def modes(self) -> list[str]:
        return [entry.mode for entry in self.entries]
