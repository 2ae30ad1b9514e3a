"""Every URL that the site answers, read from its URL tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Url:
    """One URL, by its name with its namespaces."""

    name: str
    view: Callable[..., Any]
    parameters: tuple[str, ...]

    @property
    def methods(self) -> frozenset[str]:
        """What the view says that it answers; a plain function of Django's answers GET alone."""
        named = getattr(self.view, "methods", None) or getattr(self.view, "actions", None)
        cls = getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)
        if not named and cls is not None:
            named = getattr(cls, "actions", None) or [m for m in METHODS if hasattr(cls, m.lower())]
        return frozenset(named or ["GET"]) & frozenset(METHODS)


def every_url() -> list[Url]:
    """All URLs, in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, (), ()))


def _walk(
    entries: list[URLPattern | URLResolver], names: tuple[str, ...], outer: tuple[str, ...]
) -> Iterator[Url]:
    for entry in entries:
        parameters = (*outer, *entry.pattern.converters, *_groups(entry))
        if isinstance(entry, URLResolver):
            inner = (*names, entry.namespace) if entry.namespace else names
            yield from _walk(entry.url_patterns, inner, parameters)
        else:
            yield Url(":".join((*names, entry.name or "?")), entry.callback, parameters)


def _groups(entry: URLPattern | URLResolver) -> tuple[str, ...]:
    """Named groups of a pattern that is written as a regular expression."""
    known = entry.pattern.converters
    return tuple(name for name in entry.pattern.regex.groupindex if name not in known)
