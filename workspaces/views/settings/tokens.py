"""Keys for programs: made, shown once, revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from workspaces.access import Access, Action
from workspaces.models import ApiToken, Scope
from workspaces.pages import PageRequest, page
from workspaces.tokens import allowed_scopes, issue_token

DAYS = [(30, "30 days"), (90, "90 days"), (365, "A year")]
SCOPE_WORDS = {
    Scope.READ: "See workflows, runs, reviews and documents",
    Scope.RUN: "Launch, retry, skip, pause and stop runs",
    Scope.EDIT: "Change workflows, documents and images",
    Scope.REVIEW: "Decide reviews",
    Scope.ADMIN: "Make tokens, and whatever admins may do over the API",
}


class TokenForm(forms.Form):
    """The token to make; never more than its person may do."""

    name = forms.CharField(
        max_length=80, widget=forms.TextInput(attrs={"placeholder": "What will use it?"})
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one thing that it may do."},
    )
    days = forms.TypedChoiceField(label="Works for", choices=DAYS, coerce=int, initial=90)

    def __init__(self, access: Access, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope, SCOPE_WORDS[Scope(scope)]) for scope in allowed_scopes(access)
        ]
        self.initial["scopes"] = [Scope.READ]


@page(Action.VIEW, "GET", "POST")
def token_list(request: PageRequest) -> HttpResponse:
    """One's own tokens, for admins everybody's; a new one's key is in the answer to its form."""
    if request.method != "POST":
        return _page(request, TokenForm(request.access))
    form = TokenForm(request.access, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    token, key = issue_token(user=request.user, access=request.access, **form.cleaned_data)
    response = _page(request, TokenForm(request.access), made=token, key=key)
    response.headers["Cache-Control"] = "no-store"
    return response


@page(Action.VIEW, "POST")
def revoke(request: PageRequest, token_id: str) -> HttpResponse:
    """End a token of one's own; admins end anybody's."""
    token = _visible(request).filter(digest__startswith=token_id).first()
    if token is None:
        raise Http404("There is no such token.")
    token.delete()
    messages.success(request, f"{token.name} is revoked. Programs that use it are refused now.")
    return redirect("workspaces:tokens", request.access.workspace.slug)


def _visible(request: PageRequest) -> QuerySet[ApiToken]:
    rows = ApiToken.objects.filter(workspace=request.access.workspace).select_related("user")
    return rows if request.access.can(Action.ADMIN) else rows.filter(user=request.user)


def _page(
    request: PageRequest, form: TokenForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {
        "here": "settings",
        "tab": "tokens",
        "form": form,
        "tokens": list(_visible(request)),
        "now": timezone.now(),
    }
    return render(request, "settings/tokens.html", context, status=status)
