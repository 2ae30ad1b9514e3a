"""Addresses of the API of workflows, below /api/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
