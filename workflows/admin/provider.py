"""Providers: keys are entered and never shown, and stay with the host they were entered for."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from workflows.models import ModelPrice, Provider
from workflows.provider_forms import DEFAULT_FLAGS, ProviderKeyForm
from workflows.providers import registry
from workflows.providers.base import ProviderError

_FROM_ENVIRONMENT = {
    "row": {"name", "kind", "base_url", "api_key", "forget_key", "api_key_env", "copy_model"}
    | {"image_model", "options", "enabled"},
    "copy": {"default_for_copy"},
    "images": {"default_for_images"},
}
"""What an administrator's change takes out of the environment's hands; see ``defaults``."""


class ProviderForm(ProviderKeyForm):
    """A provider of the instance or of any workspace, with all that the row holds."""

    class Meta:
        model = Provider
        fields = (
            "workspace",
            "slug",
            "name",
            "kind",
            "base_url",
            "api_key_env",
            "copy_model",
            "image_model",
            "default_for_copy",
            "default_for_images",
            "enabled",
            "options",
        )

    def clean(self) -> dict[str, Any]:
        """Rules over several fields: where a key comes from, and where it may go."""
        data = super().clean()
        if data.get("kind") == Provider.Kind.OPENAI_COMPATIBLE and not data.get("base_url"):
            self.add_error("base_url", "Enter the address of the service's API.")
        if data.get("api_key_env") and data.get("api_key"):
            self.add_error("api_key_env", "Enter a key or name a variable, not both.")
        if data.get("api_key_env") and data.get("workspace"):
            self.add_error("api_key_env", "A workspace's own provider has its own key.")
        return data

    def save(self, commit: bool = True) -> Provider:
        """Write the key if one was entered, and note what is no longer the environment's."""
        row = self.instance
        self._write_key()
        marks = row.options.get("environment", [])
        kept = [m for m in marks if not _FROM_ENVIRONMENT.get(m, set()) & set(self.changed_data)]
        if kept != marks:
            row.options = {**row.options, "environment": kept}
        saved: Provider = super().save(commit)
        return saved


class ModelPriceInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs alone
    """Prices that override the public list."""

    model = ModelPrice
    extra = 0


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs alone
    """Where an instance's administrators set up model services."""

    form = ProviderForm
    inlines = (ModelPriceInline,)
    list_display = (
        "name",
        "slug",
        "workspace",
        "kind",
        "key_hint",
        "default_for_copy",
        "default_for_images",
        "enabled",
    )
    list_filter = ("kind", "enabled", "workspace")
    search_fields = ("name", "slug", "copy_model", "image_model")
    list_select_related = ("workspace",)
    readonly_fields = ("key_hint", "updated_at")
    actions = ("test_providers",)
    fieldsets = (
        (None, {"fields": ("workspace", "slug", "name", "kind", "enabled")}),
        (
            "Service",
            {"fields": ("base_url", "key_hint", "api_key", "forget_key", "api_key_env")},
        ),
        (
            "Models",
            {"fields": ("copy_model", "image_model", "default_for_copy", "default_for_images")},
        ),
        ("More", {"fields": ("options", "updated_at"), "classes": ("collapse",)}),
    )

    @admin.display(description="Present key")
    def key_hint(self, row: Provider) -> str:
        """Where the key is, or its last four characters."""
        return row.key_hint or "none"

    def save_model(
        self, request: HttpRequest, obj: Provider, form: ProviderForm, change: bool
    ) -> None:
        """Save; the row that was the default before gives way."""
        for flag in DEFAULT_FLAGS:
            if getattr(obj, flag):
                others = Provider.objects.filter(workspace=obj.workspace).exclude(pk=obj.pk)
                others.update(**{flag: False})
        super().save_model(request, obj, form, change)

    @admin.action(description="Test: ask the service for its models")
    def test_providers(self, request: HttpRequest, queryset: QuerySet[Provider]) -> None:
        """Say of each provider whether it answers, and with what."""
        for row in queryset:
            try:
                names = registry.build(row).models()
            except ProviderError as error:
                text = f"{row.name}: {error.message} {error.hint}"
                self.message_user(request, text, messages.ERROR)
            else:
                some = ", ".join(names[:5]) or "none"
                self.message_user(request, f"{row.name} works. Models: {some}.", messages.SUCCESS)
