"""Workspaces, projects and tokens in JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workspaces.api.serializers import StrictSerializer
from workspaces.models import ApiToken, Project, Role, Scope, Workspace
from workspaces.tokens import MAX_DAYS


class LimitsShape(serializers.Serializer[Any]):
    """The bounds in force in a workspace."""

    max_concurrent_executions = serializers.IntegerField()
    max_parallel_agents = serializers.IntegerField()
    execution_time_limit = serializers.IntegerField(help_text="Seconds of active time.")
    max_nodes = serializers.IntegerField()
    max_images_per_document = serializers.IntegerField()


class WorkspaceShape(serializers.ModelSerializer[Workspace]):
    """A workspace and what the caller is in it."""

    role = serializers.ChoiceField(choices=Role.choices)
    limits = serializers.SerializerMethodField()

    class Meta:
        model = Workspace
        fields = ["id", "slug", "name", "role", "limits", "created_at"]

    @extend_schema_field(LimitsShape)
    def get_limits(self, workspace: Workspace) -> dict[str, int]:
        """Its own limits over the defaults."""
        return asdict(workspace.limits)


class ProjectShape(serializers.ModelSerializer[Project]):
    """A project as it is."""

    class Meta:
        model = Project
        fields = ["id", "name", "description", "created_at"]


class ProjectInput(StrictSerializer):
    """A project as it shall be."""

    name = serializers.CharField(max_length=120)
    description = serializers.CharField(
        max_length=5_000, allow_blank=True, default="", trim_whitespace=False
    )


class PersonShape(serializers.Serializer[Any]):
    """A member."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


class TokenShape(serializers.ModelSerializer[ApiToken]):
    """A token without its key."""

    id = serializers.CharField(source="public_id")
    user = PersonShape()
    begins_with = serializers.SerializerMethodField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry", allow_null=True)

    class Meta:
        model = ApiToken
        fields = [
            "id",
            "name",
            "user",
            "begins_with",
            "scopes",
            "created_at",
            "expires_at",
            "last_used_at",
        ]

    def get_begins_with(self, token: ApiToken) -> str:
        """The first characters of its key, to tell it from others."""
        return str(token.token_key)[:6]


class NewTokenShape(TokenShape):
    """A token with its key, shown this once."""

    key = serializers.CharField()

    class Meta(TokenShape.Meta):
        fields = [*TokenShape.Meta.fields, "key"]


class TokenInput(StrictSerializer):
    """The token to make."""

    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices),
        required=False,
        allow_empty=False,
        max_length=20,
        help_text="Default: all that the caller may do.",
    )
    days = serializers.IntegerField(min_value=1, max_value=MAX_DAYS, default=MAX_DAYS)
