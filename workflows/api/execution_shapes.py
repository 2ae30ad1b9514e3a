"""The JSON of runs, their steps, agents, events and estimates."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workflows.engine.states import AgentStatus, ExecutionStatus, NodeStatus
from workflows.executions.progress import percent
from workflows.models import AgentJob, ExecutionEvent, NodeRun, WorkflowExecution
from workspaces.api.serializers import IdField, StrictSerializer


class Progress(serializers.Serializer[WorkflowExecution]):
    """Steps by state; a step inside a Parallel container counts once a lane."""

    total = serializers.IntegerField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField()
    running = serializers.IntegerField()
    waiting = serializers.IntegerField()
    percent = serializers.SerializerMethodField()

    def get_percent(self, row: WorkflowExecution) -> int:
        """0 to 100."""
        return percent(row)


class Failure(serializers.Serializer[Any]):
    """Why something failed."""

    code = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField(required=False, allow_blank=True)
    retryable = serializers.BooleanField(required=False)


class TemplateRef(serializers.Serializer[Any]):
    """The workflow that a run is of."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.IntegerField(allow_null=True, help_text="Null for a run of a draft.")


class ExecutionRow(serializers.Serializer[WorkflowExecution]):
    """A run in a list."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    status = serializers.ChoiceField(list(ExecutionStatus))
    control = serializers.CharField(
        allow_blank=True, help_text="What was asked for and workers have yet to see."
    )
    place_in_line = serializers.IntegerField(
        source="place",
        allow_null=True,
        help_text="Where a pending run stands in the line for a free slot: 1 is next.",
    )
    revision = serializers.IntegerField(help_text="Goes up with every visible change.")
    template = serializers.SerializerMethodField()
    project_id = serializers.IntegerField(allow_null=True)
    launched_by = serializers.StringRelatedField[Any](allow_null=True)
    progress = Progress(source="*")
    tokens = serializers.SerializerMethodField()
    cost = serializers.FloatField(help_text="US dollars of the calls whose price is known.")
    currency = serializers.SerializerMethodField()
    unpriced_calls = serializers.IntegerField(help_text="Calls that `cost` does not cover.")
    error = Failure(allow_null=True)
    deadline_at = serializers.DateTimeField(
        allow_null=True, help_text="Null while nothing runs: only active time counts."
    )
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(TemplateRef())
    def get_template(self, row: WorkflowExecution) -> dict[str, Any]:
        """The workflow and its version."""
        version = row.version
        return {
            "id": version.template_id,
            "name": version.template.name,
            "version": version.number,
        }

    def get_tokens(self, row: WorkflowExecution) -> int:
        """Of all calls that told."""
        return row.prompt_tokens + row.completion_tokens

    def get_currency(self, row: WorkflowExecution) -> str:
        """Always US dollars."""
        return "USD"


class NodeRunRow(serializers.Serializer[Any]):
    """One step in one lane."""

    key = serializers.CharField()
    lane = serializers.CharField(
        allow_blank=True, help_text="The item's index inside a container with items, else empty."
    )
    type = serializers.CharField()
    label = serializers.CharField(  # type: ignore[assignment]  # a field, not the attribute
        allow_blank=True
    )
    status = serializers.ChoiceField(list(NodeStatus))
    attempt = serializers.IntegerField()
    round = serializers.IntegerField(help_text="Goes up when a reviewer sends the step back.")
    wait_for = serializers.CharField(
        allow_blank=True,
        help_text="Why a waiting step waits: `people` or `lanes`; a queued one: `agents`.",
    )
    reason = serializers.SerializerMethodField(
        help_text=(
            "Why a step was skipped (`branch`, `person`, `stopped`, `time_limit`), else the"
            " same as `wait_for`."
        )
    )
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    error = Failure(allow_null=True)
    output = serializers.DictField(allow_null=True)

    def get_reason(self, row: NodeRun) -> str:
        """Why it is where it is; empty where nothing has to be said."""
        return row.skip_reason if row.status == NodeStatus.SKIPPED else row.wait_for


class Execution(ExecutionRow):
    """A run with its steps."""

    inputs = serializers.DictField(help_text="The brief's values as they were checked.")
    prompt_tokens = serializers.IntegerField()
    completion_tokens = serializers.IntegerField()
    nodes = NodeRunRow(many=True)


class EventRow(serializers.Serializer[ExecutionEvent]):
    """Something that happened in a run."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="Such as `run.launched` or `node.completed`.")
    node_key = serializers.CharField(source="node_run.key", allow_null=True, default=None)
    lane = serializers.CharField(source="node_run.lane", allow_null=True, default=None)
    actor = serializers.StringRelatedField[Any](allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]  # a field, not the attribute
    at = serializers.DateTimeField()


class AgentJobRow(serializers.Serializer[AgentJob]):
    """One agent's result, and what it took."""

    id = serializers.IntegerField()
    node_key = serializers.CharField(source="node_run.key")
    lane = serializers.CharField(source="node_run.lane", allow_blank=True)
    index = serializers.IntegerField(help_text="Which of the step's agents, from 0.")
    round = serializers.IntegerField()
    attempt = serializers.IntegerField()
    kind = serializers.ChoiceField(list(AgentJob.Kind.values))
    status = serializers.ChoiceField(list(AgentStatus))
    provider = serializers.CharField()
    model = serializers.CharField(allow_blank=True)
    prompt_tokens = serializers.IntegerField(allow_null=True)
    completion_tokens = serializers.IntegerField(allow_null=True)
    cost = serializers.FloatField(allow_null=True, help_text="Null where the price is unknown.")
    latency_ms = serializers.IntegerField(allow_null=True)
    output = serializers.DictField(allow_null=True)
    error = Failure(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class EstimateBody(StrictSerializer):
    """What a run would be launched with."""

    template_id = IdField()
    inputs = serializers.DictField(
        required=False, help_text="As far as they are known; what is missing is not an error."
    )
    draft = serializers.BooleanField(required=False, help_text="Estimate the draft.")


class LaunchBody(StrictSerializer):
    """What to launch."""

    template_id = IdField()
    inputs = serializers.DictField(
        required=False, help_text="The brief's answers by key; `image` and `file` take ids."
    )
    project_id = IdField(
        required=False, allow_null=True, help_text="Where its documents go; none without it."
    )
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    draft = serializers.BooleanField(
        required=False, help_text="Launch the draft instead of the current version."
    )


class NoBody(StrictSerializer):
    """Nothing: the address says it all."""


class RetryBody(StrictSerializer):
    """What to try again; without a key every failed step."""

    key = serializers.CharField(max_length=40, required=False, help_text="A step's key.")
    lane = serializers.CharField(
        max_length=10,
        required=False,
        allow_blank=True,
        help_text="A lane of the step; without it every failed one.",
    )
    fresh = serializers.BooleanField(
        required=False, help_text="Call every agent again, those that have finished too."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A lane is one of a step."""
        if attrs.get("lane") and "key" not in attrs:
            raise serializers.ValidationError({"key": "Name the step whose lane this is."})
        return attrs


class SkipBody(StrictSerializer):
    """What to skip."""

    key = serializers.CharField(max_length=40, help_text="A step's key.")
    lane = serializers.CharField(
        max_length=10,
        required=False,
        allow_blank=True,
        help_text="A lane of the step; without it every failed one.",
    )


class NodeEstimate(serializers.Serializer[Any]):
    """What one step will take, over all its lanes."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the attribute
    type = serializers.CharField()
    agent_calls = serializers.IntegerField(allow_null=True)
    tokens = serializers.IntegerField(allow_null=True)
    cost = serializers.FloatField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)


class Estimate(serializers.Serializer[Any]):
    """What a run will take; null where that cannot be known, never 0."""

    steps = serializers.IntegerField()
    agent_calls = serializers.IntegerField(allow_null=True)
    tokens = serializers.IntegerField(allow_null=True)
    cost = serializers.FloatField(allow_null=True)
    currency = serializers.CharField()
    seconds = serializers.FloatField(
        allow_null=True, help_text="Without the time that people take."
    )
    nodes = NodeEstimate(many=True)


def present(execution: WorkflowExecution) -> dict[str, Any]:
    """The run as ``Execution`` has it; one query for its steps, however many there are.

    Steps are taken from their rows as they are: a serializer for each would take most of the time.
    """
    steps = execution.node_runs.order_by("id").values_list(*_READ)
    return {
        **ExecutionRow(execution).data,
        "inputs": execution.inputs,
        "prompt_tokens": execution.prompt_tokens,
        "completion_tokens": execution.completion_tokens,
        "nodes": [_step(dict(zip(_READ, step, strict=True))) for step in steps],
    }


_READ: tuple[str, ...] = (
    "skip_reason",
    *(name for name in map(str, NodeRunRow().fields.keys()) if name != "reason"),
)


def _step(row: dict[str, Any]) -> dict[str, Any]:
    """A row as ``NodeRunRow`` shows it; of an error, what ``Failure`` names."""
    skipped = row.pop("skip_reason")
    row["reason"] = skipped if row["status"] == NodeStatus.SKIPPED else row["wait_for"]
    if row["error"] is not None:
        row["error"] = Failure(row["error"]).data
    return row
