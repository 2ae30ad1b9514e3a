"""What every admin page shares: read-only rows, badges, links and legible JSON.

Nothing here trusts data: every value passes through ``format_html``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.forms.fields import InvalidJSONInput
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

M = TypeVar("M", bound=Model)
Parent = TypeVar("Parent", bound=Model)

INLINE_ROWS = 200
"""Rows of a read-only table inside another page; the rest is in the table's own list."""
JSON_CHARS = 50_000
"""How much of one value a page shows."""
READABLE_DEPTH = 3
LIST_ITEMS = 50
"""Items of one list that ``readable`` shows."""
NOTHING = "-"


class _ReadOnly:
    """Rows that the engine owns: they can be seen and nothing else, whoever asks."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class ReadOnlyAdmin(_ReadOnly, admin.ModelAdmin[M]):
    """A list and pages of rows that the engine owns."""

    change_form_template = "admin/readonly_change_form.html"
    show_full_result_count = False
    list_per_page = 50
    list_select_related: ClassVar[tuple[str, ...]] = ()
    deferred: ClassVar[tuple[str, ...]] = ()
    """Heavy columns that the list does without."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Load what links name; leave heavy columns where they are until a page asks for them."""
        found: QuerySet[M] = super().get_queryset(request)
        if self.list_select_related:
            found = found.select_related(*self.list_select_related)
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        return found.defer(*self.deferred) if is_list else found


class _CappedFormSet(BaseInlineFormSet[Any, Any, Any]):
    """At most ``INLINE_ROWS`` rows."""

    def get_queryset(self) -> QuerySet[Any]:
        """The first rows, asked for once."""
        if not hasattr(self, "_shown"):
            self._shown = super().get_queryset()[:INLINE_ROWS]
        return self._shown


class ReadOnlyInline(_ReadOnly, admin.TabularInline[M, Parent]):
    """A table of rows that the engine owns; ``fields`` names its columns."""

    formset = _CappedFormSet
    extra = 0
    can_delete = False
    classes = ("cl-plain",)
    related: ClassVar[tuple[str, ...]] = ()
    """Relations that the columns read."""
    deferred: ClassVar[tuple[str, ...]] = ()
    """Heavy columns that the table does without."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column."""
        return self.fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Load what the columns read, in one query."""
        found: QuerySet[M] = super().get_queryset(request)
        if self.related:
            found = found.select_related(*self.related)
        return found.defer(*self.deferred)


class IndentedJSONField(forms.JSONField):
    """A JSON form field that people can read."""

    def prepare_value(self, value: Any) -> Any:
        """Indent what is well formed; give back what is not as it was typed."""
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)


def badge(label: str, token: str) -> SafeString:
    """A status: a dot in the colour of the token, and the word."""
    return format_html('<span class="cl-badge cl-{}">{}</span>', token, label)


def change_link(row: Model | None, text: str = "") -> SafeString | str:
    """A link to a row's page, called ``text`` or as the row calls itself."""
    if row is None:
        return NOTHING
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), text or str(row))


def list_link(model: type[Model], text: str, query: str = "") -> SafeString:
    """A link to the list of a model's rows, filtered by ``query``."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    return format_html('<a href="{}">{}</a>', f"{reverse(name)}?{query}".rstrip("?"), text)


def pretty_json(value: Any) -> SafeString | str:
    """A value as indented JSON, cut at ``JSON_CHARS``."""
    if value in (None, {}, []):
        return NOTHING
    return preformatted(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def preformatted(text: str) -> SafeString:
    """A text in columns, cut at ``JSON_CHARS``."""
    return format_html('<pre class="cl-json">{}</pre>', _cut(text))


def readable(value: Any, depth: int = 0) -> SafeString | str:
    """A value for people: texts with their line breaks, a row for each key or item.

    What lies deeper than ``READABLE_DEPTH`` is shown as JSON.
    """
    if isinstance(value, str) and value:
        return format_html('<div class="cl-text">{}</div>', _cut(value))
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if depth < READABLE_DEPTH and isinstance(value, Mapping) and value:
        return _facts([(key, readable(item, depth + 1)) for key, item in value.items()])
    if depth < READABLE_DEPTH and isinstance(value, list) and value:
        rows = [(str(n), readable(item, depth + 1)) for n, item in enumerate(value[:LIST_ITEMS], 1)]
        if len(value) > LIST_ITEMS:
            rows.append(("…", f"{len(value):,} in all"))
        return _facts(rows)
    return NOTHING if value == "" else pretty_json(value)


def _facts(rows: Sequence[tuple[str, str]]) -> SafeString:
    body = format_html_join("", "<tr><th>{}</th><td>{}</td></tr>", rows)
    return format_html('<table class="cl-facts">{}</table>', body)


def when(moment: datetime | None) -> str:
    """A moment, short enough for a column; the year only when it is another."""
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment)
    return date_format(local, "M j, H:i" if local.year == timezone.now().year else "M j, Y")


def duration(began: datetime | None, ended: datetime | None) -> str:
    """How long something took, or has taken until now: ``3 min 12 s``."""
    if began is None:
        return NOTHING
    return _spoken((ended or timezone.now()) - began)


def _spoken(span: timedelta) -> str:
    total = span.total_seconds()
    if total < 60:
        return f"{max(total, 0):.1f} s" if total < 10 else f"{int(total)} s"
    minutes, seconds = divmod(int(total), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def dollars(amount: Any) -> str:
    """US dollars, with as many places as a single call needs."""
    return f"${amount:,.4f}" if 0 < amount < 1 else f"${amount:,.2f}"


def _cut(text: str) -> str:
    if len(text) <= JSON_CHARS:
        return text
    return f"{text[:JSON_CHARS]}\n… cut here; {len(text):,} characters in all"
