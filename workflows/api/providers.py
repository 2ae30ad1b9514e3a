"""The model services that steps may name."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from workflows.api.node_shapes import ProviderRow
from workflows.providers.registry import model_of
from workflows.selectors import usable_providers
from workspaces.access import Action
from workspaces.api.base import WorkspaceRequest, WorkspaceView


class ProviderShape(ProviderRow):
    """A provider without its address and key."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """What a step needs to choose it."""
        copy_model, image_model = model_of(instance, "copy"), model_of(instance, "image")
        priced = [price.model for price in instance.prices.all()]
        models = [name for name in (copy_model, image_model, *priced) if name]
        return {
            "slug": instance.slug,
            "name": instance.name,
            "kind": instance.kind,
            "scope": "workspace" if instance.workspace_id else "instance",
            "copy_model": copy_model,
            "image_model": image_model,
            "models": list(dict.fromkeys(models)),
            "default_for_copy": instance.serves_copy,
            "default_for_images": instance.serves_images,
        }


class ProvidersView(WorkspaceView):
    """All of them."""

    actions = {"GET": Action.VIEW}

    @extend_schema(operation_id="list_providers", responses=ProviderRow(many=True))
    def get(self, request: WorkspaceRequest) -> Response:
        """List the model services of the workspace and the instance; keys are never shown."""
        return self.page(usable_providers(self.workspace), ProviderShape)
