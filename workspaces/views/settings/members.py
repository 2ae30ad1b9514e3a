"""Who belongs to the workspace and as what, and who is invited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django_htmx.http import trigger_client_event

from workspaces import invitations, members
from workspaces.access import Action
from workspaces.models import INVITED_ROLES, Invitation, Membership, Role
from workspaces.pages import PageRequest, page

ROLE_WORDS = {
    Role.OWNER: "Everything, also making and removing owners.",
    Role.ADMIN: "Manages members, providers, limits, tokens, webhooks; does what editors do.",
    Role.EDITOR: "Builds workflows, runs them, writes documents, and does what reviewers do.",
    Role.REVIEWER: "Decides reviews, and sees everything.",
    Role.VIEWER: "Sees everything, changes nothing.",
}


class InviteForm(forms.Form):
    """Whom to ask in, and as what."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(
            attrs={"placeholder": "name@company.com", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    role = forms.ChoiceField(choices=INVITED_ROLES, initial=Role.EDITOR)


@page(Action.VIEW)
def settings_home(request: PageRequest) -> HttpResponse:
    """Settings open with their first page."""
    return redirect("workspaces:members", request.access.workspace.slug)


@page(Action.VIEW)
def member_list(request: PageRequest) -> HttpResponse:
    """Members with their roles and, for admins, open invitations."""
    return render(request, "settings/members.html", _context(request))


@page(Action.ADMIN, "POST")
def invite(request: PageRequest) -> HttpResponse:
    """Send an invitation."""
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            made = invitations.invite(
                workspace=request.access.workspace, by=request.user, **form.cleaned_data
            )
        except invitations.InvitationRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, f"An invitation is on its way to {made.email}.")
            return _back(request)
    return render(request, "settings/members.html", _context(request, form), status=422)


@page(Action.ADMIN, "POST")
def resend(request: PageRequest, invitation_id: int) -> HttpResponse:
    """Send a fresh link; the earlier one ends."""
    invitation = _invitation(request, invitation_id)
    try:
        invitations.resend(invitation, request.user)
    except invitations.InvitationRefused as refusal:
        messages.error(request, str(refusal))
    except invitations.InvitationOver:
        messages.error(request, f"{invitation.email} has accepted meanwhile.")
    else:
        messages.success(request, f"A new link is on its way to {invitation.email}.")
    return _back(request)


@page(Action.ADMIN, "POST")
def revoke(request: PageRequest, invitation_id: int) -> HttpResponse:
    """End an invitation and its link."""
    invitation = _invitation(request, invitation_id)
    invitations.revoke(invitation)
    messages.success(request, f"The invitation of {invitation.email} is revoked.")
    return _back(request)


@page(Action.ADMIN, "POST")
def set_role(request: PageRequest, member_id: int) -> HttpResponse:
    """Give a member another role; the list comes back for HTMX."""
    try:
        member = members.change_role(request.access, member_id, request.POST.get("role", ""))
    except Membership.DoesNotExist as error:
        raise Http404("There is no such member.") from error
    except members.MemberRefused as refusal:
        return _answer(request, str(refusal), "error")
    words = f"{member.user} has the role {member.get_role_display()} now."
    if member.user_id == request.user.pk:
        messages.success(request, words)
        answer = _back(request)
        if request.htmx:  # what the person may do here has changed with it
            answer = HttpResponse(headers={"HX-Redirect": answer["Location"]})
        return answer
    return _answer(request, words, "success")


@page(Action.ADMIN, "POST")
def remove(request: PageRequest, member_id: int) -> HttpResponse:
    """Take somebody out of the workspace."""
    try:
        member = members.remove_member(request.access, member_id)
    except Membership.DoesNotExist as error:
        raise Http404("There is no such member.") from error
    except members.MemberRefused as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    if member.user_id == request.user.pk:
        return redirect("workspaces:start")
    messages.success(request, f"{member.user} is no longer a member.")
    return _back(request)


@page(Action.VIEW, "POST")
def leave(request: PageRequest) -> HttpResponse:
    """Go of one's own accord."""
    try:
        members.leave(request.access, request.user)
    except members.MemberRefused as refusal:
        messages.error(request, str(refusal))
        return _back(request)
    messages.success(request, f"You have left {request.access.workspace.name}.")
    return redirect("workspaces:start")


def _back(request: PageRequest) -> HttpResponse:
    return redirect("workspaces:members", request.access.workspace.slug)


def _answer(request: PageRequest, text: str, level: str) -> HttpResponse:
    """The list for HTMX, with the words as a toast; the page for a browser."""
    if request.htmx:
        response = render(request, "settings/_people.html", _context(request))
        return trigger_client_event(response, "toast", {"text": text, "level": level})
    messages.add_message(request, messages.DEFAULT_LEVELS[level.upper()], text)
    return _back(request)


def _invitation(request: PageRequest, invitation_id: int) -> Invitation:
    rows = Invitation.objects.filter(workspace=request.access.workspace, accepted_at=None)
    found = rows.filter(pk=invitation_id).first()
    if found is None:
        raise Http404("There is no such invitation.")
    return found


def _context(request: PageRequest, form: InviteForm | None = None) -> dict[str, Any]:
    access = request.access
    rows = Membership.objects.filter(workspace=access.workspace).select_related("user")
    order = {role: place for place, role in enumerate(Role)}
    people = sorted(rows, key=lambda row: (order[Role(row.role)], str(row.user).lower()))
    grantable = members.grantable_roles(access)
    for row in people:
        touched = bool(grantable) and (row.role != Role.OWNER or access.can(Action.OWN))
        row.choices = grantable if touched else []  # type: ignore[attr-defined]
    owners = [row for row in people if row.role == Role.OWNER]
    context: dict[str, Any] = {
        "here": "settings",
        "tab": "members",
        "people": people,
        "only_owner": owners[0].pk if len(owners) == 1 else None,
        "roles": [(role, ROLE_WORDS[role]) for role in Role],
    }
    if access.can(Action.ADMIN):
        waiting = Invitation.objects.filter(workspace=access.workspace, accepted_at=None)
        waiting = waiting.select_related("invited_by").prefetch_related("notices")
        context["invitations"] = list(waiting)
        context["now"] = timezone.now()
        context["form"] = form or InviteForm()
    return context
