"""Puts what is under review in order: groups of cards by the step that made them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import mark_safe

from documents.export.markup import render_markdown
from documents.images import file_url
from workflows.graph.model import Graph, Node
from workflows.reviews.diff import count_changes, word_diff
from workflows.reviews.picks import Item
from workflows.views.reviews.cards import Board, Card, CopyCard, Group, ImageCard, Part, Rule
from workflows.views.reviews.draft import Draft, places

_MARKDOWN = re.compile(r"^#{1,4} \S|\*\*\S", re.MULTILINE)


def build(
    items: Sequence[Item],
    rules: Mapping[str, Any],
    graph: Graph,
    draft: Draft,
    before: Sequence[Item] = (),
    *,
    is_decided: bool = False,
) -> Board:
    """The board of a draft; ``before`` holds the items of the earlier round."""
    by_group: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        by_group.setdefault((str(item["node_key"]), str(item["kind"])), []).append(item)
    old = {str(item["id"]): item for item in before}
    groups = []
    for (key, kind), members in by_group.items():
        node = graph.by_key.get(key)
        if kind == "image":
            cards: list[Card] = _images(members, draft, old)
        else:
            cards = _copies(members, draft, old, node, is_decided)
        group = Group(
            id=f"{kind}-{key or 'brief'}",
            kind=kind,
            label=_label(node),
            type=node.type if node else "brief",
            cards=tuple(cards),
            rule=_rule(items, rules, draft, kind, by_group, graph),
            columns=_columns(cards),
        )
        groups.append(group)
    return Board(tuple(groups))


def _label(node: Node | None) -> str:
    return (node.label or node.key) if node else "From the brief"


def _images(members: Sequence[Item], draft: Draft, old: Mapping[str, Item]) -> list[Card]:
    """Images as the reviewer ordered them; each keeps its number."""
    rank = {one: place for place, one in enumerate(draft.order)}
    numbered = sorted(
        enumerate(members, 1), key=lambda pair: rank.get(str(pair[1]["id"]), len(rank) + pair[0])
    )
    return [_image(item, number, draft, old) for number, item in numbered]


def _image(item: Item, number: int, draft: Draft, old: Mapping[str, Item]) -> ImageCard:
    one, image = str(item["id"]), item["image"]
    was = old.get(one)
    return ImageCard(
        id=one,
        number=number,
        url=file_url(image["id"]),
        width=image.get("width") or 1,
        height=image.get("height") or 1,
        alt_text=draft.alt_text.get(one, image.get("alt_text") or ""),
        is_picked=one in draft.selected,
        is_primary=one == draft.primary,
        is_new=was is not None and was.get("image", {}).get("id") != image["id"],
    )


def _copies(
    members: Sequence[Item],
    draft: Draft,
    old: Mapping[str, Item],
    node: Node | None,
    is_decided: bool,
) -> list[Card]:
    return [
        _copy(item, number, draft, old, node, is_decided) for number, item in enumerate(members, 1)
    ]


def _copy(
    item: Item,
    number: int,
    draft: Draft,
    old: Mapping[str, Item],
    node: Node | None,
    is_decided: bool,
) -> CopyCard:
    one = str(item["id"])
    was = {place: text for place, _, text in places(old[one])} if one in old else {}
    limits, labels = _fields(node)
    parts = []
    for place, key, original in places(item):
        text = draft.edits.get(place, original)
        earlier = original if is_decided else was.get(place, "" if was else original)
        later = text if is_decided else original
        parts.append(
            Part(
                place=place,
                label=labels.get(key, key.replace("_", " ").capitalize()),
                text=text,
                original=original,
                max_length=limits.get(key),
                diff=tuple(word_diff(earlier, later)) if earlier != later else (),
                html=_html(text) if not key else "",
            )
        )
    changes = sum(count_changes(part.diff) for part in parts)
    return CopyCard(one, number, tuple(parts), one in draft.selected, changes)


def _html(text: str) -> str:
    """Markdown with headings or bold words as HTML; nothing for plain text."""
    return mark_safe(render_markdown(text)) if _MARKDOWN.search(text) else ""  # noqa: S308 - cleaned there


def _fields(node: Node | None) -> tuple[dict[str, int], dict[str, str]]:
    """Longest lengths and labels by field, where the step names them."""
    named = node.config.get("fields") if node else None
    fields = [field for field in named or () if isinstance(field, Mapping) and "key" in field]
    limits = {field["key"]: field["max_length"] for field in fields if field.get("max_length")}
    return limits, {field["key"]: field["label"] for field in fields if field.get("label")}


def _rule(
    items: Sequence[Item],
    rules: Mapping[str, Any],
    draft: Draft,
    kind: str,
    groups: Mapping[tuple[str, str], Any],
    graph: Graph,
) -> Rule | None:
    pick = rules.get("pick_copy" if kind == "copy" else "pick_images", "none")
    if pick == "none":
        return None
    ids = [str(item["id"]) for item in items if item["kind"] == kind]
    keys = [key for key, of_kind in groups if of_kind == kind]
    several = "Copy" if kind == "copy" else "Images"
    return Rule(
        kind=kind,
        mode=pick if pick in ("one", "many") else "number",
        wanted=1 if pick in ("one", "many") else min(int(pick), len(ids)),
        found=sum(one in draft.selected for one in ids),
        label=_label(graph.by_key.get(keys[0])) if len(keys) == 1 else several,
    )


def _columns(cards: Sequence[Card]) -> int:
    """Long texts get more room: they are read, not compared at a glance."""
    longest = max((card.length for card in cards if isinstance(card, CopyCard)), default=0)
    if longest > 900 or len(cards) == 1:
        return 1
    return 2 if longest > 320 or len(cards) in (2, 4) else 3
