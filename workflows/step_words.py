"""What a step is set to, in one line. Pure; takes any draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workflows.graph.model import Node

Config = Mapping[str, Any]
_NAMED = 4


def step_words(node: Node) -> str:
    """``3 variants with headline and description``; empty where there is nothing to tell."""
    words = _WORDS.get(node.type)
    return words(node.config) if words else ""


def _brief(config: Config) -> str:
    fields = _list(config.get("fields"))
    names = [str(one.get("label") or one.get("key") or "") for one in fields]
    return f"Asks for {_join(names)}" if names else "Asks for nothing"


def _copy(config: Config) -> str:
    fields = _list(config.get("fields"))
    names = [str(one.get("label") or one.get("key") or "").lower() for one in fields]
    count = _count(config.get("quantity", 1), "text", "texts")
    return f"Writes {count} with {_join(names)}" if names else f"Writes {count}"


def _image(config: Config) -> str:
    count = _count(config.get("quantity", 1), "image", "images")
    size = str(config.get("size") or "").replace("_", " ")
    is_plain = size != "" and "{" not in size
    return f"Makes {count}, {size}" if is_plain else f"Makes {count}"


def _attach(config: Config) -> str:
    verb = "Adds to a document" if config.get("target") == "existing" else "Writes a document"
    images = len(_texts(config.get("images")))
    return f"{verb} with images" if images else verb


def _review(config: Config) -> str:
    picks = [
        f"picks {_pick(config.get(key, 'none'))} {word}"
        for key, word in (("pick_copy", "of the texts"), ("pick_images", "of the images"))
        if config.get(key, "none") not in ("none", None)
    ]
    named = len(_texts(config.get("assignees")))
    who = f"One of {named} named people" if named > 1 else "A named person" if named else ""
    who = who or f"{str(config.get('role') or 'reviewer').capitalize()} or above"
    told = [f"{who} {' and '.join(picks) or 'decides'}"]
    if config.get("revise"):
        told.append("can send it back")
    return ", ".join(told)


def _conditional(config: Config) -> str:
    names = [str(one.get("name") or "") for one in _list(config.get("branches"))]
    return f"Goes on by {_join([*filter(None, names), 'else'], 'or')}"


def _parallel(config: Config) -> str:
    if not config.get("items"):
        return "Runs the steps inside side by side"
    return f"Runs the steps inside once per {config.get('item_name') or 'item'!s}"


def _compose(config: Config) -> str:
    return "Puts text together, no model is asked"


_WORDS: dict[str, Callable[[Config], str]] = {
    "brief": _brief,
    "generate_copy": _copy,
    "generate_image": _image,
    "attach_to_document": _attach,
    "review": _review,
    "conditional": _conditional,
    "parallel": _parallel,
    "compose_text": _compose,
}


def _count(quantity: object, one: str, many: str) -> str:
    """A quantity that a variable holds is known at run time alone."""
    if isinstance(quantity, int) and not isinstance(quantity, bool):
        return f"{quantity} {one if quantity == 1 else many}"
    return f"{quantity} {many}" if str(quantity).isdigit() else f"as many {many} as asked for"


def _pick(rule: object) -> str:
    return {"one": "one", "many": "any"}.get(str(rule), str(rule))


def _join(names: Sequence[str], word: str = "and") -> str:
    """At most a few names, the rest as a number."""
    shown = [name for name in names if name]
    if len(shown) > _NAMED:
        return f"{', '.join(shown[: _NAMED - 1])} {word} {len(shown) - _NAMED + 1} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {word} {shown[-1]}"


def _list(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
