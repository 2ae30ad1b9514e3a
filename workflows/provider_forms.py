"""Forms for model services: keys go in and never come out, and stay with their host."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db import transaction
from django.utils.text import slugify

from workflows.models import ModelPrice, Provider
from workspaces.models import User, Workspace
from workspaces.outbound import OutboundRefused, check_outbound_url, is_private_host

DEFAULT_FLAGS = ("default_for_copy", "default_for_images")


class ProviderKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A provider with a key that can be written, replaced and forgotten, but not read."""

    base_url = forms.CharField(
        required=False, max_length=200, help_text=Provider._meta.get_field("base_url").help_text
    )
    api_key = forms.CharField(
        label="API key",
        required=False,
        strip=True,
        max_length=4_000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Leave empty to keep the present key.",
    )
    forget_key = forms.BooleanField(label="Forget the present key", required=False)

    class Meta:
        model = Provider
        fields: tuple[str, ...] = ()

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
        """A key is for the host that it was entered for."""
        data: dict[str, Any] = super().clean() or {}
        if self._moves_key(data):
            self.add_error("api_key", "Enter the key again: it was given for another host.")
        return data

    def _get_validation_exclusions(self) -> set[str]:
        """Fields that the model's own rules would judge too strictly.

        An address may name a host without a dot, and the row that is the default gives way.
        """
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"base_url", *DEFAULT_FLAGS}

    def _write_key(self) -> None:
        if self.cleaned_data["api_key"]:
            self.instance.api_key = self.cleaned_data["api_key"]
        elif self.cleaned_data["forget_key"] or self.cleaned_data.get("api_key_env"):
            self.instance.api_key = ""

    def _moves_key(self, data: dict[str, Any]) -> bool:
        stored = self.instance.api_key_encrypted and not data.get("api_key")
        if not stored or data.get("forget_key") or data.get("api_key_env"):
            return False
        before = urlsplit(self.initial.get("base_url", ""))
        return bool(before.netloc) and before.netloc != urlsplit(data.get("base_url", "")).netloc


class OwnProviderForm(ProviderKeyForm):
    """A workspace's own service, as its admins set it up."""

    is_free = forms.BooleanField(label="Its calls cost nothing", required=False)

    class Meta:
        model = Provider
        fields = (
            "name",
            "base_url",
            "api_key",
            "forget_key",
            "copy_model",
            "image_model",
            *DEFAULT_FLAGS,
        )
        labels = {
            "copy_model": "Model for copy",
            "image_model": "Model for images",
            "default_for_copy": "Default for copy in this workspace",
            "default_for_images": "Default for images in this workspace",
        }
        help_texts = {
            "copy_model": "For steps that name none. Empty means the first that the service lists.",
            "image_model": "Leave it empty for a service that makes no images.",
        }

    def __init__(self, *args: Any, user: User, workspace: Workspace, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.workspace = user, workspace
        row = self.instance
        self.fields["base_url"].label = "Address of its API"
        self.fields["base_url"].required = True
        self.fields["base_url"].help_text = "For example https://api.openai.com/v1"
        self.initial["is_free"] = row.options.get("free") is True
        if row.api_key_encrypted:
            self.fields[
                "api_key"
            ].help_text = f"Empty keeps the present key, which ends {_end(row)}."
        else:
            del self.fields["forget_key"]
            self.fields["api_key"].help_text = "Stored encrypted and never shown again."

    def clean_base_url(self) -> str:
        """A public address; one on a private network is for whoever runs the site to give."""
        url = super().clean_base_url()
        is_kept = bool(self.instance.pk) and url == self.initial.get("base_url")
        if not is_kept and not self.user.is_staff and is_private_host(urlsplit(url).hostname or ""):
            raise forms.ValidationError(
                "Only whoever runs this Copyloom may use an address on a private network."
            )
        return url

    def clean(self) -> dict[str, Any]:
        """A default for images makes images."""
        data = super().clean()
        data.setdefault("forget_key", False)
        if data.get("default_for_images") and not data.get("image_model"):
            self.add_error("image_model", "Name the model that makes the images.")
        return data

    @transaction.atomic
    def save(self, commit: bool = True) -> Provider:
        """Write the row; the one that was the default before gives way."""
        row: Provider = self.instance
        self._write_key()
        if not row.pk:
            row.workspace, row.kind = self.workspace, Provider.Kind.OPENAI_COMPATIBLE
            row.slug = _free_slug(self.workspace, row.name)
        row.options = {**row.options, "free": self.cleaned_data["is_free"]}
        for flag in DEFAULT_FLAGS:
            if getattr(row, flag):
                others = Provider.objects.filter(workspace=self.workspace).exclude(pk=row.pk)
                others.update(**{flag: False})
        row.save()
        return row


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What one model of a provider charges."""

    class Meta:
        model = ModelPrice
        fields = ("model", "input_per_million", "output_per_million", "per_image")
        labels = {
            "input_per_million": "Input, $ a million tokens",
            "output_per_million": "Output, $ a million tokens",
            "per_image": "$ an image",
        }
        help_texts = {"input_per_million": "", "output_per_million": ""}

    def __init__(self, data: Any = None, *, provider: Provider) -> None:
        super().__init__(data, instance=ModelPrice(provider=provider))
        for name in ("input_per_million", "output_per_million", "per_image"):
            self.fields[name].widget.attrs.update(min=0, step="any", inputmode="decimal")

    def clean(self) -> dict[str, Any]:
        """A price for each model, once, and none below nothing."""
        data: dict[str, Any] = super().clean() or {}
        prices = [name for name in self.fields if name != "model"]
        if not self.errors and all(data.get(name) is None for name in prices):
            self.add_error("input_per_million", "Enter at least one price.")
        for name in prices:
            if data.get(name) is not None and data[name] < 0:
                self.add_error(name, "A price is 0 or more.")
        rows = ModelPrice.objects.filter(provider=self.instance.provider, model=data.get("model"))
        if rows.exists():
            self.add_error("model", "This model has a price already. Remove that one first.")
        return data


def _end(row: Provider) -> str:
    return row.key_hint.lstrip("…")


def _free_slug(workspace: Workspace, name: str) -> str:
    """A slug that neither the workspace nor the instance has: steps that name one keep theirs."""
    base = slugify(name)[:50] or "provider"
    rows = Provider.objects.filter(slug__startswith=base)
    taken = {
        *rows.filter(workspace=workspace).values_list("slug", flat=True),
        *rows.filter(workspace=None).values_list("slug", flat=True),
    }
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)
