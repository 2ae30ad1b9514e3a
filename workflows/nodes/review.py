"""People decide: pick, edit, approve, send back or reject. No worker is held meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field

from workflows.graph.model import Issue
from workflows.nodes.base import NodeConfig, NodeContext, NodeError, NodeResult, NodeType
from workflows.nodes.effects import AskReview
from workflows.nodes.fields import StepKey, Template, Variable
from workflows.nodes.generate_copy import copy_text
from workflows.nodes.icons import icon
from workflows.nodes.registry import register

Pick = Literal["none", "one", "many"] | Annotated[int, Field(ge=1, le=50)]


class Config(NodeConfig):
    """What is shown to whom, and what they may do."""

    instructions: Annotated[Template, Field(title="Instructions")] = ""
    show: Annotated[
        list[Variable],
        Field(
            min_length=1,
            max_length=20,
            title="Show",
            description="Copy and images to judge.",
            json_schema_extra={"x-prefill": ["variants", "images"], "x-summary": "Shows {}"},
        ),
    ]
    assignees: Annotated[
        list[str],
        Field(
            max_length=20,
            title="Reviewers",
            description="E-mail addresses.",
            json_schema_extra={"x-widget": "people"},
        ),
    ] = []
    role: Annotated[
        Literal["", "owner", "admin", "editor", "reviewer"],
        Field(title="Role", description="Who may decide when nobody is named."),
    ] = "reviewer"
    pick_copy: Annotated[
        Pick,
        Field(
            title="Pick copy",
            description="none, one, many, or how many.",
            json_schema_extra={"x-summary": "Pick {}"},
        ),
    ] = "none"
    pick_images: Annotated[
        Pick, Field(title="Pick images", description="none, one, many, or how many.")
    ] = "none"
    revise: Annotated[
        StepKey,
        Field(title="On request changes, run again", description="The step that made the copy."),
    ] = ""
    max_rounds: Annotated[
        int, Field(ge=1, le=20, title="Rounds", json_schema_extra={"x-level": "advanced"})
    ] = 3
    due_in_hours: Annotated[
        float | None,
        Field(
            gt=0,
            le=8760,
            title="Due in hours",
            json_schema_extra={"x-level": "advanced", "x-summary": "Due in {} h"},
        ),
    ] = None
    on_timeout: Annotated[
        Literal["wait", "approve", "reject", "fail"],
        Field(title="When time runs out", json_schema_extra={"x-level": "advanced"}),
    ] = "wait"


@register
class Review(NodeType[Config]):
    """Asks the engine to open a review task and waits for the first decision."""

    type = "review"
    label = "Review"
    category = "People"
    color = "#F59E0B"
    icon = icon(
        '<path d="m16 11 2 2 4-4"/><path d="M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2"/>'
        '<circle cx="9" cy="7" r="4"/>'
    )
    help = (
        "Pause for a person to pick. People pick, edit and approve, send it back with a comment, "
        "or reject it."
    )
    config_model = Config
    is_sink = True
    handles = ("approved", "rejected")
    outputs = frozenset({"decision", "text", "variants", "images", "comment", "reviewer"})

    def check(self, config: Config) -> Iterable[Issue]:
        """A review without a due date may wait for ever: a warning."""
        if config.due_in_hours is None:
            yield Issue(
                "missing_due_date",
                "The review has no due date, so it may wait for ever.",
                severity="warning",
                field="due_in_hours",
            )
            if config.on_timeout != "wait":
                text = "Set due_in_hours, or let on_timeout wait: without a date no time runs out."
                yield Issue("bad_config", text, field="on_timeout")

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """Collects what is shown; the outputs come with the decision."""
        items = collect(config, ctx)
        if not items:
            raise NodeError(
                "nothing_to_review",
                "There is nothing to review: what the step shows is empty or was skipped.",
                hint="Show the output of a step that always runs, or make the review conditional.",
            )
        return NodeResult(
            effect=AskReview(
                instructions=config.instructions.strip(),
                items=tuple(items),
                assignees=tuple(config.assignees),
                role=config.role,
                due_in_hours=config.due_in_hours,
                rules=config.model_dump(
                    mode="json",
                    include={"pick_copy", "pick_images", "revise", "max_rounds", "on_timeout"},
                ),
            )
        )


def collect(config: Config, ctx: NodeContext) -> list[dict[str, Any]]:
    """Every shown piece as ``{id, kind, node_key, index, text, fields | image}``.

    Ids count per kind in the order shown, so that the same place has the same id each round.
    """
    items: list[dict[str, Any]] = []
    counts = {"copy": 0, "image": 0}
    for path in config.show:
        parts = path.split(".")
        node_key = parts[1] if len(parts) > 1 and parts[0] == "nodes" else ""
        for index, piece in enumerate(_pieces(ctx.value_or_none(path))):
            kind = "image" if "image" in piece else "copy"
            counts[kind] += 1
            head = {"id": f"{kind}-{counts[kind]}", "kind": kind, "node_key": node_key}
            items.append({**head, "index": index, **piece})
    return items


def _pieces(value: Any) -> Iterable[dict[str, Any]]:
    """Copy and images in a value: text, a variant, an image, a step's whole output, or lists."""
    if isinstance(value, list):
        for entry in value:
            yield from _pieces(entry)
    elif isinstance(value, str):
        if value.strip():
            yield {"text": value, "fields": {}}
    elif isinstance(value, dict):
        yield from _pieces_of(value)


def _pieces_of(value: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if "width" in value and type(value.get("id")) is int:
        yield {"image": value}
    elif "variants" in value or "images" in value:
        yield from _pieces(value.get("variants", []))
        yield from _pieces(value.get("images", []))
    elif isinstance(value.get("text"), list):
        yield from _pieces(value["text"])
    elif "text" in value:
        fields = value["fields"] if isinstance(value.get("fields"), dict) else {}
        text = copy_text({"text": value["text"], "fields": fields})
        if text.strip():
            yield {"text": text, "fields": fields}
