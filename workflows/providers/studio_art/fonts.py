"""The studio's fonts: widths, coverage and ink, the same on every machine."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).parent / "fonts"

SERIF = "InstrumentSerif-Regular"
ITALIC = "InstrumentSerif-Italic"
SANS = "Inter-Regular"
SEMIBOLD = "Inter-SemiBold"
BOLD = "Inter-Bold"

# Widths are measured once at this size and scaled: fitting then needs no drawing.
_REFERENCE = 200


@lru_cache(maxsize=256)
def load(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The font at ``size`` pixels per em."""
    path = str(FOLDER / f"{name}.ttf")
    # Basic layout gives the same bytes with and without a shaping library on the system.
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def covers(name: str, char: str) -> bool:
    """Whether the font draws ``char`` itself, not the box that stands for a missing one."""
    if char == " ":
        return True
    font = load(name, 40)
    glyph, missing = font.getmask(char), font.getmask("\uffff")
    return glyph.size != missing.size or bytes(glyph) != bytes(missing)


def printable(name: str, text: str) -> str:
    """``text`` without the characters that the font lacks, spaces made single."""
    chars = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return " ".join("".join(char for char in chars if covers(name, char)).split())


@lru_cache(maxsize=8192)
def width(name: str, text: str, size: float, tracking: float = 0.0) -> float:
    """Advance of ``text`` in pixels; ``tracking`` is added between characters, in em."""
    reference = load(name, _REFERENCE)
    if tracking:
        natural = sum(reference.getlength(char) for char in text)
        return natural * size / _REFERENCE + tracking * size * max(0, len(text) - 1)
    return reference.getlength(text) * size / _REFERENCE


def draw(
    image: Image.Image,
    at: tuple[float, float],
    text: str,
    *,
    name: str,
    size: float,
    ink: tuple[int, int, int],
    tracking: float = 0.0,
) -> None:
    """Set ``text`` with its left end and baseline ``at``; small text is drawn larger, reduced."""
    scale = 4 if size < 48 else 2 if size < 400 else 1
    span, pad = width(name, text, size, tracking), size * 0.35
    left, top = int(at[0] - pad), int(at[1] - size * 1.1)
    wide, high = int(span + pad * 2) + 2, int(size * 1.6) + 2
    mask = Image.new("L", (wide * scale, high * scale))
    pen, font = ImageDraw.Draw(mask), load(name, max(1, round(size * scale)))
    x, y = (at[0] - left) * scale, (at[1] - top) * scale
    for piece in text if tracking else [text]:
        pen.text((x, y), piece, fill=255, font=font, anchor="ls")
        x += width(name, piece, size * scale) + tracking * size * scale
    if scale > 1:
        mask = mask.reduce(scale)
    image.paste(ink, (left, top), mask)
