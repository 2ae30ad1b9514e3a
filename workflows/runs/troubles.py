"""What went wrong in a run: what happened, what is safe, what a retry takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.engine.states import NodeStatus
from workflows.runs.rows import AgentCount
from workflows.runs.steps import Lane, Step
from workspaces.templatetags.interface import money

MOST = 3
"""Failed steps that are told of one by one; the list of steps has the rest."""
_MADE = {"generate_copy": "variant", "generate_image": "image"}


@dataclass(frozen=True, slots=True)
class Mending:
    """What can be done about a failed step, in words that name what it makes."""

    retry: str
    skip: str
    fresh: str
    """Empty where everything is made again anyway."""
    effect: str
    """What a retry makes, and what that costs where it is known."""

    @property
    def skip_more(self) -> str:
        """What stands behind the word Skip where there is room."""
        return self.skip.removeprefix("Skip")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One failed step, or the failed run as a whole."""

    title: str
    message: str
    hint: str
    safe: str
    """What is kept."""
    code: str
    key: str = ""
    lane: str = ""
    type: str = ""
    mending: Mending | None = None
    """None for the run as a whole."""


def troubles_of(
    steps: Sequence[Step],
    run_error: Mapping[str, Any] | None,
    call_costs: Mapping[str, Decimal] | None = None,
) -> list[Trouble]:
    """Every failed step in order, and what ended the run where no step did.

    A container that failed because of what is inside it is left to the steps inside.
    ``call_costs`` is what one call of a step costs, by its key.
    """
    broken = {step.parent for step in steps if step.status == NodeStatus.FAILED}
    found = [
        trouble
        for step in steps
        if step.status == NodeStatus.FAILED and step.key not in broken
        for trouble in _of_step(step, (call_costs or {}).get(step.key))
    ]
    if run_error and run_error.get("code") != "node_failed":
        found.insert(0, _trouble("The run was ended", run_error, AgentCount()))
    return found


def _of_step(step: Step, call_cost: Decimal | None) -> list[Trouble]:
    if not step.lanes:
        return [_trouble(step.label, step.error or {}, step.agents, step, None, call_cost)]
    return [
        _trouble(
            f"{step.label}, {lane.name}", lane.row.error or {}, lane.agents, step, lane, call_cost
        )
        for lane in step.lanes
        if lane.row.status == NodeStatus.FAILED
    ]


def _trouble(
    name: str,
    error: Mapping[str, Any],
    agents: AgentCount,
    step: Step | None = None,
    lane: Lane | None = None,
    call_cost: Decimal | None = None,
) -> Trouble:
    some = step is not None and 0 < agents.done < agents.total
    title = f"{name} stopped at {agents.done} of {agents.total}" if some else name
    return Trouble(
        title=title if some or step is None else f"{name} stopped",
        message=str(error.get("message") or "It gave no reason."),
        hint=str(error.get("hint") or ""),
        safe=f"{agents.done} of {agents.total} finished and are kept." if some else "",
        code=str(error.get("code") or ""),
        key=step.key if step else "",
        lane=lane.row.lane if lane else "",
        type=step.type if step else "",
        mending=mending_of(step.type, agents, call_cost) if step else None,
    )


def mending_of(type: str, agents: AgentCount, call_cost: Decimal | None) -> Mending:
    """The words of the buttons of a failed step."""
    if type == "parallel":
        return Mending("Retry what failed inside", "Skip step", "", "")
    made, missing = _MADE.get(type, ""), agents.total - agents.done
    if not made or missing <= 0:
        return Mending("Retry step", "Skip step", "", "")
    price = f", for about {money(call_cost * missing)}" if call_cost else ""
    which = f"only the {missing} missing" if agents.done else f"all {missing}"
    one = missing == 1
    noun = made if one else f"{made}s"
    if one:
        which = "only the missing" if agents.done else "the"
    return Mending(
        retry=f"Retry {missing} {noun}",
        skip=f"Skip, keep {agents.done}" if agents.done else "Skip step",
        fresh=f"Make all {agents.total} anew" if agents.done else "",
        effect=f"A retry makes {which} {noun}{price}.",
    )
