"""What a decision makes of the items: picks, edits, image choices. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Item = Mapping[str, Any]


class BadDecision(Exception):
    """A decision that does not fit the task; ``attr`` names the field of the call."""

    def __init__(self, attr: str, message: str) -> None:
        super().__init__(message)
        self.attr = attr
        self.message = message


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reviewer chose; every key is an item id."""

    selected: Sequence[str] = ()
    edits: Mapping[str, Any] = field(default_factory=dict)
    """New text, or new values by field, of a copy item."""
    primary: str = ""
    order: Sequence[str] = ()
    alt_text: Mapping[str, str] = field(default_factory=dict)


def default_choices(items: Sequence[Item], rules: Mapping[str, Any]) -> Choices:
    """What approving without looking picks: the first of each kind, as many as are asked for."""
    selected: list[str] = []
    for kind, pick in _picks(rules):
        ids = [str(item["id"]) for item in items if item["kind"] == kind]
        count = {"none": 0, "one": 1, "many": len(ids)}.get(str(pick))
        selected += ids[: count if count is not None else int(pick)]
    return Choices(selected=selected)


def check(items: Sequence[Item], choices: Choices) -> None:
    """Refuse ids that are not in the task and edits that are no text. Raises ``BadDecision``."""
    kinds = {str(item["id"]): item["kind"] for item in items}
    named = {
        "selected": choices.selected,
        "edits": choices.edits,
        "images.order": choices.order,
        "images.alt_text": choices.alt_text,
        "images.primary": [choices.primary] if choices.primary else [],
    }
    for attr, ids in named.items():
        wrong = [one for one in ids if one not in kinds]
        if wrong:
            raise BadDecision(attr, f"There is no item {wrong[0]} in this review.")
        if attr.startswith("images") and any(kinds[one] != "image" for one in ids):
            raise BadDecision(attr, "Only images can be ordered, described or made primary.")
    for one, edit in choices.edits.items():
        _check_edit(one, kinds[one], edit)


def _check_edit(one: str, kind: str, edit: Any) -> None:
    if kind != "copy":
        raise BadDecision("edits", f"{one} is an image; only copy can be edited.")
    texts = edit.values() if isinstance(edit, Mapping) else [edit]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise BadDecision("edits", f"The edit of {one} is empty.")
    if any(len(text) > 50_000 for text in texts):
        raise BadDecision("edits", f"The edit of {one} is longer than 50,000 characters.")


def check_counts(items: Sequence[Item], rules: Mapping[str, Any], choices: Choices) -> None:
    """Approving needs as many picks as the step asks for. Raises ``BadDecision``."""
    for kind, pick in _picks(rules):
        offered = [item for item in items if item["kind"] == kind]
        if not offered or pick == "none":
            continue
        found = sum(item["id"] in choices.selected for item in offered)
        name = "copy variant" if kind == "copy" else "image"
        if pick == "many" and found < 1:
            raise BadDecision("selected", f"Pick at least one {name}.")
        wanted = 1 if pick == "one" else pick
        if isinstance(wanted, int) and found != min(wanted, len(offered)):
            plural = "s" if wanted != 1 else ""
            raise BadDecision("selected", f"Pick {wanted} {name}{plural}; {found} picked.")


def outcome(items: Sequence[Item], rules: Mapping[str, Any], choices: Choices) -> dict[str, Any]:
    """``text``, ``variants`` and ``images`` as the steps below see them."""
    picks = dict(_picks(rules))
    kept = [
        item for item in items if picks[item["kind"]] == "none" or item["id"] in choices.selected
    ]
    variants = [_variant(item, choices) for item in kept if item["kind"] == "copy"]
    pictures = {str(item["id"]): item for item in kept if item["kind"] == "image"}
    order = [one for one in choices.order if one in pictures]
    order += [one for one in pictures if one not in order]
    return {
        "text": variants[0]["text"] if variants else "",
        "variants": variants,
        "images": [_image(pictures[one], choices) for one in order],
    }


def _picks(rules: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [("copy", rules.get("pick_copy", "none")), ("image", rules.get("pick_images", "none"))]


def ordered_fields(item: Item) -> dict[str, Any]:
    """A copy item's fields in the order in which its text holds them; the database forgets it."""
    text, fields = str(item["text"]), dict(item.get("fields") or {})

    def place(key: str) -> tuple[int, int]:
        value = str(fields[key])
        return text.find(value), -len(value)

    return {key: fields[key] for key in sorted(fields, key=place)}


def _variant(item: Item, choices: Choices) -> dict[str, Any]:
    edit = choices.edits.get(str(item["id"]))
    text, fields = str(item["text"]), ordered_fields(item)
    if isinstance(edit, Mapping):
        fields |= {key: value for key, value in edit.items() if key in fields}
        text = "\n".join(map(str, fields.values()))
    elif isinstance(edit, str):
        text = edit
        fields = dict.fromkeys(fields, edit) if len(fields) == 1 else fields
    return {"text": text, "fields": fields}


def _image(item: Item, choices: Choices) -> dict[str, Any]:
    image = dict(item["image"])
    image["alt_text"] = choices.alt_text.get(str(item["id"]), image.get("alt_text", ""))
    if item["id"] == choices.primary:
        image["primary"] = True
    return image
