"""The contract of a node type: one file, one class, found by the registry.

A node gets a checked config and a context and returns outputs, chosen handles and at most one
effect; ``executions/finish.py`` applies them. A node imports no model and writes no row.
"""

from __future__ import annotations

import builtins
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from workflows.graph.model import Issue, Reference
from workflows.nodes.effects import Effect
from workflows.nodes.fields import Hint, is_templated, map_config
from workflows.providers.base import ChatRequest, ImageRequest

OnError = Literal["fail", "keep", "skip"]


class NodeConfig(BaseModel):
    """Base of every config: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=50_000)


C = TypeVar("C", bound=NodeConfig)


class NodeError(Exception):
    """The step cannot be done. ``message`` says why, ``hint`` what to do next, in plain words.

    ``partial`` is what its agents had finished, kept for a retry or a skip.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        retryable: bool = False,
        partial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retryable = retryable
        self.partial = dict(partial) if partial is not None else None

    def as_json(self) -> dict[str, Any]:
        """The form kept on the node run."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "retryable": self.retryable,
        }


@dataclass(frozen=True, slots=True)
class Retry:
    """How often an agent is tried, and how long it waits before the second try, in seconds."""

    max_attempts: int = 3
    backoff_seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class AgentCall:
    """One agent's work."""

    request: ChatRequest | ImageRequest
    provider: str
    """Slug; empty for the default."""
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class AgentOutcome:
    """How one agent ended: ``output`` when it finished, else ``error``."""

    index: int
    output: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None


class NodeContext(Protocol):
    """What a node may use while it runs."""

    key: str
    lane: str
    round: int
    feedback: str

    def value(self, path: str) -> Any:
        """What a bare path holds. Raises ``NodeError`` when there is nothing."""

    def value_or_none(self, path: str) -> Any:
        """What a bare path holds, or None."""

    def render(self, text: str, **extra: Any) -> str:
        """Liquid text with the step's variables and ``extra``. Raises ``NodeError``."""

    def image_bytes(self, image_id: int) -> bytes:
        """A picture of the workspace. Raises ``NodeError``."""

    def run_agents(self, calls: Sequence[AgentCall], retry: Retry) -> list[AgentOutcome]:
        """Run agents side by side, each on the ledger; outcomes in the order of the calls."""


@dataclass(frozen=True, slots=True)
class NodeResult:
    """What a step gives back."""

    output: Mapping[str, Any] = field(default_factory=dict)
    handles: tuple[str, ...] = ("out",)
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a step will ask of its provider."""

    kind: Literal["none", "copy", "image"] = "none"
    calls: int = 0
    provider: str = ""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


class NodeType(ABC, Generic[C]):
    """One node type; implements ``graph.model.NodeSpec``."""

    type: ClassVar[str]
    label: ClassVar[str]
    category: ClassVar[str]
    color: ClassVar[str]
    icon: ClassVar[str]
    """SVG, drawn as a data: image."""
    help: ClassVar[str]
    config_model: builtins.type[C]
    """The pydantic class that checks the config."""
    is_container: ClassVar[bool] = False
    is_root: ClassVar[bool] = False
    is_sink: ClassVar[bool] = False
    """Whether its work is done when it ends, so that nobody needs to read its output."""
    handles: ClassVar[tuple[str, ...]] = ("out",)
    outputs: ClassVar[frozenset[str] | None] = None
    handles_from: ClassVar[str] = ""
    """Where in the config further handles are named, as ``branches.*.name``."""
    outputs_from: ClassVar[str] = ""
    """Where in the config the outputs are named, as ``fields.*.key``."""

    def new_config(self) -> dict[str, Any]:
        """The config of a step that has just been added."""
        return self.config_model.model_construct().model_dump(mode="json")

    def handles_out(self, config: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of the handles that edges may leave by."""
        return self.handles

    def output_names(self, config: Mapping[str, Any]) -> frozenset[str] | None:
        """Names that ``nodes.<key>.`` may be followed by; None when any may."""
        return self.outputs

    def child_roots(self, config: Mapping[str, Any]) -> frozenset[str]:
        """Variable roots that steps inside this container know beside the usual ones."""
        return frozenset()

    def references(self, config: Mapping[str, Any]) -> Iterable[Reference]:
        """Every place in the config that reads variables."""
        found: list[Reference] = []

        def note(path: str, kind: Any, text: str, hint: Hint) -> str:
            if text:
                found.append(Reference(path, kind, text, frozenset(hint.extra_roots)))
            return text

        map_config(self.config_model, config, note)
        return found

    def check_config(self, config: Mapping[str, Any]) -> Iterable[Issue]:
        """Issues of the config alone; templated values wait for the run."""
        try:
            checked = self.config_model.model_validate(config)
        except ValidationError as error:
            return [
                as_issue(detail) for detail in error.errors() if not is_templated(detail["input"])
            ]
        return list(self.check(checked))

    def check(self, config: C) -> Iterable[Issue]:
        """Rules of the type beyond the shape of its config."""
        return ()

    def estimate(self, config: C) -> Estimate:
        """What one run of the step asks of its provider."""
        return Estimate()

    def gather(self, finished: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        """The outputs made of what agents have finished, in the order of the agents."""
        return {}

    def handle_when_skipped(self, config: Mapping[str, Any]) -> str:
        """By which handle a person's skip leaves the step."""
        handles = self.handles_out(config)
        return next((one for one in ("out", "else") if one in handles), handles[0])

    @abstractmethod
    def run(self, config: C, ctx: NodeContext) -> NodeResult:
        """Do the work. Raises ``NodeError``; anything else counts as a bug."""


def as_issue(detail: ErrorDetails) -> Issue:
    """A pydantic error in plain words, with the field's dotted path."""
    path = ".".join(str(part) for part in detail["loc"])
    name = path or "config"
    kind, context = detail["type"], detail.get("ctx", {})
    texts = {
        "missing": f"Fill in {name}.",
        "extra_forbidden": f"There is no field {name}; remove it.",
        "string_too_short": f"Fill in {name}.",
        "too_short": f"{name} needs at least {context.get('min_length')} entries.",
        "too_long": f"{name} takes at most {context.get('max_length')} entries.",
        "string_too_long": f"{name} takes at most {context.get('max_length')} characters.",
        "greater_than_equal": f"{name} must be at least {context.get('ge')}.",
        "less_than_equal": f"{name} must be at most {context.get('le')}.",
        "int_parsing": f"{name} must be a whole number.",
        "literal_error": f"{name} must be one of {context.get('expected')}.",
        "value_error": f"{name}: {context.get('error')}",
        "string_pattern_mismatch": (
            f"{name} must be a lower-case name: letters, digits and underscores, "
            "beginning with a letter, at most 40 characters."
        ),
    }
    message = texts.get(kind, f"{name}: {detail['msg']}.")
    code = (
        "quantity_over_limit" if kind == "less_than_equal" and path == "quantity" else "bad_config"
    )
    return Issue(code=code, message=message, field=path or None)
