"""Providers: keys are entered and never shown, and stay with the host they were entered for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from workflows.models import ModelPrice, Provider
from workflows.providers import registry
from workflows.providers.base import ProviderError
from workspaces.outbound import OutboundRefused, check_outbound_url

_DEFAULTS = ("default_for_copy", "default_for_images")
_FROM_ENVIRONMENT = {
    "row": {"name", "kind", "base_url", "api_key", "forget_key", "api_key_env", "copy_model"}
    | {"image_model", "options", "enabled"},
    "copy": {"default_for_copy"},
    "images": {"default_for_images"},
}
"""What an administrator's change takes out of the environment's hands; see ``defaults``."""


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A provider with a key that can be written, replaced and forgotten, but not read."""

    base_url = forms.CharField(
        required=False, max_length=200, help_text=Provider._meta.get_field("base_url").help_text
    )
    api_key = forms.CharField(
        label="API key",
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Leave empty to keep the present key.",
    )
    forget_key = forms.BooleanField(label="Forget the present key", required=False)

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

    def clean_base_url(self) -> str:
        """An address that the guarded client would call."""
        url: str = self.cleaned_data["base_url"].strip()
        if url:
            try:
                check_outbound_url(url)
            except OutboundRefused as error:
                raise forms.ValidationError(str(error)) from error
        return url

    def clean(self) -> dict[str, Any]:
        """Rules over several fields: where a key comes from, and where it may go."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == Provider.Kind.OPENAI_COMPATIBLE and not data.get("base_url"):
            self.add_error("base_url", "Enter the address of the service's API.")
        if data.get("api_key_env") and data.get("api_key"):
            self.add_error("api_key_env", "Enter a key or name a variable, not both.")
        if data.get("api_key_env") and data.get("workspace"):
            self.add_error("api_key_env", "A workspace's own provider has its own key.")
        if self._moves_key(data):
            self.add_error("api_key", "Enter the key again: it was given for another host.")
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Fields that the model's own rules would judge too strictly.

        An address may name a host without a dot, and the row that is the default gives way.
        """
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"base_url", *_DEFAULTS}

    def save(self, commit: bool = True) -> Provider:
        """Write the key if one was entered, and note what is no longer the environment's."""
        row = self.instance
        if self.cleaned_data["api_key"]:
            row.api_key = self.cleaned_data["api_key"]
        elif self.cleaned_data["forget_key"] or self.cleaned_data["api_key_env"]:
            row.api_key = ""
        marks = row.options.get("environment", [])
        kept = [m for m in marks if not _FROM_ENVIRONMENT.get(m, set()) & set(self.changed_data)]
        if kept != marks:
            row.options = {**row.options, "environment": kept}
        saved: Provider = super().save(commit)
        return saved

    def _moves_key(self, data: dict[str, Any]) -> bool:
        stored = self.instance.api_key_encrypted and not data.get("api_key")
        if not stored or data.get("forget_key") or data.get("api_key_env"):
            return False
        before = urlsplit(self.initial.get("base_url", ""))
        return bool(before.netloc) and before.netloc != urlsplit(data.get("base_url", "")).netloc


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
        for flag in _DEFAULTS:
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
