"""What a running node may use, bound to one claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from documents.images import open_image
from documents.models import Image
from workflows.graph import bindings
from workflows.graph.bindings import MissingVariable, TemplateError
from workflows.models import WorkflowExecution
from workflows.nodes.base import AgentCall, AgentOutcome, NodeError, Retry

RunAgents = Callable[[Sequence[AgentCall], Retry], list[AgentOutcome]]


@dataclass(slots=True)
class Context:
    """Implements ``nodes.base.NodeContext``."""

    execution: WorkflowExecution
    key: str
    lane: str
    round: int
    feedback: str
    scope: Mapping[str, Any]
    agents: RunAgents

    def value(self, path: str) -> Any:
        """What a bare path holds. Raises ``NodeError`` when there is nothing."""
        try:
            return bindings.lookup(path, self.scope)
        except MissingVariable as error:
            raise NodeError(
                "missing_variable",
                f"{path} has no value: its step was skipped or made no such output.",
                hint="Choose another variable, or make the path that leads here conditional.",
            ) from error

    def value_or_none(self, path: str) -> Any:
        """What a bare path holds, or None."""
        try:
            return bindings.lookup(path, self.scope)
        except MissingVariable:
            return None

    def render(self, text: str, **extra: Any) -> str:
        """Liquid text with the step's variables. Raises ``NodeError``."""
        return render(text, {**self.scope, **extra}, field="")

    def image_bytes(self, image_id: int) -> bytes:
        """A picture of the workspace. Raises ``NodeError``."""
        image = Image.objects.filter(pk=image_id, workspace_id=self.execution.workspace_id).first()
        if image is None:
            raise NodeError("image_missing", f"There is no image {image_id} in this workspace.")
        return open_image(image)

    def run_agents(self, calls: Sequence[AgentCall], retry: Retry) -> list[AgentOutcome]:
        """Run agents side by side; outcomes in the order of the calls."""
        return self.agents(calls, retry)


def render(text: str, scope: Mapping[str, Any], *, field: str) -> str:
    """Liquid text with these variables; an error names the field. Raises ``NodeError``."""
    try:
        return bindings.render(text, scope)
    except TemplateError as error:
        where = f"{field}: " if field else ""
        raise NodeError(
            error.code,
            f"{where}{error.message}",
            hint="Correct the text in the step, or give the variable a default.",
        ) from error
