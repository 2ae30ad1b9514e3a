"""Small pieces of every page: icons, avatars, times, numbers."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from zlib import crc32

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from config.env import BASE_DIR

register = template.Library()
_ICONS = BASE_DIR / "static" / "vendor" / "lucide"
_NAME = re.compile(r"^[a-z0-9-]+$")
_SEEDS = ("blue", "violet", "teal", "rose", "clay")


@lru_cache(maxsize=512)
def _paths(name: str) -> SafeString:
    """The drawing inside one of our own icon files. Raises ``FileNotFoundError``."""
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is no icon's name.")
    text = (_ICONS / f"{name}.svg").read_text("utf-8")
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    return mark_safe(" ".join(body.split()))  # noqa: S308 - a file of ours, never a user's


@register.simple_tag
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """An icon that says nothing to screen readers: words stand beside it."""
    return _icon(str(name), size, css)


@lru_cache(maxsize=1024)
def _icon(name: str, size: int, css: str) -> SafeString:
    return format_html(
        '<svg class="icon {}" width="{}" height="{}" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        'aria-hidden="true">{}</svg>',
        css,
        size,
        size,
        _paths(name),
    )


@register.filter
def initials(person: object) -> str:
    """At most two letters for an avatar."""
    words = re.findall(r"\w+", str(person).split("@", maxsplit=1)[0])
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.filter
def first_name(person: object) -> str:
    """What to greet somebody by: the first word of the name, or of the address."""
    return (str(person).split("@", maxsplit=1)[0].split() or ["you"])[0]


@register.filter
def seed(person: object) -> str:
    """The avatar's colour: always the same for the same name."""
    return _SEEDS[crc32(str(person).encode()) % len(_SEEDS)]


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """A relative time, with the absolute one in its title."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(),
        f"{moment:%d %b %Y, %H:%M:%S}",
        relative(moment, timezone.now()),
    )


def relative(moment: datetime, now: datetime) -> str:
    """``5 min ago``, ``in 2 h``, ``3 days ago``, or the date from a week on."""
    seconds = (now - moment).total_seconds()
    past, size = seconds >= 0, abs(seconds)
    if size < 45:
        return "just now" if past else "in a moment"
    if size < 3_600:
        text = f"{max(1, round(size / 60))} min"
    elif size < 86_400:
        text = f"{round(size / 3_600)} h"
    elif size < 7 * 86_400:
        days = round(size / 86_400)
        text = f"{days} day" + ("s" if days > 1 else "")
    else:
        return f"{moment:%d %b %Y}"
    return f"{text} ago" if past else f"in {text}"


_WIDGETS = {"checkbox": "check", "select": "select", "textarea": "textarea"}


@register.filter
def styled(field: BoundField) -> SafeString:
    """A form's field in the look of the site."""
    given = field.field.widget.attrs.get("class", "")
    css = _WIDGETS.get(field.widget_type, "input")
    return field.as_widget(attrs={"class": f"{css} {given}".strip()})


@register.filter
def seconds(value: float | None) -> str:
    """``48 s``, ``2:05``, ``1:02:05``; empty when unknown."""
    if value is None:
        return ""
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    hours, rest = divmod(whole, 3_600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@register.filter
def span(value: float) -> str:
    """A length to plan with: ``40 s``, ``6 min``, ``2 h``."""
    if value < 60:
        return f"{max(1, round(value))} s"
    return f"{round(value / 60)} min" if value < 3_600 else f"{round(value / 3_600)} h"


@register.filter
def ordinal(value: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``."""
    tens, ones = value // 10 % 10, value % 10
    end = "th" if tens == 1 else {1: "st", 2: "nd", 3: "rd"}.get(ones, "th")
    return f"{value}{end}"


@register.filter
def money(value: Decimal | float | None) -> str:
    """US dollars, finer under a cent; ``unknown`` where no price is known, never 0 for it."""
    if value is None:
        return "unknown"
    amount = Decimal(value)
    if amount and abs(amount) < Decimal("0.01"):
        return f"${amount:.4f}"
    return f"${amount:,.2f}"
