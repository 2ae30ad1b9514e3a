"""Finding a template: by shelf, channel and words, in one of three orders. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from templates_gallery.cards import Card
from templates_gallery.models import GalleryEntry

ORDERS = {"": "Our order", "used": "Most used", "new": "Newest"}
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """What was asked for; anything unknown counts as not asked."""

    search: str = ""
    category: str = ""
    channel: str = ""
    sort: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        """From the address."""
        sort = query.get("sort", "")
        return cls(
            search=" ".join(query.get("q", "").split())[:_LONGEST],
            category=query.get("category", ""),
            channel=query.get("channel", ""),
            sort=sort if sort in ORDERS else "",
        )

    def address(self, category: str) -> str:
        """The same on another shelf, as the end of an address."""
        named = {"q": self.search, "channel": self.channel, "sort": self.sort}
        return urlencode({"category": category, **{k: v for k, v in named.items() if v}})

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.search or self.category or self.channel)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A tab."""

    slug: str
    name: str
    count: int


def matching(entries: Sequence[GalleryEntry], filters: Filters) -> list[GalleryEntry]:
    """Those that hold every word of the search and the channel, whatever their shelf."""
    words = filters.search.lower().split()
    return [
        entry
        for entry in entries
        if (not filters.channel or filters.channel in entry.channels)
        and all(word in _text(entry) for word in words)
    ]


def on_shelf(entries: Sequence[GalleryEntry], category: str) -> list[GalleryEntry]:
    """Those of one shelf; all of them without one."""
    return [entry for entry in entries if not category or slug_of(entry) == category]


def shelves(entries: Sequence[GalleryEntry], found: Sequence[GalleryEntry]) -> list[Shelf]:
    """The tabs, in the curators' order, with how many of those found stand on each."""
    counts = Counter(slug_of(entry) for entry in found)
    known = {entry.category.pk: entry.category for entry in entries if entry.category}
    ordered = sorted(known.values(), key=lambda one: (one.order, one.name))
    tabs = [Shelf(one.slug, one.name, counts[one.slug]) for one in ordered]
    return [Shelf("", "All", len(found)), *tabs]


def channels(entries: Sequence[GalleryEntry]) -> list[str]:
    """What can be chosen from, by name."""
    return sorted({str(one) for entry in entries for one in entry.channels}, key=str.casefold)


def arranged(cards: Sequence[Card], sort: str) -> list[Card]:
    """Staff picks first in the curators' order; else by runs, or the newest template first."""
    if sort == "used":
        return sorted(cards, key=lambda card: -card.usage.runs)
    if sort == "new":
        return sorted(cards, key=lambda card: card.entry.template.created_at, reverse=True)
    return sorted(cards, key=lambda card: not card.entry.featured)


def slug_of(entry: GalleryEntry) -> str:
    """The entry's shelf; empty for one that stands on none."""
    return entry.category.slug if entry.category else ""


def _text(entry: GalleryEntry) -> str:
    parts = [entry.title, entry.summary, entry.template.name, *entry.template.tags]
    return " ".join([*parts, *map(str, entry.channels)]).lower()
