"""Addresses of the API of the gallery, below /api/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
