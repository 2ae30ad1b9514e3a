"""Which provider a step's slug means, in its workspace. Reads the database at each call, so
that a rotated key or a switched default works at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.db.models import F, Q, QuerySet

from workflows.graph.model import Issue, Node
from workflows.models import Provider
from workflows.providers import studio
from workflows.providers.base import ErrorCode, ModelProvider, ProviderError
from workflows.providers.openai_compatible import OpenAICompatibleProvider
from workspaces.secrets import SecretUnreadable

Kind = Literal["copy", "image"]
KINDS: dict[str, Kind] = {"generate_copy": "copy", "generate_image": "image"}
"""What each node type asks its provider for."""


@dataclass(frozen=True, slots=True)
class ResolvedProvider:
    """A provider that is ready to be called from an agent's thread."""

    provider: ModelProvider
    slug: str
    model_default: str
    """The model of a step that names none; blank where the service is asked at first use."""
    row_id: int


def resolve(*, workspace_id: int | None, slug: str, kind: Kind) -> ResolvedProvider:
    """The enabled provider of that slug, the workspace's own before the instance's.

    A blank slug means the default for ``kind``. Raises ``ProviderError``.
    """
    row = _pick(_rows(workspace_id), slug, kind)
    if row is None:
        raise _missing(slug, kind)
    return ResolvedProvider(build(row), row.slug, model_of(row, kind), row.pk)


def build(row: Provider) -> ModelProvider:
    """The provider that a row describes. Raises ``ProviderError`` when its key is unreadable."""
    if row.kind == Provider.Kind.STUDIO:
        return studio.StudioProvider(row.slug)
    return OpenAICompatibleProvider(
        row.slug,
        row.base_url,
        _key_of(row),
        copy_model=row.copy_model,
        image_model=row.image_model,
        options=row.options,
    )


class Directory:
    """The providers that one workspace may use, read once, at the first question."""

    def __init__(self, workspace_id: int | None) -> None:
        self._workspace_id = workspace_id

    @cached_property
    def _listed(self) -> list[Provider]:
        return list(_rows(self._workspace_id))

    def find(self, slug: str, kind: Kind) -> Provider | None:
        """The row that ``resolve`` would take; None where there is none."""
        return _pick(self._listed, slug, kind)

    def issues_of(self, node: Node) -> list[Issue]:
        """What is wrong with a step's provider and model; asks no service."""
        kind = KINDS.get(node.type)
        slug = node.config.get("provider") or ""
        if kind is None or not isinstance(slug, str) or "{{" in slug:
            return []
        row = self.find(slug, kind)
        if row is None:
            error = _missing(slug, kind)
            return [Issue("unknown_provider", f"{error.message} {error.hint}", field="provider")]
        if kind == "copy" and row.kind == Provider.Kind.STUDIO:
            text = f"{row.name} draws cards and writes no copy. Choose another provider."
            return [Issue("unknown_provider", text, field="provider")]
        if kind == "image" and not node.config.get("model") and not model_of(row, kind):
            text = f"{row.name} has no image model set. Name a model in the step."
            return [Issue("unknown_model", text, field="model")]
        return []


def _pick(rows: Iterable[Provider], slug: str, kind: Kind) -> Provider | None:
    """The row of that slug, or the default; the workspace's own come first."""
    flag = "default_for_copy" if kind == "copy" else "default_for_images"
    return next((row for row in rows if (row.slug == slug if slug else getattr(row, flag))), None)


def _rows(workspace_id: int | None) -> QuerySet[Provider]:
    """Enabled rows that the workspace may use, its own first."""
    scope = Q(workspace=None)
    if workspace_id is not None:
        scope |= Q(workspace=workspace_id)
    return Provider.objects.filter(scope, enabled=True).order_by(
        F("workspace").asc(nulls_last=True)
    )


def _missing(slug: str, kind: Kind) -> ProviderError:
    if slug:
        return ProviderError(
            ErrorCode.BAD_REQUEST,
            f'There is no provider "{slug}" here, or it is switched off.',
            hint="Choose a provider from the list, or leave it empty for the default.",
        )
    what = "copy" if kind == "copy" else "images"
    return ProviderError(
        ErrorCode.BAD_REQUEST,
        f"No provider is set as the default for {what}.",
        hint="Owners and admins of the workspace add one under Settings, Providers and models.",
    )


def _key_of(row: Provider) -> str:
    try:
        key = row.api_key
    except SecretUnreadable as caught:
        raise ProviderError(
            ErrorCode.AUTH,
            f"The key of {row.name} cannot be read with this server's encryption keys.",
            hint="Enter it again under Settings, Providers and models, or ask an admin to.",
        ) from caught
    if row.api_key_env and not key:
        raise ProviderError(
            ErrorCode.AUTH,
            f"The variable {row.api_key_env}, which should hold the key of {row.name}, is empty.",
            hint="Set it for the web and worker processes and start them again.",
        )
    return key


def model_of(row: Provider, kind: Kind) -> str:
    """The model of a step that names none; blank where the service is asked at first use."""
    if row.kind == Provider.Kind.STUDIO:
        return studio.MODEL if kind == "image" else ""
    return row.copy_model if kind == "copy" else row.image_model
