"""The steps of a run as a list: containers around their own, finished beginnings folded. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.engine.states import NodeStatus
from workflows.runs.steps import Step

_OVER = frozenset({NodeStatus.COMPLETED, NodeStatus.SKIPPED})
_FEW = 3
"""So many finished steps at the beginning are folded into one row."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together."""

    steps: tuple[Step, ...]
    container: Step | None = None
    is_folded: bool = False

    @property
    def took(self) -> float:
        """Seconds of all of them, one after the other."""
        return sum(step.took or 0.0 for step in self.steps)


def outline(steps: Sequence[Step], *, has_ended: bool) -> tuple[Group, ...]:
    """Groups in the order drawn."""
    top = [step for step in steps if step.parent is None]
    begun = 0
    while begun < len(top) and top[begun].status in _OVER and not top[begun].is_container:
        begun += 1
    fold = begun if begun >= _FEW and not has_ended else 0
    groups = [Group(tuple(top[:fold]), is_folded=True)] if fold else []
    for step in top[fold:]:
        if step.is_container:
            inside = tuple(child for child in steps if child.parent == step.key)
            groups.append(Group(inside, container=step))
        elif groups and groups[-1].container is None and not groups[-1].is_folded:
            groups[-1] = Group((*groups[-1].steps, step))
        else:
            groups.append(Group((step,)))
    return tuple(groups)
