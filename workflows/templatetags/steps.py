"""Steps as pages show them: the icon of their type, and what they are set to in one line."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from workflows.engine.states import Look
from workflows.graph.model import Node
from workflows.nodes import registry
from workflows.step_words import step_words
from workspaces.templatetags.interface import icon, seconds

register = template.Library()
PULSE = mark_safe('<i class="pulse" aria-hidden="true"></i>')


@register.simple_tag
def step_icon(type: str, size: int = 16) -> SafeString:
    """The icon of a step type; a plain square for a type that is not known any more."""
    return _icon(type, size)


@register.simple_tag
def look(look: Look, words: str) -> SafeString:
    """A status in words, behind its icon or, while it lasts, its pulse."""
    return format_html('{}<span class="ellipsis">{}</span>', _sign(look.icon), words)


@register.simple_tag
def took(took: float | None, since: float | None) -> SafeString | str:
    """How long a step has taken, or a clock that goes on from ``since``; both in seconds."""
    if since is not None:
        return format_html('<span data-clock="{}">{}</span>', f"{since:.1f}", seconds(since))
    if took is None:
        return ""
    return "< 1 s" if took < 1 else seconds(took)


def _sign(name: str) -> SafeString:
    return PULSE if name == "pulse" else icon(name, 13)


@lru_cache(maxsize=128)
def _icon(type: str, size: int) -> SafeString:
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
