"""What lists can be narrowed by; each list names its own, nothing else is looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django_filters import CharFilter, Filter
from drf_spectacular.utils import extend_schema_field
from rest_framework.serializers import CharField

from workspaces.api.serializers import MAX_ID, IdField


@extend_schema_field(IdField())
class IdFilter(Filter):  # type: ignore[misc]  # django-filter has no types
    """Rows that belong to the row with this id."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, min_value=1, max_value=MAX_ID, **options)


@extend_schema_field(CharField(max_length=200))
class SearchFilter(CharFilter):  # type: ignore[misc]  # django-filter has no types
    """Rows in which one of ``fields`` holds the words as they stand, whatever their case."""

    def __init__(self, fields: list[str], **options: Any) -> None:
        super().__init__(max_length=200, **options)
        self.fields = fields

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """The rows that hold it; all of them when nothing is asked for."""
        if not value:
            return qs
        found = Q()
        for field in self.fields:
            found |= Q(**{f"{field}__icontains": value})
        return qs.filter(found)
