"""Addresses of the API of workspaces, below /api/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
