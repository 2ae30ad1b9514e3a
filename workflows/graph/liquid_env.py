"""The Liquid that users write in: python-liquid with an allow-list and our budget.

No loader, no tag that includes or defines, no access to anything but plain values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

from liquid import Environment, FalsyStrictUndefined, RenderContext, is_undefined
from liquid.ast import BlockNode, Node
from liquid.builtin import content, illegal, output
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.template import BoundTemplate
from liquid.token import Token
from liquid.undefined import UNDEFINED
from liquid.utils import ReadOnlyChainMap

from workflows.graph.liquid_filters import filters, text_of
from workflows.graph.liquid_limits import (
    MAX_HELD,
    MAX_LOOPS,
    MAX_NESTING,
    MAX_RANGE,
    Budget,
    Output,
    measure,
    too_large,
)
from workflows.graph.liquid_scan import line_of
from workflows.graph.paths import TemplateError

_PLAIN = (str, list, tuple, dict, for_tag.ForLoop)
"""What a path may look into: none of them has attributes that ``[]`` would reach."""


class Context(RenderContext):
    """A rendering in progress: the scope, the locals and what is left of the budget."""

    __slots__ = ("budget", "held")

    def __init__(
        self, template: BoundTemplate, scope: Mapping[str, Any], budget: Budget | None = None
    ) -> None:
        super().__init__(template, globals=scope)
        self.budget = budget or Budget()
        self.held: dict[str, int] = {}
        # Without the library's own ``now`` and ``today``: a retried step must see the same day.
        self.scope = ReadOnlyChainMap(self.locals, self.globals)

    def get(
        self, path: list[object], *, token: Token | None, default: object = UNDEFINED
    ) -> object:
        """The value at ``path``, read within the budget; what is missing is named in full."""
        found = super().get(path, token=token, default=default)
        if is_undefined(found):
            name = ".".join(str(segment) for segment in path)
            return self.env.undefined(name, hint=name, token=token)
        if isinstance(found, str | list | dict | tuple):
            self.budget.pay(len(found) // 4)  # comparing and searching are quick for each letter
        return found

    def get_item(self, obj: Any, key: Any) -> Any:
        """One step of a path, into plain values alone."""
        if type(obj) not in _PLAIN and not isinstance(obj, str):
            raise TypeError("not a plain value")
        return super().get_item(obj, key)

    def assign(self, key: str, val: Any) -> None:
        """Keep a local variable, all of them together within bounds."""
        size = measure(val, MAX_HELD)
        self.budget.pay(size)
        self.held[key] = size
        if sum(self.held.values()) > MAX_HELD:
            too_large(MAX_HELD)
        self.locals[key] = val

    def get_buffer(self, buf: TextIO | None = None) -> Output:
        """The text that a ``capture`` writes to."""
        return Output(self.budget)


class _BoundedRange(RangeLiteral):
    """A range that is weighed when it is made: what reads one may walk it all."""

    __slots__ = ()

    def _make_range(self, start: Any, stop: Any) -> range:
        made = super()._make_range(start, stop)
        if made.stop - made.start > MAX_RANGE:
            raise TemplateError(
                "range_too_large", f"A range in the template has over {MAX_RANGE:,} numbers."
            )
        return made


class _RepeatedBlock(BlockNode):
    """A block that may run many times, and pays for each."""

    __slots__ = ("weight",)

    def __init__(self, block: BlockNode, weight: int) -> None:
        super().__init__(block.token, block.nodes)
        self.blank = block.blank
        self.weight = weight

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Render the block once more."""
        assert isinstance(context, Context)
        context.budget.step(self.weight)
        return super().render_to_output(context, buffer)


class _OutputNode(output.OutputNode):
    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the expression's value as people would."""
        assert isinstance(context, Context)
        return buffer.write(text_of(self.expression.evaluate(context), context.budget))


class _OutputTag(output.Output):
    node_class = _OutputNode


class LiquidEnvironment(Environment):
    """Tags, filters and limits of every template; shared by all threads, never changed."""

    block_nesting_limit = MAX_NESTING
    context_depth_limit = MAX_NESTING
    loop_iteration_limit = MAX_LOOPS
    shorthand_indexes = True

    def __init__(self) -> None:
        super().__init__(undefined=FalsyStrictUndefined)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register what is allowed, nothing else."""
        for tag in (
            content.Literal,
            _OutputTag,
            illegal.Illegal,
            assign_tag.AssignTag,
            capture_tag.CaptureTag,
            case_tag.CaseTag,
            comment_tag.CommentTag,
            for_tag.BreakTag,
            for_tag.ContinueTag,
            for_tag.ForTag,
            if_tag.IfTag,
            inline_comment_tag.InlineCommentTag,
            unless_tag.UnlessTag,
        ):
            self.add_tag(tag)
        self.filters.update(filters())

    def error(
        self,
        exc: type[LiquidError] | LiquidError,
        msg: str | None = None,
        token: Token | None = None,
    ) -> None:
        """Raise ``exc``; one about the end of a tag stands nowhere, so it gets that tag's place."""
        if isinstance(exc, LiquidError) and exc.token is not None and exc.token.start_index < 0:
            exc.token = None
        super().error(exc, msg, token)


def harden(template: BoundTemplate) -> None:
    """Make a parsed template pay for what it repeats; once, before it is shared.

    Raises ``TemplateError`` for a dynamic path or a filter that does not exist.
    """
    static = Context(template, {})
    for node in template.nodes:
        _harden_node(node, static)


def _harden_node(node: Node, static: Context) -> int:
    """Harden a node and all inside it; gives how many tags and expressions they are."""
    weight = 1 + sum(_harden_expression(top, static) for top in node.expressions())
    weight += sum(_harden_node(child, static) for child in node.children(static))
    if isinstance(node, for_tag.ForNode | case_tag.MultiExpressionBlockNode):
        # ``when a, a, a`` runs its block three times.
        node.block = _RepeatedBlock(node.block, weight)
    return weight


def _harden_expression(top: Expression, static: Context) -> int:
    waiting = [top]
    weight = 0
    while waiting:
        expression = waiting.pop()
        weight += 1
        if isinstance(expression, RangeLiteral):
            expression.__class__ = _BoundedRange
        elif isinstance(expression, Path):
            _check_path(expression)
        elif isinstance(expression, FilteredExpression):
            _check_filters(expression, static.env)
        waiting += expression.children()
    return weight


def _check_path(path: Path) -> None:
    if not isinstance(path.path[0], str) or not all(isinstance(s, str | int) for s in path.path):
        line = line_of(path.token.source, path.token.start_index)
        raise TemplateError(
            "dynamic_path",
            f"On line {line}, “{path}” picks a variable by the value of another; name it outright.",
        )


def _check_filters(expression: FilteredExpression, env: Environment) -> None:
    for used in expression.filters or ():
        line = line_of(used.token.source, used.token.start_index)
        # A named argument goes to the function as it is: none may stand in for ours.
        if any(getattr(argument, "name", "allow_false") != "allow_false" for argument in used.args):
            raise TemplateError(
                "template_syntax", f"On line {line}, “{used.name}” takes no named values."
            )
        if used.name not in env.filters:
            known = ", ".join(sorted(env.filters))
            raise TemplateError(
                "unknown_filter",
                f"On line {line}, there is no filter “{used.name}”; the filters are {known}.",
            )
