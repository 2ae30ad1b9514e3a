"""Steps as pages show them: the icon of their type, and what they are set to in one line."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from workflows.graph.model import Node
from workflows.nodes import registry
from workflows.step_words import step_words

register = template.Library()


@register.simple_tag
def step_icon(type: str, size: int = 16) -> SafeString:
    """The icon of a step type; a plain square for a type that is not known any more."""
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        'aria-hidden="true">{1}</svg>',
        size,
        _paths(type),
    )


@register.filter
def step_type(type: str) -> str:
    """The type's name as people know it."""
    kind = registry.catalog.get(type)
    return kind.label if kind else type


@register.filter
def step_summary(node: Node) -> str:
    """What the step is set to, in one line."""
    return step_words(node)


@lru_cache(maxsize=64)
def _paths(type: str) -> SafeString:
    kind = registry.catalog.get(type)
    if kind is None:
        return mark_safe('<rect width="18" height="18" x="3" y="3" rx="2"/>')
    svg = kind.icon
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return mark_safe(inner)  # noqa: S308 - part of a node type's source, never a user's
