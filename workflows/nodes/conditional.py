"""Routes a run: the first branch whose rules hold is taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from workflows.graph.model import KEY, Issue
from workflows.nodes.base import NodeConfig, NodeContext, NodeResult, NodeType
from workflows.nodes.fields import Line, Variable
from workflows.nodes.icons import icon
from workflows.nodes.registry import register

Operator = Literal[
    "equals",
    "not_equals",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "greater_than",
    "at_least",
    "less_than",
    "at_most",
    "is_one_of",
    "is_empty",
    "is_not_empty",
]


class Rule(NodeConfig):
    """One comparison."""

    left: Annotated[
        Variable, Field(min_length=1, title="Variable", json_schema_extra={"x-summary": "{}"})
    ]
    operator: Annotated[
        Operator, Field(title="Comparison", json_schema_extra={"x-summary": "{}"})
    ] = "equals"
    right: Annotated[
        Line | int | float | bool | list[str | int | float] | None,
        Field(title="Value", json_schema_extra={"x-summary": "{}"}),
    ] = ""


class Branch(NodeConfig):
    """A named way out and the rules that open it."""

    name: Annotated[str, Field(pattern=KEY.pattern, title="Name")]
    match: Annotated[Literal["all", "any"], Field(title="Match")] = "all"
    rules: Annotated[list[Rule], Field(min_length=1, max_length=20, title="Rules")]


class Config(NodeConfig):
    """The branches, tried in order; ``else`` is always there."""

    branches: Annotated[list[Branch], Field(min_length=1, max_length=10, title="Branches")]


@register
class Conditional(NodeType[Config]):
    """Takes one handle and skips the others."""

    type = "conditional"
    label = "Conditional"
    category = "Flow"
    color = "#06B6D4"
    icon = icon(
        '<path d="M16 3h5v5"/><path d="M8 3H3v5"/><path d="M12 22v-8.3a4 4 0 0 0-1.172-2.872L3 3"/>'
        '<path d="m15 9 6-6"/>'
    )
    help = (
        "Paths by a question. Sends the run down the first branch whose rules hold, else down else."
    )
    config_model = Config
    is_sink = True
    outputs = frozenset({"branch"})
    handles_from = "branches.*.name"

    def new_config(self) -> dict[str, Any]:
        """One branch, ready for its rule."""
        rule = {"left": "", "operator": "is_not_empty", "right": ""}
        return {"branches": [{"name": "yes", "match": "all", "rules": [rule]}]}

    def handles_out(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the branches, and ``else``."""
        branches = config.get("branches")
        found = branches if isinstance(branches, list) else []
        names = [str(one["name"]) for one in found if isinstance(one, Mapping) and "name" in one]
        return (*names, "else")

    def check(self, config: Config) -> Iterable[Issue]:
        """Names must differ, and ``else`` is taken."""
        seen = {"else"}
        for number, branch in enumerate(config.branches):
            if branch.name in seen:
                text = f"There is already a branch {branch.name}; rename this one."
                yield Issue("bad_config", text, field=f"branches.{number}.name")
            seen.add(branch.name)

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """``branch`` is the name of the branch taken."""
        branch = choose(config, ctx.value_or_none)
        return NodeResult({"branch": branch}, handles=(branch,))


def choose(config: Config, value: Callable[[str], Any]) -> str:
    """The handle taken, where ``value`` gives what a path holds. Pure."""
    for branch in config.branches:
        held = (holds(value(rule.left), rule.operator, rule.right) for rule in branch.rules)
        if all(held) if branch.match == "all" else any(held):
            return branch.name
    return "else"


def holds(left: Any, operator: str, right: Any) -> bool:
    """Whether a rule holds.

    Numbers are compared as numbers where both sides read as numbers, else as text without
    regard to case. A list contains an entry; it equals a value when it holds just that one.
    """
    return _OPERATORS[operator](left, right)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value).strip())
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip().casefold()


def _equals(left: Any, right: Any) -> bool:
    if isinstance(left, list):
        wanted = right if isinstance(right, list) else [right]
        return len(left) == len(wanted) and all(map(_equals, left, wanted))
    a, b = _number(left), _number(right)
    return a == b if a is not None and b is not None else _text(left) == _text(right)


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, list):
        return any(_equals(entry, right) for entry in left)
    return _text(right) != "" and _text(right) in _text(left)


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(left: Any, right: Any) -> bool:
        if _is_empty(left) or _is_empty(right):
            return False
        a, b = _number(left), _number(right)
        return test(a, b) if a is not None and b is not None else test(_text(left), _text(right))

    return compared


def _is_one_of(left: Any, right: Any) -> bool:
    options = right if isinstance(right, list) else _split(str(right or ""))
    return any(_equals(left, option) for option in options)


def _split(text: str) -> list[str]:
    """Options as lines, or divided by commas where there is one line."""
    parts = text.splitlines() if "\n" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _is_empty(value: Any) -> bool:
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _equals,
    "not_equals": lambda left, right: not _equals(left, right),
    "contains": _contains,
    "not_contains": lambda left, right: not _contains(left, right),
    "starts_with": lambda left, right: _text(right) != "" and _text(left).startswith(_text(right)),
    "ends_with": lambda left, right: _text(right) != "" and _text(left).endswith(_text(right)),
    "greater_than": _compare(lambda a, b: a > b),
    "at_least": _compare(lambda a, b: a >= b),
    "less_than": _compare(lambda a, b: a < b),
    "at_most": _compare(lambda a, b: a <= b),
    "is_one_of": _is_one_of,
    "is_empty": lambda left, right: _is_empty(left),
    "is_not_empty": lambda left, right: not _is_empty(left),
}
