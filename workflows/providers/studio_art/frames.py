"""Frames: what part of a page goes to the words and what part to the art."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .shapes import Box
from .spec import CardSpec


@dataclass(frozen=True, slots=True)
class Frame:
    """The page: where text and art go. Lengths in pixels."""

    text: Box
    art: Box
    unit: float
    """The length that all type sizes are shares of."""
    align: str
    anchor: str
    """Where the words stand in ``text``: top, middle or bottom."""
    bold: bool
    """Whether headlines are set in the bold sans instead of the serif."""


def frame(
    size: tuple[int, int], spec: CardSpec, layout: str, backdrop: str, seed: int, *, bold: bool
) -> Frame:
    """Part a page of ``size`` between text and art, by its proportions and its backdrop."""
    width, height = size
    short, ratio = min(size), width / height
    unit = min(math.sqrt(width * height), 1.7 * short)
    pad = min(unit * 0.078, short * 0.13)
    page, whole = Box(pad, pad, width - pad, height - pad), Box(0, 0, width, height)
    if layout == "art" or spec.wordless:
        art = replace(whole, top=height * 0.2) if backdrop == "hills" else whole
        return Frame(page, art, unit, "left", "middle", bold)
    text, art, anchor = _zones(page, whole, layout, backdrop, _share(spec, layout, ratio))
    centered = seed % 3 == 1 and ratio < 1.3 and layout != "list"
    if centered and anchor == "middle":
        text = page
    return Frame(text, art, unit, "center" if centered else "left", anchor, bold)


def _share(spec: CardSpec, layout: str, ratio: float) -> float:
    """How much of an upright page's height goes to the words."""
    if layout == "product":
        return 0.36 if ratio >= 0.8 else 0.42
    if layout in ("quote", "list"):
        return 0.7
    return 0.52 if len(spec.headline) + len(spec.subline) < 130 else 0.64


def _zones(page: Box, whole: Box, layout: str, backdrop: str, share: float) -> tuple[Box, Box, str]:
    """Text, art, and where the words stand in their zone."""
    ratio = whole.width / whole.height
    if layout != "product" and backdrop in ("gradient", "photo"):
        text = replace(page, right=page.left + page.width * (0.7 if ratio > 1.3 else 0.94))
        return text, whole, "bottom" if backdrop == "photo" and ratio < 2.6 else "middle"
    if layout != "product" and backdrop in ("hills", "waves"):
        if ratio >= 2.6:
            text = replace(page, right=page.left + page.width * 0.6)
            return text, replace(whole, top=whole.height * 0.3), "middle"
        share = max(share, 0.58)
        text = replace(page, bottom=page.top + page.height * share)
        text = replace(text, right=page.left + page.width * (0.8 if ratio > 1.3 else 1))
        return text, replace(whole, top=whole.height * (share - 0.05)), "top"
    if ratio >= 1.3:
        cut = page.left + page.width * (0.56 if ratio < 2.6 else 0.68)
        gap = page.height * 0.05
        return replace(page, right=cut - gap), replace(whole, left=cut), "middle"
    cut = page.top + page.height * share
    return replace(page, bottom=cut), replace(whole, top=cut + page.height * 0.02), "top"
