"""How much a template may be, hold and do.

python-liquid's own limits come after the fact: a filter builds its whole result before it is
weighed, and nested constructs multiply. Here every unit of work is paid for beforehand, so
a template costs milliseconds and a few megabytes whatever it says.
"""

from __future__ import annotations

from io import StringIO
from typing import Any, NoReturn

from workflows.graph.paths import TemplateError

MAX_TEMPLATE = 50_000
"""Characters of a template's source."""
MAX_TAGS = 500
"""Outputs and tags in one template."""
MAX_TAG = 1_000
"""Characters between one pair of braces."""
MAX_CODE = 20_000
"""Characters between all braces of one template; parsing takes 2 µs for each."""
MAX_BLANKS = 100
"""White space in a row between braces; the lexer's time grows with its square."""
MAX_OUTPUT = 200_000
"""Characters of a rendered text, and of every string on the way to it."""
MAX_LIST = 10_000
"""Elements of a list that a filter builds."""
MAX_RANGE = 1_000
"""Numbers in a ``(1..n)``."""
MAX_LOOPS = 10_000
"""Rounds of a loop, those of the loops around it multiplied in."""
MAX_NESTING = 20
"""Blocks inside each other."""
MAX_NUMBER = 10**15
"""Of the results of arithmetic."""
MAX_STEPS = 20_000
"""Tags, expressions and filters carried out in one rendering."""
MAX_WORK = 4_000_000
"""Characters and elements read and written in one rendering."""
MAX_HELD = 1_000_000
"""Characters and elements held by ``assign`` and ``capture`` together."""


class Budget:
    """What is left for one rendering; not shared between threads."""

    __slots__ = ("max_output", "steps", "work")

    def __init__(self, max_output: int = MAX_OUTPUT) -> None:
        self.max_output = max_output
        self.steps = MAX_STEPS
        self.work = MAX_WORK

    def step(self, count: int) -> None:
        """Pay for ``count`` tags, expressions or filters about to run."""
        self.steps -= count
        if self.steps < 0:
            raise TemplateError(
                "too_many_loops", "The template loops too often; loop over fewer things."
            )

    def pay(self, amount: int) -> None:
        """Pay for ``amount`` characters or elements about to be read or written."""
        self.work -= amount
        if self.work < 0:
            raise TemplateError(
                "too_much_work", "The template handles too much text; use less or shorter text."
            )

    def fit(self, length: int) -> None:
        """Pay for a text of ``length`` characters about to be built, if it may be that long."""
        if length > self.max_output:
            too_large(self.max_output)
        self.pay(length)

    def hold(self, value: Any) -> int:
        """Pay for a list or object about to be kept, and say how large it is."""
        size = measure(value, MAX_HELD)
        if size > MAX_HELD:
            too_large(MAX_HELD)
        self.pay(size)
        return size


class Output(StringIO):
    """A text being written, within the budget."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget
        self.length = 0

    def write(self, text: str, /) -> int:
        """Append ``text``; raises ``TemplateError`` when it is too long."""
        self.length += len(text)
        if self.length > self.budget.max_output:
            too_large(self.budget.max_output)
        self.budget.pay(len(text))
        return super().write(text)


def too_large(most: int) -> NoReturn:
    """Refuse a text or list that is too large."""
    raise TemplateError(
        "output_too_large",
        f"The template makes more than {most:,} characters or elements; shorten it.",
    )


def measure(value: Any, most: int) -> int:
    """Characters and elements in a plain value, counted only until they are over ``most``."""
    total = 0
    waiting = [value]
    while waiting and total <= most:
        found = waiting.pop()
        if isinstance(found, str):
            total += len(found) + 1
        elif isinstance(found, dict):
            total += len(found) + sum(len(str(key)) for key in found)
            waiting += found.values() if total <= most else ()
        elif isinstance(found, list | tuple):
            total += len(found) + 1
            waiting += found if total <= most else ()
        else:
            total += 1
    return total
