"""Every URL that the site answers, read from its URL tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True, slots=True)
class Url:
    """One URL, by its path with ``{parameters}``."""

    path: str
    view: Callable[..., Any]

    @property
    def methods(self) -> frozenset[str]:
        """What the view says that it answers; a plain function of Django's answers GET alone."""
        named = getattr(self.view, "methods", None) or getattr(self.view, "actions", None)
        cls = getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)
        if not named and cls is not None:
            named = getattr(cls, "actions", None) or [m for m in METHODS if hasattr(cls, m.lower())]
        return frozenset(named or ["GET"]) & frozenset(METHODS)

    @property
    def parameters(self) -> list[str]:
        """Names in the path, in their order."""
        return re.findall(r"{(\w+)}", self.path)


def every_url() -> list[Url]:
    """All URLs, in the order in which they are tried."""
    return list(_walk(get_resolver().url_patterns, "/"))


def _walk(entries: list[URLPattern | URLResolver], above: str) -> Iterator[Url]:
    for entry in entries:
        path = above + _readable(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path)
        else:
            yield Url(path, entry.callback)


def _readable(pattern: str) -> str:
    """A route or a regular expression as a path with ``{names}``."""
    plain = _CONVERTER.sub(r"{\1}", _GROUP.sub(r"{\1}", pattern))
    return plain.removeprefix("^").removesuffix("$").removesuffix("\\Z").replace("\\", "")
