"""Named points at which tests let a process die; they do nothing else.

One stands at every commit of the engine, object put, provider call and dispatch. ``hook`` is set by
tests alone.
"""

from __future__ import annotations

from collections.abc import Callable

hook: Callable[[str], None] | None = None


def crash_point(name: str) -> None:
    """Tell a test's hook that this point was reached."""
    if hook is not None:
        hook(name)
