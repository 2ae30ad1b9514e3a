"""Joins text without AI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from workflows.graph.model import Issue
from workflows.nodes.base import NodeConfig, NodeContext, NodeResult, NodeType
from workflows.nodes.fields import Template
from workflows.nodes.icons import icon
from workflows.nodes.registry import register


class Config(NodeConfig):
    """The text."""

    template: Annotated[
        Template,
        Field(
            title="Text",
            description="Liquid text with variables.",
            json_schema_extra={"x-prefill": ["text"], "x-summary": "{}"},
        ),
    ]


@register
class ComposeText(NodeType[Config]):
    """Renders its template; no model is asked."""

    type = "compose_text"
    label = "Compose Text"
    category = "Create"
    color = "#64748B"
    icon = icon('<path d="M17 6.1H3"/><path d="M21 12.1H3"/><path d="M15.1 18H3"/>')
    help = "Text made of variables. It is put together exactly as written; no model is asked."
    config_model = Config
    outputs = frozenset({"text"})

    def check(self, config: Config) -> Iterable[Issue]:
        """There must be a text; what it renders to may well be empty."""
        if not config.template.strip():
            yield Issue("bad_config", "Write the text.", field="template")

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """``text`` is the rendered template."""
        return NodeResult({"text": config.template})
