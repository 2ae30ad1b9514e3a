"""What a chaos run has measured, as a table."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


def share(values: Sequence[float], part: float) -> float:
    """The value below which this part of them lies; 0 of none."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]


def spread(values: Sequence[float]) -> str:
    """p50, p95 and the greatest, in seconds."""
    parts = (share(values, 0.5), share(values, 0.95), share(values, 1))
    return " / ".join(f"{one:.1f}" for one in parts) + f" s of {len(values)}"


@dataclass
class Figures:
    """Names and values in order."""

    rows: list[tuple[str, object]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, value: object) -> None:
        """A line of the table."""
        self.rows.append((name, value))

    def count(self, name: str, found: Counter[str]) -> None:
        """A line for each kind."""
        for kind, times in sorted(found.items()):
            self.add(f"{name}: {kind}", times)

    def must(self, holds: bool, text: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.wrong.append(text)

    def table(self) -> str:
        """All lines, and at the end whether everything held."""
        width = max(len(name) for name, _ in self.rows)
        lines = [f"{name:<{width}}  {value}" for name, value in self.rows]
        return "\n".join([*lines, *(f"BROKEN: {one}" for one in self.wrong)])
