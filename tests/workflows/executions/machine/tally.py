"""How often each rule acted, and on what kind of workflow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

FEATURES = ("conditional", "container", "lanes", "review", "join")


class Tally:
    """Hits by rule and by feature of the workflow at hand."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.with_feature: Counter[tuple[str, str]] = Counter()

    def hit(self, rule: str, features: Iterable[str]) -> None:
        """A rule has done something."""
        self.hits[rule] += 1
        self.with_feature.update((rule, feature) for feature in features)

    def missing(self, rules: Iterable[str]) -> list[str]:
        """Rules that were never seen with a condition or with a container."""
        return [
            f"{rule} with {feature}"
            for rule in rules
            for feature in FEATURES[:2]
            if not self.with_feature[rule, feature]
        ]

    def table(self) -> str:
        """Hits per rule."""
        lines = [f"{'rule':<18}{'hits':>7}" + "".join(f"{name:>13}" for name in FEATURES)]
        for rule, hits in sorted(self.hits.items()):
            found = "".join(f"{self.with_feature[rule, name]:>13}" for name in FEATURES)
            lines.append(f"{rule:<18}{hits:>7}{found}")
        return "\n".join(lines)
