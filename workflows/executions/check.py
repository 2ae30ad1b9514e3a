"""What can be said of one step alone, without the workflow around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.graph.bindings import TemplateError
from workflows.graph.draft import paths_of
from workflows.graph.model import Issue, Node
from workflows.nodes import registry
from workflows.providers.registry import Directory


def check_step(type: str, config: Mapping[str, Any], workspace_id: int | None) -> list[Issue]:
    """Every issue of a step's config, templates and provider; variables need the workflow."""
    kind = registry.catalog.get(type)
    if kind is None:
        known = ", ".join(one.type for one in registry.all_types())
        text = f"There is no step type “{type[:60]}”; there are: {known}."
        return [Issue("unknown_type", text, field="type")]
    return [
        *kind.check_config(config),
        *_unreadable(kind.references(config)),
        *Directory(workspace_id).issues_of(Node("step", type, config=config)),
    ]


def _unreadable(references: Any) -> Iterator[Issue]:
    for reference in references:
        try:
            list(paths_of(reference))
        except TemplateError as error:
            code = "bad_template" if reference.kind == "template" else "bad_variable"
            yield Issue(code, error.message, field=reference.field)
