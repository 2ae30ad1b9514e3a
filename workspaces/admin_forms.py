"""Forms of the admin for people and workspaces."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from workspaces.models import User, Workspace


class _EmailOnce(forms.ModelForm[User]):
    """Addresses that differ in case alone are one address."""

    def clean_email(self) -> str:
        """The address as given. Refuses one that somebody has."""
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Somebody has this e-mail address already.")
        return email


class UserAddForm(_EmailOnce, AdminUserCreationForm):  # type: ignore[type-arg]
    """A new person."""

    class Meta:
        model = User
        fields = ("email", "name")


class UserEditForm(_EmailOnce, UserChangeForm):  # type: ignore[type-arg]  # as above
    """A person as they are; the password has a page of its own."""

    class Meta:
        model = User
        fields = (
            "email",
            "name",
            "password",
            "is_active",
            "is_staff",
            "is_superuser",
            "groups",
            "user_permissions",
        )


class WorkspaceForm(forms.ModelForm[Workspace]):
    """A workspace whose empty limits say what is in force."""

    class Meta:
        model = Workspace
        fields = ("name", "slug", *settings.WORKSPACE_LIMITS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, default in settings.WORKSPACE_LIMITS.items():
            if name in self.fields:
                self.fields[name].widget.attrs.update(min=1, placeholder=str(default))
