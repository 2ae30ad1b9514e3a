"""The front door: on to the workspace that the person used last."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces.models import Workspace
from workspaces.pages import LAST, SignedInRequest


@login_required
def start(request: SignedInRequest) -> HttpResponse:
    """Go to a workspace of the person's; without one, say how to get in."""
    slugs = list(
        Workspace.objects.filter(memberships__user=request.user).values_list("slug", flat=True)
    )
    if not slugs:
        return render(request, "workspaces/none.html", status=200)
    last = request.COOKIES.get(LAST)
    return redirect("workflows:home", slug=last if last in slugs else slugs[0])
