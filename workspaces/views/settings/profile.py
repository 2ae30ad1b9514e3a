"""The person's own name, e-mails and look, and the way to password and second factor."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces.access import Action
from workspaces.models import User
from workspaces.pages import PageRequest, page

SYSTEM = "system"
THEMES = [(SYSTEM, "Like the system"), ("light", "Light"), ("dark", "Dark")]
_YEAR = 365 * 24 * 60 * 60


class ProfileForm(forms.ModelForm[User]):
    """What a person says about themselves and wants to hear."""

    theme = forms.ChoiceField(label="Look", choices=THEMES)

    class Meta:
        model = User
        fields = ("name", "wants_email")
        labels = {"wants_email": "E-mail me about reviews that wait for me and runs that fail"}
        help_texts = {"wants_email": "What concerns your account itself comes all the same."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["name"].help_text = "What others see beside what you do."


@page(Action.VIEW, "GET", "POST")
def profile_page(request: PageRequest) -> HttpResponse:
    """One's own profile; it is the same in every workspace."""
    person = User.objects.get(pk=request.user.pk)
    chosen = request.COOKIES.get("theme", SYSTEM)
    theme = {"theme": chosen if chosen in dict(THEMES) else SYSTEM}
    form = ProfileForm(request.POST or None, instance=person, initial=theme)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your profile is saved.")
        response = redirect("workspaces:profile", request.access.workspace.slug)
        _keep_theme(response, form.cleaned_data["theme"])
        return response
    context = {
        "here": "settings",
        "tab": "profile",
        "form": form,
        "has_second_factor": is_mfa_enabled(request.user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "settings/profile.html", context, status=status)


def _keep_theme(response: HttpResponse, theme: str) -> None:
    """In the cookie that the menu's switch writes too, so scripts may read it."""
    if theme != SYSTEM:
        response.set_cookie("theme", theme, max_age=_YEAR, samesite="Lax")
    else:
        response.delete_cookie("theme", samesite="Lax")
