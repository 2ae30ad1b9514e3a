"""Ink that can be read: measured on the pixels, and a scrim laid where no ink would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from .palette import LINEAR, MIN_CONTRAST, RGB, Palette, contrast, luminance, mix
from .shapes import Box

# Above the rule's 4.5, so that rounding never falls below it.
_WANTED = MIN_CONTRAST + 0.15
_COARSE = 0xFC


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours for text."""

    ink: RGB
    soft: RGB
    """For smaller text, a little nearer to the ground."""


def span_of(image: Image.Image, boxes: Sequence[Box]) -> tuple[float, float]:
    """Darkest and lightest luminance within ``boxes``, on the safe side by at most 3 of 255."""
    low, high = 1.0, 0.0
    for box in boxes:
        left, top = max(0, int(box.left)), max(0, int(box.top))
        right = max(left + 1, min(image.width, int(box.right) + 1))
        bottom = max(top + 1, min(image.height, int(box.bottom) + 1))
        region = image.crop((left, top, right, bottom)).point([v & _COARSE for v in range(256)] * 3)
        for _, color in region.getcolors(region.width * region.height) or ():
            red, green, blue = color  # type: ignore[misc]  # of RGB, always three
            low = min(low, luminance((red, green, blue)))
            bright = (red | 3, green | 3, blue | 3)
            high = max(high, 0.2126 * LINEAR[bright[0]] + 0.7152 * LINEAR[bright[1]]
                       + 0.0722 * LINEAR[bright[2]])  # fmt: skip
    return low, high


def secure(image: Image.Image, boxes: Sequence[Box], palette: Palette, reach: float) -> Inks:
    """Choose inks with a contrast of 4.5 or more to everything within ``boxes``.

    Where neither dark nor light ink has it, a scrim is laid on ``image``, in place; it fades
    out over about ``reach`` pixels.
    """
    low, high = span_of(image, boxes)
    dark = palette.ink if palette.mode == "light" else mix(palette.deep, (0, 0, 0), 0.15)
    light = palette.ink if palette.mode != "light" else palette.pale
    options = [(dark, palette.pale), (light, palette.deep)]
    if palette.mode != "light":
        options.reverse()
    for ink, _ in options:
        if worst(ink, low, high) >= _WANTED:
            return Inks(ink, _soften(ink, low, high))
    needs = [_strength(ink, scrim, low, high) for ink, scrim in options]
    # The palette's own kind of ink, unless it takes much more scrim than the other.
    first = 0 if needs[0] <= needs[1] + 0.25 else 1
    (ink, scrim), strength = options[first], needs[first]
    original = image.copy()
    while True:
        image.paste(original)
        _lay_scrim(image, boxes, scrim, min(1.0, strength), reach)
        low, high = span_of(image, boxes)
        if worst(ink, low, high) >= _WANTED or strength >= 1.3:
            return Inks(ink, _soften(ink, low, high))
        strength += 0.05


def worst(ink: RGB, low: float, high: float) -> float:
    """The lowest contrast of ``ink`` to luminances from ``low`` to ``high``."""
    own = luminance(ink)
    if low < own < high:
        return 1.0
    return min(contrast(own, low), contrast(own, high))


def _strength(ink: RGB, scrim: RGB, low: float, high: float) -> float:
    """About how much scrim it takes, 0 to 1, reckoned on greys."""
    far = high if luminance(ink) > 0.4 else low
    grey = round(255 * far ** (1 / 2.2))
    for step in range(1, 20):
        share = step / 20
        if contrast(luminance(ink), luminance(mix((grey, grey, grey), scrim, share))) >= _WANTED:
            return share
    return 1.0


def _soften(ink: RGB, low: float, high: float) -> RGB:
    ground = low if luminance(ink) < 0.4 else high
    grey = round(255 * ground ** (1 / 2.2))
    for share in (0.24, 0.18, 0.12, 0.06):
        soft = mix(ink, (grey, grey, grey), share)
        if worst(soft, low, high) >= _WANTED + 0.6:
            return soft
    return ink


def _lay_scrim(
    image: Image.Image, boxes: Sequence[Box], color: RGB, strength: float, reach: float
) -> None:
    down = max(1, min(image.size) // 120)
    small = (image.width // down + 1, image.height // down + 1)
    blur = reach / down / 2
    mask = Image.new("L", small)
    pen = ImageDraw.Draw(mask)
    union = Box(
        min(box.left for box in boxes), min(box.top for box in boxes),
        max(box.right for box in boxes), max(box.bottom for box in boxes),
    ).grown(reach)  # fmt: skip
    # Out to the near edges: a shade that leaves the page looks lit, a box looks pasted on.
    union = Box(
        min(union.left, 0) - reach,
        union.top if union.top > reach else -reach,
        union.right if union.right < image.width * 0.8 else image.width + reach,
        union.bottom if union.bottom < image.height * 0.8 else image.height + reach,
    )
    corners = (union.left / down, union.top / down, union.right / down, union.bottom / down)
    pen.rectangle(corners, fill=round(255 * strength))
    mask = mask.filter(ImageFilter.GaussianBlur(blur)).resize(
        (small[0] * down, small[1] * down), Image.Resampling.BICUBIC
    )
    image.paste(color, (0, 0), mask.crop((0, 0, *image.size)))
