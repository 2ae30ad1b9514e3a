"""The JSON of reviews and of decisions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workflows.engine.states import ReviewState, Verdict
from workflows.models import ReviewDecision, ReviewTask
from workflows.reviews.picks import Choices
from workspaces.api.serializers import StrictSerializer


class ImageValue(serializers.Serializer[Any]):
    """A picture."""

    id = serializers.IntegerField()
    url = serializers.CharField(help_text="Opens with the same token or session.")
    alt_text = serializers.CharField(allow_blank=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ReviewItem(serializers.Serializer[Any]):
    """A piece of copy or a picture to judge."""

    id = serializers.CharField(help_text="What `selected`, `edits` and `images` call it.")
    kind = serializers.ChoiceField(["copy", "image"])
    node_key = serializers.CharField(allow_blank=True)
    index = serializers.IntegerField()
    text = serializers.CharField(required=False, help_text="Of copy.")
    fields = serializers.DictField(  # type: ignore[assignment]  # a field, not the attribute
        required=False, help_text="Of copy in fields."
    )
    image = ImageValue(required=False, help_text="Of a picture.")


@extend_schema_field(
    {"oneOf": [{"type": "string", "enum": ["none", "one", "many"]}, {"type": "integer"}]}
)
class PickField(serializers.Field[Any, Any, Any, Any]):
    """How many items a decision picks."""

    def to_representation(self, value: Any) -> Any:
        """As the step has it."""
        return value


class Rules(serializers.Serializer[Any]):
    """What a decision must hold."""

    pick_copy = PickField(default="none")
    pick_images = PickField(default="none")
    revise = serializers.CharField(
        default="",
        allow_blank=True,
        help_text="The step that request_changes runs again; none when empty.",
    )
    max_rounds = serializers.IntegerField(default=3)
    on_timeout = serializers.CharField(default="wait")


class Decision(serializers.Serializer[ReviewDecision]):
    """Who decided what."""

    verdict = serializers.ChoiceField(list(Verdict))
    comment = serializers.CharField(allow_blank=True)
    user = serializers.StringRelatedField[Any](
        allow_null=True, help_text="Null when the time ran out."
    )
    at = serializers.DateTimeField()
    selected = serializers.ListField(source="data.selected", child=serializers.CharField())
    edits = serializers.DictField(source="data.edits")
    images = serializers.SerializerMethodField()

    def get_images(self, row: ReviewDecision) -> dict[str, Any]:
        """``{primary, order, alt_text}``."""
        return {name: row.data.get(name) for name in ("primary", "order", "alt_text")}


class ReviewRow(serializers.Serializer[ReviewTask]):
    """One round of a review."""

    id = serializers.IntegerField()
    execution_id = serializers.IntegerField(source="node_run.execution_id")
    execution_title = serializers.CharField(source="node_run.execution.title")
    node_key = serializers.CharField(source="node_run.key")
    lane = serializers.CharField(source="node_run.lane", allow_blank=True)
    round = serializers.IntegerField()
    state = serializers.ChoiceField(list(ReviewState))
    instructions = serializers.CharField(allow_blank=True)
    items = ReviewItem(many=True)
    rules = Rules()
    role = serializers.CharField(allow_blank=True, help_text="Who decides when nobody is named.")
    assignees = serializers.StringRelatedField[Any](many=True)
    due_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    decision = serializers.SerializerMethodField()

    @extend_schema_field(Decision(allow_null=True))
    def get_decision(self, row: ReviewTask) -> dict[str, Any] | None:
        """Null while the review waits, and when it expired."""
        found = getattr(row, "decision", None)
        return None if found is None else dict(Decision(found).data)


class ImageChoices(StrictSerializer):
    """What becomes of the pictures; every name is an item's id."""

    primary = serializers.CharField(max_length=40, required=False, allow_blank=True)
    order = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=1_000, required=False
    )
    alt_text = serializers.DictField(
        child=serializers.CharField(max_length=500, allow_blank=True), required=False
    )


class DecideBody(StrictSerializer):
    """A decision."""

    verdict = serializers.ChoiceField(list(Verdict))
    comment = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    selected = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=1_000,
        required=False,
        help_text="Ids of the picked items, as many as `rules` ask for.",
    )
    edits = serializers.DictField(
        required=False, help_text="New text by item id, or new values by field."
    )
    images = ImageChoices(required=False)


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 40}]})
class ImageKey(serializers.Field[Any, Any, Any, Any]):
    """A picture's id, or its item's."""

    def to_internal_value(self, data: Any) -> int | str:
        """The number or the text. Raises ``ValidationError``."""
        if isinstance(data, bool) or not isinstance(data, int | str) or len(str(data)) > 40:
            raise serializers.ValidationError("Give the image's id, or its item's such as image-1.")
        return int(data) if str(data).isdecimal() else data


class RegenerateBody(StrictSerializer):
    """Which picture to make anew, and how."""

    image_id = ImageKey(help_text="The picture's id, or its item's.")
    note = serializers.CharField(
        max_length=2_000, required=False, allow_blank=True, help_text="Added to the step's prompt."
    )


def choices(body: dict[str, Any]) -> Choices:
    """The reviewer's choices of a checked ``DecideBody``."""
    images = body.get("images", {})
    return Choices(
        selected=body.get("selected", []),
        edits=body.get("edits", {}),
        primary=images.get("primary", ""),
        order=images.get("order", []),
        alt_text=images.get("alt_text", {}),
    )
