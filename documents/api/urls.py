"""Addresses of the API of documents, below /api/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
