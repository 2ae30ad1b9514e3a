"""Warnings: what will run, but is likely forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.graph.draft import Draft
from workflows.graph.model import Issue
from workflows.graph.order import inside

ELSE = "else"
"""The handle that every router has; leaving it open is a choice, not an oversight."""


def unused_branches(draft: Draft) -> Iterator[Issue]:
    """A branch that leads nowhere."""
    for node, spec in draft.known:
        handles = spec.handles_out(node.config)
        if ELSE not in handles:
            continue
        taken = {edge.source_handle for edge in draft.graph.outgoing[node.key]}
        for handle in handles:
            if handle != ELSE and handle not in taken:
                yield Issue(
                    "unused_branch",
                    f"The branch “{handle}” of “{node.name}” leads nowhere; connect or remove it.",
                    severity="warning",
                    node=node.key,
                )


def unused_outputs(draft: Draft) -> Iterator[Issue]:
    """A step that works for nobody: nothing below it and nobody reads it."""
    for node, spec in draft.known:
        if spec.is_root or _is_used(draft, node.key) or _has_effect(draft, node.key):
            continue
        container = draft.container_of(node)
        if container and _is_used(draft, container[0].key):
            continue
        yield Issue(
            "unused_output",
            f"Nobody uses what “{node.name}” makes; read it in a later step or remove it.",
            severity="warning",
            node=node.key,
        )


def _is_used(draft: Draft, key: str) -> bool:
    return key in draft.read or bool(draft.graph.outgoing[key])


def _has_effect(draft: Draft, key: str) -> bool:
    return any(
        draft.specs[each].is_sink
        for each in {key, *inside(draft.graph, key)}
        if each in draft.specs
    )
