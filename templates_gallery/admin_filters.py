"""What curators narrow the list of entries by."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from templates_gallery.models import GalleryEntry


class _Has(admin.SimpleListFilter):
    """Whether something is there: two choices, told by what an entry without it holds."""

    nothing: ClassVar[dict[str, Any]]
    """What an entry without it is found by."""

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Two."""
        return [("yes", f"With a {self.title}"), ("no", "Without")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[GalleryEntry]
    ) -> QuerySet[GalleryEntry]:
        """The chosen half."""
        if self.value() == "no":
            return queryset.filter(**self.nothing)
        return queryset.exclude(**self.nothing) if self.value() == "yes" else queryset


class HasSample(_Has):
    """Whether people can look at what a template makes."""

    title, parameter_name, nothing = "sample", "has_sample", {"sample": {}}


class HasCover(_Has):
    """Whether a picture stands above the entry, or its drawn graph."""

    title, parameter_name, nothing = "cover", "has_cover", {"cover": ""}
