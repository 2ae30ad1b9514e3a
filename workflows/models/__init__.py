"""Workflows, their runs, their reviews and the model services they call."""

from workflows.models.agent import AgentJob
from workflows.models.execution import ExecutionEvent, WorkflowExecution
from workflows.models.node_run import NodeRun
from workflows.models.provider import ModelPrice, Provider
from workflows.models.review import ReviewDecision, ReviewTask
from workflows.models.template import WorkflowEdge, WorkflowNode, WorkflowTemplate, WorkflowVersion
from workflows.models.worker import WorkerBeat

__all__ = [
    "AgentJob",
    "ExecutionEvent",
    "ModelPrice",
    "NodeRun",
    "Provider",
    "ReviewDecision",
    "ReviewTask",
    "WorkerBeat",
    "WorkflowEdge",
    "WorkflowExecution",
    "WorkflowNode",
    "WorkflowTemplate",
    "WorkflowVersion",
]
