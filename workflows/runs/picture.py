"""The drawn graph with the states of a run on it. Pure, but for the version's graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.engine.states import NODE_TERMINAL, NodeStatus
from workflows.graph.model import Edge
from workflows.runs.drawing import Box, Route, drawing_of
from workflows.runs.steps import Step

_AT_WORK = frozenset({NodeStatus.QUEUED, NodeStatus.RUNNING})
WIDE = 860
"""Pixels over which a graph is scrolled rather than made ever smaller."""
_SCALE = 0.75


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step where it stands."""

    box: Box
    step: Step


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge and what became of it: ``done``, ``running``, ``skipped`` or ``pending``."""

    id: str
    route: Route
    state: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that is drawn; containers come before what stands in them."""

    width: float
    height: float
    is_wide: bool
    containers: tuple[DrawnStep, ...]
    nodes: tuple[DrawnStep, ...]
    edges: tuple[DrawnEdge, ...]

    @property
    def shown_width(self) -> float:
        """Pixels that the drawing takes where there is room."""
        return self.width * _SCALE if self.is_wide else self.width


def picture_of(version_id: int, steps: Sequence[Step]) -> Picture:
    """Put the steps of a run on the drawing of its version."""
    drawing = drawing_of(version_id)
    by_key = {step.key: step for step in steps}
    drawn = [DrawnStep(box, by_key[box.key]) for box in drawing.boxes]
    return Picture(
        width=drawing.width,
        height=drawing.height,
        is_wide=drawing.width > WIDE,
        containers=tuple(one for one in drawn if one.box.is_container),
        nodes=tuple(one for one in drawn if not one.box.is_container),
        edges=tuple(
            DrawnEdge(f"edge-{number}", route, edge_state(route.edge, by_key))
            for number, route in enumerate(drawing.routes)
        ),
    )


def edge_state(edge: Edge, steps: Mapping[str, Step]) -> str:
    """Whether an edge was taken, is being followed, was left out, or is to come."""
    source, target = steps[edge.source], steps[edge.target]
    if source.status not in NODE_TERMINAL or source.status == NodeStatus.FAILED:
        return "pending"
    if edge.source_handle not in source.handles:
        return "skipped"
    return "running" if target.status in _AT_WORK else "done"
