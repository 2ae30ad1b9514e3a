"""What to draw: the card grammar, read from a prompt.

One line a part, in any order, each ``Name: value``:

``Headline``, ``Subline``, ``Quote``, ``By`` (who said it), ``Brand``; ``Points`` (parted by
``|``); ``Colour`` or ``Color`` (any CSS colour); ``Layout`` (``LAYOUTS``); ``Backdrop``
(``BACKDROPS``). ``*words*`` in a headline are set in italics. A line without a name goes on with
the part above it. A value that names no known layout, backdrop or colour is left out.

A prompt without any such line describes a picture: only a phrase in it within quotation marks
is set, and its words choose the palette and the motif.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .palette import RGB, parse_color

LAYOUTS = ("card", "hero", "quote", "list", "product", "art")
BACKDROPS = ("gradient", "hills", "arches", "dots", "waves", "rings", "grid", "photo")
MOODS = ("dark", "light", "warm", "cool", "minimal", "bold")

_MAX_PROMPT = 8000
_MAX_BRAND = 80

_LINE = re.compile(
    r"[\s*-]*(headline|subline|quote|by|brand|colou?r|layout|backdrop|points)\**\s*:\**\s*(.*)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“”«„]([^\"“”«»„\n]{2,80})[\"“”»]")
_WORDS = re.compile(r"[a-z]+")
_NO_TEXT = re.compile(r"\b(text|words?|letters?|letterings?|typography|headlines?|captions?)\b")

_BACKDROP_WORDS = {
    "hills": "mountain hill trail landscape valley field summit peak nature forest outdoor hike "
    "desert dune countryside horizon sunrise sunset winter snow camp travel",
    "waves": "sea ocean wave water beach river lake surf swim coast island flow wind silk",
    "arches": "arch architecture window door house home interior room city building studio "
    "product bottle cup mug coffee tea candle perfume jar skincare cosmetic",
    "rings": "music sound focus target ripple orbit planet moon space star sun radio podcast",
    "grid": "tech data network code software digital computer business chart app startup",
    "dots": "party fun play kid confetti pattern fabric retro pop candy",
}
_HUE_WORDS = {
    "#3B6FDB": "blue sea ocean water lake sky winter ice snow tech digital business cold",
    "#B4532A": "coffee autumn terracotta desert rust brick copper clay warm spice sunset fire",
    "#2F7D5B": "green forest plant leaf garden nature moss tea mint eco jungle",
    "#7440D8": "purple violet lavender dream magic galaxy space plum",
    "#C9436F": "pink rose red love flower berry blossom candy cherry",
    "#C08A45": "gold yellow sand honey bread wheat lemon sun beach summer",
    "#17808A": "teal turquoise lagoon spa wellness mineral",
}
_NIGHT = "#27408B"
_MOOD_WORDS = {
    "dark": "night dark midnight moon moody evening noir space galaxy",
    "bold": "bold vivid vibrant striking neon",
    "minimal": "minimal minimalist simple clean",
}
_FORM_WORDS = {
    "cup": "coffee cup mug tea cocoa espresso latte takeaway",
    "jar": "cream skincare cosmetic jar candle balm honey spice jam",
    "box": "box gift package parcel delivery present book",
    "bottle": "bottle flask drink water thermos wine perfume shampoo juice beer",
}


@dataclass(frozen=True, slots=True)
class CardSpec:
    """One card as asked for; blank where nothing was asked."""

    headline: str = ""
    subline: str = ""
    quote: str = ""
    by: str = ""
    brand: str = ""
    points: tuple[str, ...] = ()
    color: RGB | None = None
    layout: str = ""
    backdrop: str = ""
    moods: frozenset[str] = field(default_factory=frozenset)
    form: str = ""
    """The thing on the podium of a product card: bottle, cup, jar or box."""

    @property
    def wordless(self) -> bool:
        """Whether there is nothing to set."""
        return not (self.headline or self.subline or self.quote or self.points)


def parse_spec(
    prompt: str,
    *,
    negative_prompt: str = "",
    style: str = "",
    brand: Mapping[str, Any] | None = None,
    has_photo: bool = False,
) -> CardSpec:
    """Read a request. Never raises: what it does not understand it leaves out."""
    prompt = prompt[:_MAX_PROMPT]
    parts = _parts(prompt)
    spec = _from_parts(parts) if parts else _from_description(prompt)
    spec = _with_style(spec, style)
    kit = brand or {}
    if not spec.brand and isinstance(kit.get("name"), str):
        spec = replace(spec, brand=str(kit["name"]).strip())
    spec = replace(spec, brand=spec.brand[:_MAX_BRAND])
    spec = replace(spec, color=_given_color(parts) or parse_color(kit.get("color")) or spec.color)
    if has_photo and not (parts.get("backdrop") and spec.backdrop):
        spec = replace(spec, backdrop="photo")
    elif spec.backdrop == "photo" and not has_photo:
        spec = replace(spec, backdrop="")
    if _NO_TEXT.search(negative_prompt.lower()):
        spec = replace(spec, headline="", subline="", quote="", by="", brand="", points=())
    return spec


def _parts(prompt: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    current = ""
    for line in prompt.splitlines():
        found = _LINE.fullmatch(line)
        if found:
            current = found[1].lower().replace("color", "colour")
            parts[current] = found[2].strip()
        elif current and line.strip():
            joint = " | " if current == "points" else " "
            parts[current] = (parts[current] + joint + line.strip()).strip(" |")
    return parts


def _given_color(parts: Mapping[str, str]) -> RGB | None:
    return parse_color(parts.get("colour"))


def _from_parts(parts: Mapping[str, str]) -> CardSpec:
    points = (point.strip(" -•\t") for point in parts.get("points", "").split("|"))
    layout, backdrop = parts.get("layout", "").lower(), parts.get("backdrop", "").lower()
    return CardSpec(
        headline=parts.get("headline", ""),
        subline=parts.get("subline", ""),
        quote=parts.get("quote", "").strip('"“”«» '),
        by=parts.get("by", "").lstrip("-–— "),  # noqa: RUF001 - dashes are meant
        brand=parts.get("brand", ""),
        points=tuple(point for point in points if point),
        layout=layout if layout in LAYOUTS else "",
        backdrop=backdrop if backdrop in BACKDROPS else "",
        form=_best(_FORM_WORDS, _stems(" ".join(parts.values()))),
    )


def _from_description(prompt: str) -> CardSpec:
    quoted = _QUOTED.search(prompt)
    words = _stems(prompt)
    mood = _best(_MOOD_WORDS, words)
    color = _best(_HUE_WORDS, words) or (_NIGHT if mood == "dark" else "")
    form = _best(_FORM_WORDS, words)
    return CardSpec(
        headline=quoted[1].strip() if quoted else "",
        color=parse_color(color) if color else None,
        layout="product" if form else "",
        backdrop=_best(_BACKDROP_WORDS, words),
        moods=frozenset({mood} if mood else ()),
        form=form,
    )


def _stems(text: str) -> set[str]:
    words = set(_WORDS.findall(text.lower()))
    return words | {word[:-1] for word in words if word.endswith("s")}


def _best(table: Mapping[str, str], words: set[str]) -> str:
    """The key most of whose words occur, the first of them counted twice; blank if none does."""
    scores = {
        key: len(words & set(listed.split())) + (listed.split()[0] in words)
        for key, listed in table.items()
    }
    best = max(scores, key=lambda key: scores[key])
    return best if scores[best] else ""


def _with_style(spec: CardSpec, style: str) -> CardSpec:
    words = set(_WORDS.findall(style.lower()))
    layout = next((name for name in LAYOUTS if name in words), "")
    backdrop = next((name for name in BACKDROPS if name in words), "")
    return replace(
        spec,
        layout=spec.layout or layout,
        backdrop=spec.backdrop or backdrop,
        moods=spec.moods | (words & set(MOODS)),
    )
