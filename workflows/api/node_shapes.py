"""The JSON of node types and of tries."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workflows.executions.try_node import MAX_CALLS, Tried
from workspaces.api.serializers import StrictSerializer


class NodeTypeRow(serializers.Serializer[Any]):
    """A kind of step."""

    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, not the attribute
    category = serializers.CharField()
    color = serializers.CharField(help_text="`#RRGGBB`.")
    icon = serializers.CharField(help_text="SVG, to be drawn as a `data:` image.")
    handles = serializers.ListField(
        child=serializers.CharField(),
        help_text="Where edges leave a new step; a Conditional has one a branch beside these.",
    )
    handles_from = serializers.CharField(
        allow_blank=True,
        help_text="Where in the config handles are named, as `branches.*.name`; empty: nowhere.",
    )
    outputs = serializers.ListField(
        child=serializers.CharField(), help_text="What `nodes.<key>.` may be followed by."
    )
    outputs_from = serializers.CharField(
        allow_blank=True,
        help_text="Where in the config outputs are named, as `fields.*.key`; empty: nowhere.",
    )
    is_root = serializers.BooleanField(help_text="Whether a workflow starts with it.")
    is_container = serializers.BooleanField(help_text="Whether steps stand inside it.")
    schema = serializers.DictField(help_text="JSON Schema of its config, with hints for forms.")
    defaults = serializers.DictField(help_text="The config of a new step.")
    help = serializers.CharField()


class StepBody(StrictSerializer):
    """One step alone."""

    type = serializers.CharField(max_length=40)
    config = serializers.DictField()


class TryBody(StepBody):
    """One step and the values of its variables."""

    context = serializers.DictField(  # type: ignore[assignment]  # a field, not the attribute
        required=False,
        help_text="`{brief, nodes, item, index, feedback}`: what the config's variables hold.",
    )


class TriedCall(serializers.Serializer[Any]):
    """One agent of a try."""

    index = serializers.IntegerField()
    provider = serializers.CharField()
    model = serializers.CharField(allow_blank=True)
    prompt_tokens = serializers.IntegerField(allow_null=True)
    completion_tokens = serializers.IntegerField(allow_null=True)
    cost = serializers.FloatField(allow_null=True)
    latency_ms = serializers.IntegerField()
    error = serializers.DictField(allow_null=True)


class TryAnswer(serializers.Serializer[Tried]):
    """What a step gave and what it took."""

    output = serializers.DictField()
    handles = serializers.ListField(child=serializers.CharField())
    effect = serializers.DictField(
        allow_null=True, help_text="What a run would do next; nothing of it was done."
    )
    rendered = serializers.DictField(help_text="The config with its variables filled in.")
    calls = TriedCall(many=True)
    limited_to = serializers.IntegerField(
        allow_null=True,
        help_text=f"{MAX_CALLS} where the step asks for more agents than a try may.",
    )
    tokens = serializers.IntegerField()
    cost = serializers.FloatField(allow_null=True, help_text="Null where a price is unknown.")
    currency = serializers.SerializerMethodField()
    seconds = serializers.FloatField()

    def get_currency(self, tried: Tried) -> str:
        """Always US dollars."""
        return "USD"


class ProviderRow(serializers.Serializer[Any]):
    """A model service that steps may name by its slug."""

    slug = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    scope = serializers.ChoiceField(["instance", "workspace"])
    copy_model = serializers.CharField(allow_blank=True)
    image_model = serializers.CharField(allow_blank=True)
    models = serializers.ListField(child=serializers.CharField())
    default_for_copy = serializers.BooleanField()
    default_for_images = serializers.BooleanField()
