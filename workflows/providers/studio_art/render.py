"""From a spec to a picture: choose the look by seed, draw the backdrop, set the words."""

from __future__ import annotations

import io
import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image

from . import backdrops, fonts, products
from .frames import frame
from .ground import mesh
from .layouts import Placed, art_below, compose
from .legibility import secure, span_of, worst
from .palette import BASES, COOL, WARM, Palette, build_palette, parse_color
from .shapes import Canvas
from .sizes import check_size
from .spec import CardSpec

_MODES = ("light", "bold", "light", "dark")
_CYCLE = ("hills", "gradient", "arches", "rings", "waves", "dots", "grid")
_CALM_CYCLE = ("gradient", "rings", "waves", "gradient", "hills")


@dataclass(frozen=True, slots=True)
class Look:
    """What the seed decides; the same seed gives a series of cards one look."""

    layout: str
    backdrop: str
    palette: Palette
    form: str
    bold: bool


def _nothing() -> None:
    """Do not stop."""


def render(
    spec: CardSpec,
    width: int,
    height: int,
    *,
    seed: int = 0,
    photo: bytes | None = None,
    check: Callable[[], None] = _nothing,
) -> bytes:
    """A PNG of exactly ``width`` by ``height`` pixels; the same request gives the same bytes.

    ``check`` is called between the steps and may raise to stop. Raises ``ValueError`` for a side
    out of range and ``PhotoError`` for a photo that cannot be read.
    """
    check_size(width, height)
    spec = _settable(spec)
    look = choose_look(spec, width / height, seed)
    size = (width, height)
    image, placed = draw(spec, look, size, seed=seed, photo=photo, check=check)
    ink_words(image, placed, look.palette, min(size) * (0.3 if look.backdrop == "photo" else 0.12))
    check()
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def left_out(spec: CardSpec) -> str:
    """The characters of ``spec`` that no font of the studio has, each once."""
    text = "".join((spec.headline, spec.subline, spec.quote, spec.by, spec.brand, *spec.points))
    known = set(fonts.printable(fonts.SEMIBOLD, text))
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        dict.fromkeys(
            char
            for char in composed
            if char not in known and unicodedata.category(char)[0] not in "CMZ"
        )
    )


def _settable(spec: CardSpec) -> CardSpec:
    """``spec`` without the texts of which no character can be set."""

    def kept(text: str) -> str:
        return text if fonts.printable(fonts.SEMIBOLD, text) else ""

    return replace(
        spec,
        headline=kept(spec.headline),
        subline=kept(spec.subline),
        quote=kept(spec.quote),
        by=kept(spec.by),
        points=tuple(point for point in spec.points if kept(point)),
    )


def choose_look(spec: CardSpec, ratio: float, seed: int) -> Look:
    """Layout, backdrop and palette: as asked, else by ``seed`` and the page's ``ratio``."""
    layout = _layout(spec, ratio)
    calm = layout in ("quote", "list")
    cycle = _CALM_CYCLE if calm else _CYCLE
    backdrop = spec.backdrop or (
        "gradient" if "minimal" in spec.moods else cycle[seed % len(cycle)]
    )
    mode = next((mood for mood in ("dark", "bold", "light") if mood in spec.moods), "")
    if not mode:
        mode = "dark" if backdrop == "photo" else "light" if "minimal" in spec.moods else ""
    names = WARM if "warm" in spec.moods else COOL if "cool" in spec.moods else tuple(BASES)
    base = spec.color or parse_color(BASES[names[seed % len(names)]]) or (59, 111, 219)
    palette = build_palette(
        base,
        mode or _MODES[seed % len(_MODES)],
        random.Random(seed),  # noqa: S311 - art, no secret
        strict=spec.color is not None,
    )
    form = spec.form or products.FORMS[seed % len(products.FORMS)]
    return Look(layout, backdrop, palette, form, "bold" in spec.moods)


def _layout(spec: CardSpec, ratio: float) -> str:
    wanted = spec.layout
    if spec.wordless:
        return "product" if wanted == "product" and spec.backdrop != "photo" else "art"
    if wanted == "art" or (wanted == "list" and not spec.points):
        wanted = "" if wanted == "list" else "art"
    if not wanted:
        wanted = "quote" if spec.quote else "list" if spec.points else ""
    if wanted == "product" and spec.backdrop == "photo":
        wanted = "card"
    return wanted or ("hero" if ratio >= 1.3 else "card")


def draw(
    spec: CardSpec,
    look: Look,
    size: tuple[int, int],
    *,
    seed: int = 0,
    photo: bytes | None = None,
    check: Callable[[], None] = _nothing,
) -> tuple[Image.Image, list[Placed]]:
    """The picture without words, and the words at their places."""
    rng = random.Random(seed)  # noqa: S311 - art, no secret
    page = frame(size, spec, look.layout, look.backdrop, seed, bold=look.bold)
    placed = compose(spec, look.layout, page)
    art = art_below(page, placed, size[1])
    if look.backdrop == "photo" and photo is not None:
        image = backdrops.cover(photo, size)
    else:
        image = mesh(size, look.palette, rng)
        canvas = Canvas(image)
        check()
        if look.layout == "product":
            products.product(canvas, art, look.palette, rng, look.form)
        else:
            backdrops.PAINTERS[look.backdrop](canvas, art, look.palette, rng)
    check()
    return image, placed


def ink_words(image: Image.Image, placed: list[Placed], palette: Palette, reach: float) -> None:
    """Set ``placed`` on ``image`` in inks that can be read there."""
    words = [item for item in placed if item.role != "mark"]
    if not words:
        return
    inks = secure(image, [item.box for item in words], palette, reach)
    ground = span_of(image, [item.box for item in placed])
    mark = palette.accent if worst(palette.accent, *ground) >= 2 else inks.ink
    for item in placed:
        ink = {"ink": inks.ink, "soft": inks.soft, "mark": mark}[item.role]
        item.block.draw(image, (item.left, item.top), item.span, item.align, ink)
