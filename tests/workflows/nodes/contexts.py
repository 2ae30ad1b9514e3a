"""A context for nodes under test: a scope and nothing else."""

from __future__ import annotations

from typing import Any

from workflows.executions.context import Context


def context(**scope: Any) -> Context:
    """What a node sees; asking for agents fails the test."""

    def no_agents(*args: Any) -> Any:
        raise AssertionError("no agents here")

    return Context(
        execution=None,  # type: ignore[arg-type]
        key="step",
        lane="",
        round=1,
        feedback="",
        scope=scope,
        agents=no_agents,
    )
