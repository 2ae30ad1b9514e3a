"""Model services and what they charge."""

from __future__ import annotations

import os

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from workspaces import secrets
from workspaces.models import Workspace

API_KEY_ENV_PATTERN = r"^[A-Z0-9_]*API_KEY$"
"""Only such variables can be named: no other secret of the process can be sent to a service."""


class Provider(models.Model):
    """A model service; the whole instance's when it has no workspace."""

    class Kind(models.TextChoices):
        """Which code speaks to it."""

        OPENAI_COMPATIBLE = "openai_compatible", "OpenAI-compatible API"
        STUDIO = "studio", "Studio (draws cards, no image model)"

    workspace = models.ForeignKey(
        Workspace, models.CASCADE, null=True, blank=True, related_name="providers"
    )
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    base_url = models.URLField(blank=True, help_text="For example https://api.openai.com/v1")
    api_key_encrypted = models.TextField(blank=True, editable=False)
    api_key_env = models.CharField(
        max_length=80,
        blank=True,
        validators=[RegexValidator(API_KEY_ENV_PATTERN, "Use a name that ends in API_KEY.")],
        help_text="Name of an environment variable that holds the key, ending in API_KEY.",
    )
    copy_model = models.CharField(max_length=200, blank=True)
    image_model = models.CharField(max_length=200, blank=True)
    default_for_copy = models.BooleanField(default=False)
    default_for_images = models.BooleanField(default=False)
    options = models.JSONField(default=dict, blank=True)
    """Extra request fields by call kind: ``{"chat": {...}, "image": {...}}``; ``"free": true``
    says that its calls cost nothing; ``"environment": [...]`` lists what the environment decides
    on this row (``row``, ``copy``, ``images``)."""
    enabled = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="provider_slug_once"),
            models.UniqueConstraint(
                fields=["slug"], condition=Q(workspace=None), name="provider_global_slug_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="openai_compatible") | ~Q(base_url=""),
                name="provider_has_base_url",
            ),
            models.CheckConstraint(
                condition=Q(api_key_env="") | Q(api_key_env__regex=API_KEY_ENV_PATTERN),
                name="provider_api_key_env_is_a_key",
            ),
            models.CheckConstraint(
                condition=Q(api_key_env="") | Q(workspace=None),
                name="provider_own_row_has_own_key",
            ),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(default_for_copy=True),
                nulls_distinct=False,
                name="provider_one_copy_default",
            ),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(default_for_images=True),
                nulls_distinct=False,
                name="provider_one_image_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def api_key(self) -> str:
        """The key in plain text, for a call; empty when none is set.

        Raises ``SecretUnreadable`` when the key it was written with is gone.
        """
        if self.api_key_env:
            return os.environ.get(self.api_key_env, "")
        return secrets.decrypt(self.api_key_encrypted)

    @api_key.setter
    def api_key(self, plain: str) -> None:
        self.api_key_encrypted = secrets.encrypt(plain)

    @property
    def key_hint(self) -> str:
        """What may be shown of the key: where it is or its last four characters."""
        if self.api_key_env:
            return f"${self.api_key_env}"
        try:
            return f"…{self.api_key[-4:]}" if self.api_key_encrypted else ""
        except secrets.SecretUnreadable:
            return "unreadable"


class ModelPrice(models.Model):
    """A price that overrides the public list, in US dollars."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="prices")
    model = models.CharField(max_length=200)
    input_per_million = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, help_text="Per million tokens."
    )
    output_per_million = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True, help_text="Per million tokens."
    )
    per_image = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "model"], name="model_price_once")
        ]

    def __str__(self) -> str:
        return self.model
