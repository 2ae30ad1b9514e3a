"""Joins text without AI."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from workflows.nodes.base import NodeConfig, NodeContext, NodeResult, NodeType
from workflows.nodes.fields import Template
from workflows.nodes.icons import icon
from workflows.nodes.registry import register


class Config(NodeConfig):
    """The text."""

    template: Annotated[
        Template, Field(min_length=1, title="Text", description="Liquid text with variables.")
    ]


@register
class ComposeText(NodeType[Config]):
    """Renders its template; no model is asked."""

    type = "compose_text"
    label = "Compose Text"
    category = "Create"
    color = "#64748B"
    icon = icon(
        '<path d="M17 6.1H3"/><path d="M21 12.1H3"/><path d="M15.1 18H3"/>'
    )
    help = "Puts text together from variables, exactly as written. No model is asked."
    Config = Config
    outputs = frozenset({"text"})

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """``text`` is the rendered template."""
        return NodeResult({"text": config.template})
