"""Add and change the workspace's own model services, and what their models cost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from workflows.models import ModelPrice, Provider
from workflows.provider_forms import OwnProviderForm, PriceForm
from workspaces.access import Action
from workspaces.pages import PageRequest, page


@page(Action.ADMIN, "GET", "POST")
def new_provider(request: PageRequest) -> HttpResponse:
    """Add a service."""
    form = OwnProviderForm(
        request.POST or None, user=request.user, workspace=request.access.workspace
    )
    if request.method == "POST" and form.is_valid():
        row = form.save()
        messages.success(request, f"{row.name} is added. Test it before the first run.")
        return redirect("workflows:provider", request.access.workspace.slug, row.pk)
    return _form_page(request, None, form)


@page(Action.ADMIN, "GET", "POST")
def provider_page(request: PageRequest, provider_id: int) -> HttpResponse:
    """Change a service of the workspace."""
    row = _own(request, provider_id)
    form = OwnProviderForm(
        request.POST or None,
        instance=row,
        user=request.user,
        workspace=request.access.workspace,
    )
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Saved. It holds from the next step on.")
        return redirect("workflows:provider", request.access.workspace.slug, row.pk)
    return _form_page(request, _own(request, provider_id), form)


@page(Action.ADMIN, "POST")
def switch(request: PageRequest, provider_id: int) -> HttpResponse:
    """Switch a service on or off."""
    row = _own(request, provider_id)
    row.enabled = request.POST.get("enabled") == "1"
    row.save(update_fields=["enabled", "updated_at"])
    messages.success(request, f"{row.name} is {'on' if row.enabled else 'off'} now.")
    return redirect("workflows:providers", request.access.workspace.slug)


@page(Action.ADMIN, "POST")
def add_price(request: PageRequest, provider_id: int) -> HttpResponse:
    """Say what a model costs here, instead of the public list."""
    row = _own(request, provider_id)
    price = PriceForm(request.POST, provider=row)
    if price.is_valid():
        made = price.save()
        messages.success(request, f"{made.model} has its own price now.")
        return redirect("workflows:provider", request.access.workspace.slug, row.pk)
    form = OwnProviderForm(instance=row, user=request.user, workspace=request.access.workspace)
    return _form_page(request, row, form, price)


@page(Action.ADMIN, "POST")
def delete_price(request: PageRequest, provider_id: int, price_id: int) -> HttpResponse:
    """Go back to the public list's price."""
    row = _own(request, provider_id)
    price = ModelPrice.objects.filter(provider=row, pk=price_id).first()
    if price is None:
        raise Http404("There is no such price.")
    price.delete()
    messages.success(request, f"{price.model} costs what the public list says again.")
    return redirect("workflows:provider", request.access.workspace.slug, row.pk)


def _own(request: PageRequest, provider_id: int) -> Provider:
    rows = Provider.objects.filter(workspace=request.access.workspace, pk=provider_id)
    row = rows.prefetch_related("prices").first()
    if row is None:
        raise Http404("There is no such provider in this workspace.")
    return row


def _form_page(
    request: PageRequest,
    row: Provider | None,
    form: OwnProviderForm,
    price: PriceForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"here": "settings", "tab": "providers", "row": row, "form": form}
    if row:
        context["price_form"] = price or PriceForm(provider=row)
    is_refused = form.is_bound or price is not None
    status = 422 if is_refused else 200
    return render(request, "settings/providers/provider.html", context, status=status)
