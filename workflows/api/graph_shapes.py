"""The JSON of steps, connections, notes and issues, as OpenAPI tells it.

Graphs that come in are read by ``graph.parse``, which is stricter: these fields pass them on.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workflows.graph.model import KEY
from workspaces.api.serializers import StrictSerializer


class Position(StrictSerializer):
    """Where a step or note lies on the canvas, in pixels."""

    x = serializers.FloatField(min_value=-1e7, max_value=1e7)
    y = serializers.FloatField(min_value=-1e7, max_value=1e7)


class Node(StrictSerializer):
    """A step."""

    key = serializers.RegexField(KEY, help_text="What variables call it: `nodes.<key>.…`.")
    type = serializers.CharField(max_length=40, help_text="One of `GET /api/nodes/types`.")
    label = serializers.CharField(  # type: ignore[assignment]  # a field, not the attribute
        max_length=120, required=False, allow_blank=True
    )
    config = serializers.DictField(required=False, help_text="As the type's `schema` has it.")
    position = Position(required=False)
    parent = serializers.RegexField(  # type: ignore[assignment]  # a field, not the attribute
        KEY, required=False, allow_null=True, help_text="The Parallel container it stands in."
    )


class Edge(StrictSerializer):
    """A connection."""

    source = serializers.RegexField(KEY)  # type: ignore[assignment]  # a field, not the attribute
    source_handle = serializers.CharField(max_length=40, required=False, default="out")
    target = serializers.RegexField(KEY)


class CanvasNote(StrictSerializer):
    """A sticky note beside the steps."""

    id = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=2_000, required=False, allow_blank=True, default="")
    position = Position(required=False, default={"x": 0.0, "y": 0.0})
    width = serializers.FloatField(min_value=1, max_value=5_000, required=False, default=240)
    height = serializers.FloatField(min_value=1, max_value=5_000, required=False, default=120)


class Issue(serializers.Serializer[Any]):
    """One thing that is wrong with a workflow."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(["error", "warning"])
    node = serializers.CharField(allow_null=True, help_text="The step's key.")
    field = serializers.CharField(
        allow_null=True, help_text="The path in the step's config, or `edges.<n>`."
    )
    message = serializers.CharField(help_text="What is wrong and the way out.")


@extend_schema_field(Node(many=True))
class NodesField(serializers.JSONField):
    """Steps as they came."""


@extend_schema_field(Edge(many=True))
class EdgesField(serializers.JSONField):
    """Connections as they came."""


class Verdict(serializers.Serializer[Any]):
    """What validation found."""

    valid = serializers.BooleanField(help_text="Whether there is no error; warnings may be.")
    issues = Issue(many=True)


class GraphBody(StrictSerializer):
    """A whole graph."""

    nodes = NodesField()
    edges = EdgesField()
