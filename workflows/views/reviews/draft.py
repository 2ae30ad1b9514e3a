"""A decision as it stands in the form: read from it, kept over an error, turned into choices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from workflows.engine.states import Verdict
from workflows.graph.storable import is_storable
from workflows.reviews.picks import BadDecision, Choices, Item, check_counts, ordered_fields

MAX_COMMENT = 10_000
MAX_EDIT = 50_000
MAX_ALT_TEXT = 500
_NEWLINE = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reviewer has chosen and typed so far."""

    selected: Sequence[str] = ()
    edits: Mapping[str, str] = field(default_factory=dict)
    """Text as typed where it differs, by place: ``copy-1``, or ``copy-1.title`` of a field."""
    primary: str = ""
    order: Sequence[str] = ()
    alt_text: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


def places(item: Item) -> Iterator[tuple[str, str, str]]:
    """What can be edited in a copy item: (place, field key or nothing, text)."""
    one, fields = str(item["id"]), ordered_fields(item)
    for key, text in fields.items():
        yield f"{one}.{key}", key, plain(text)
    if not fields:
        yield one, "", plain(item["text"])


def plain(text: Any) -> str:
    """Text with line ends as the pages keep them; forms send others."""
    return _NEWLINE.sub("\n", str(text))


def read(form: QueryDict, items: Sequence[Item]) -> Draft:
    """What the form says of these items; whatever else it names is left out, but for picks."""
    edits, alt_text = {}, {}
    for item in items:
        if item["kind"] == "image":
            name = f"alt.{item['id']}"
            given = " ".join(form.get(name, "").split())
            if name in form and given != item["image"].get("alt_text", ""):
                alt_text[str(item["id"])] = given
            continue
        for place, _, text in places(item):
            given = plain(form.get(f"edit.{place}", text))
            if given != text:
                edits[place] = given
    return Draft(
        selected=tuple(form.getlist("pick_copy") + form.getlist("pick_image")),
        edits=edits,
        primary=form.get("primary", ""),
        order=moved(form.getlist("order"), form.get("move", "")),
        alt_text=alt_text,
        comment=plain(form.get("comment", "")).strip(),
    )


def moved(order: Sequence[str], move: str) -> tuple[str, ...]:
    """The order after ``image-2:-1`` (one place to the front) or ``image-2:1``."""
    one, _, step = move.partition(":")
    found = list(order)
    if one in found and step in ("-1", "1"):
        place = found.index(one)
        found.insert(max(0, place + int(step)), found.pop(place))
    return tuple(found)


def choices(draft: Draft) -> Choices:
    """The draft as the verb takes it; the fields of one item go together."""
    edits: dict[str, Any] = {}
    for place, text in draft.edits.items():
        one, dot, key = place.partition(".")
        if dot:
            edits.setdefault(one, {})[key] = text
        else:
            edits[one] = text
    return Choices(
        selected=draft.selected,
        edits=edits,
        primary=draft.primary,
        order=draft.order,
        alt_text=draft.alt_text,
    )


def problems(
    draft: Draft, items: Sequence[Item], rules: Mapping[str, Any], verdict: Verdict
) -> dict[str, str]:
    """What keeps the draft from being decided on, by name in the form."""
    found = {f"edit.{place}": _text_problem(text) for place, text in draft.edits.items()}
    for one, text in draft.alt_text.items():
        found[f"alt.{one}"] = _length_problem(text, MAX_ALT_TEXT)
    found["comment"] = _length_problem(draft.comment, MAX_COMMENT)
    if verdict == Verdict.APPROVE:
        for kind in ("copy", "image"):
            found[f"pick_{kind}"] = _count_problem(draft, items, rules, kind)
        found["primary"] = _primary_problem(draft, rules)
    return {name: problem for name, problem in found.items() if problem}


def _text_problem(text: str) -> str:
    return _length_problem(text, MAX_EDIT) if text.strip() else "Write something, or cancel."


def _length_problem(text: str, most: int) -> str:
    if not is_storable(text):
        return "This holds a character that cannot be stored; remove it."
    return f"At most {most:,} characters; this has {len(text):,}." if len(text) > most else ""


def _count_problem(draft: Draft, items: Sequence[Item], rules: Mapping[str, Any], kind: str) -> str:
    try:
        check_counts([item for item in items if item["kind"] == kind], rules, choices(draft))
    except BadDecision as error:
        return error.message
    return ""


def _primary_problem(draft: Draft, rules: Mapping[str, Any]) -> str:
    picks = rules.get("pick_images", "none") != "none"
    if draft.primary and picks and draft.primary not in draft.selected:
        return "The primary image is not among those picked: pick it, or choose another."
    return ""


def decided(data: Mapping[str, Any], comment: str = "") -> Draft:
    """A draft that shows what somebody decided (``ReviewDecision.data``)."""
    edits: dict[str, str] = {}
    for one, edit in data.get("edits", {}).items():
        if isinstance(edit, Mapping):
            edits |= {f"{one}.{key}": text for key, text in edit.items()}
        else:
            edits[one] = edit
    return Draft(
        selected=tuple(data.get("selected", ())),
        edits=edits,
        primary=data.get("primary", ""),
        order=tuple(data.get("order", ())),
        alt_text=data.get("alt_text", {}),
        comment=comment,
    )


def opening(
    items: Sequence[Item],
    rules: Mapping[str, Any],
    before: Sequence[Item] = (),
    last: Draft | None = None,
) -> Draft:
    """The draft of a round that nobody has touched.

    The first of each kind are picked, as many as the step asks for, so that approving is one
    press; what an earlier round chose of pieces that came back unchanged (``before``, ``last``)
    stays chosen.
    """
    last = last or Draft()
    known = {str(item["id"]): _content(item) for item in before}
    same = {str(item["id"]) for item in items if known.get(str(item["id"])) == _content(item)}
    selected = [one for one in last.selected if one in same]
    for kind, pick in (("copy", rules.get("pick_copy")), ("image", rules.get("pick_images"))):
        ids = [str(item["id"]) for item in items if item["kind"] == kind]
        wanted = {"one": 1, "many": len(ids)}.get(str(pick), pick)
        chosen = any(one in selected for one in ids)
        if isinstance(wanted, int) and (not chosen or (len(ids) <= wanted and pick != "many")):
            selected += [one for one in ids[:wanted] if one not in selected]
    return Draft(
        selected=tuple(selected),
        edits={one: text for one, text in last.edits.items() if one.partition(".")[0] in same},
        primary=last.primary if last.primary in same else "",
        order=last.order if set(last.order) <= same else (),
        alt_text={one: text for one, text in last.alt_text.items() if one in same},
    )


def _content(item: Item) -> tuple[Any, ...]:
    image = item.get("image") or {}
    return item["kind"], item.get("text"), item.get("fields"), image.get("id")
