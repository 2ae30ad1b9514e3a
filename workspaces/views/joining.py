"""The page behind an invitation's link; opening it changes nothing, its button does."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from workspaces.invitations import InvitationOver, WrongPerson, accept, find_invitation, join
from workspaces.models import Invitation, User

_BACKEND = "django.contrib.auth.backends.ModelBackend"


class JoinForm(forms.Form):
    """What somebody without an account adds to the invitation."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        max_length=128,
        strip=False,
        help_text="At least 12 characters.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, invitation: Invitation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        """The password by the site's rules, which know name and address."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("password"):
            person = User(email=self.invitation.email, name=data.get("name", ""))
            try:
                validate_password(data["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_page(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what, and the one button that the visitor can use."""
    invitation = find_invitation(token)
    if invitation is None:
        return render(request, "settings/invitation_over.html", status=404)
    if isinstance(request.user, User):
        return _for_member(request, invitation, request.user)
    if User.objects.filter(email__iexact=invitation.email).exists():
        return _page(request, invitation, has_account=True)
    return _for_newcomer(request, invitation)


invitation_page.methods = ("GET", "POST")  # type: ignore[attr-defined]  # for the test of every URL


def _for_member(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponse:
    is_theirs = user.email.lower() == invitation.email.lower()
    if request.method != "POST":
        return _page(request, invitation, is_theirs=is_theirs)
    try:
        accept(invitation, user)
    except WrongPerson:
        return _page(request, invitation, is_theirs=False, status=409)
    except InvitationOver:
        return redirect(request.path)
    return _welcome(request, invitation)


def _for_newcomer(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.method != "POST":
        return _page(request, invitation, form=JoinForm(invitation))
    form = JoinForm(invitation, request.POST)
    if not form.is_valid():
        return _page(request, invitation, form=form, status=422)
    try:
        user = join(invitation, **form.cleaned_data)
    except InvitationOver:
        return redirect(request.path)
    login(request, user, backend=_BACKEND)
    return _welcome(request, invitation)


def _welcome(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    messages.success(request, f"Welcome to {invitation.workspace.name}.")
    return redirect("workflows:home", invitation.workspace.slug)


def _page(
    request: HttpRequest, invitation: Invitation, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"invitation": invitation, "room": invitation.workspace}
    return render(request, "settings/invitation.html", context, status=status)
