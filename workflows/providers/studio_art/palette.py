"""Colour: OKLCH conversion, harmonies from one brand colour, and contrast as WCAG counts it."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PIL import ImageColor

RGB = tuple[int, int, int]

MIN_CONTRAST = 4.5
"""WCAG 2.2 level AA for body text; https://www.w3.org/TR/WCAG22/#contrast-minimum."""

WHITE: RGB = (255, 255, 255)

BASES: dict[str, str] = {
    "blue": "#3B6FDB",
    "terracotta": "#C2562F",
    "green": "#2F7D5B",
    "purple": "#7440D8",
    "sand": "#C08A45",
    "teal": "#17808A",
    "rose": "#C9436F",
    "navy": "#27408B",
}
"""Colours to start from when there is no brand colour."""

WARM = ("terracotta", "sand", "rose")
COOL = ("blue", "teal", "purple", "navy", "green")


def parse_color(text: object) -> RGB | None:
    """The colour that ``text`` names, as CSS does; None when it names none."""
    if not isinstance(text, str):
        return None
    for candidate in (text.strip(), "#" + text.strip()):
        try:
            return ImageColor.getrgb(candidate)[:3]
        except ValueError:
            continue
    return None


def _linear(value: int) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4)


LINEAR = tuple(_linear(value) for value in range(256))


def luminance(color: RGB) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""
    return 0.2126 * LINEAR[color[0]] + 0.7152 * LINEAR[color[1]] + 0.0722 * LINEAR[color[2]]


def contrast(one: float, other: float) -> float:
    """Contrast ratio of two luminances, 1 to 21."""
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """``one`` with ``share`` (0 to 1) of ``other``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def to_oklch(color: RGB) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma, and hue in degrees; https://bottosson.github.io/posts/oklab/."""
    red, green, blue = (LINEAR[part] for part in color)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _linear_rgb(light: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def oklch(light: float, chroma: float, hue: float) -> RGB:
    """The colour as sRGB; its chroma is lowered until the screen can show it."""
    light = min(max(light, 0.0), 1.0)
    parts = _linear_rgb(light, chroma, hue)
    while chroma > 0 and not all(-0.0005 <= part <= 1.0005 for part in parts):
        chroma = max(0.0, chroma - 0.004)
        parts = _linear_rgb(light, chroma, hue)
    encoded = (
        12.92 * part if part <= 0.0031308 else 1.055 * math.pow(part, 1 / 2.4) - 0.055
        for part in (min(max(part, 0.0), 1.0) for part in parts)
    )
    red, green, blue = (round(part * 255) for part in encoded)
    return red, green, blue


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one card."""

    mode: str
    """``light``, ``dark`` or ``bold``."""
    ground: tuple[RGB, RGB, RGB, RGB]
    """Corners of the backdrop: top left, top right, bottom left, bottom right."""
    tones: tuple[RGB, ...]
    """Five steps from the ground to the strongest shape."""
    accent: RGB
    sun: RGB
    ink: RGB
    deep: RGB
    """Ground for light ink where the backdrop gives no contrast."""
    pale: RGB
    """Ground for dark ink where the backdrop gives no contrast."""


# Lightness and chroma share of the four corners, then of the five tones.
_GROUNDS = {
    "light": ((0.975, 0.14), (0.94, 0.3), (0.955, 0.24), (0.905, 0.48)),
    "dark": ((0.2, 0.42), (0.27, 0.6), (0.19, 0.42), (0.32, 0.75)),
    "bold": ((0.36, 0.75), (0.46, 0.95), (0.41, 0.9), (0.545, 1.0)),
    "bright": ((0.91, 0.85), (0.87, 1.0), (0.89, 0.95), (0.83, 1.0)),
}
_TONES = {
    "light": ((0.9, 0.42), (0.84, 0.58), (0.76, 0.75), (0.66, 0.9), (0.55, 1.0)),
    "dark": ((0.33, 0.7), (0.38, 0.8), (0.43, 0.9), (0.5, 0.95), (0.58, 1.0)),
    "bold": ((0.52, 0.95), (0.56, 1.0), (0.6, 1.0), (0.65, 0.95), (0.71, 0.85)),
    "bright": ((0.93, 0.6), (0.84, 0.95), (0.79, 1.0), (0.73, 1.0), (0.66, 1.0)),
}
_SHIFTS = (0.0, 28.0, -28.0, 46.0)


def build_palette(base: RGB, mode: str, rng: random.Random, *, strict: bool = False) -> Palette:
    """A palette around ``base`` in ``mode`` (light, dark or bold); ``rng`` picks the harmony.

    ``strict`` keeps the hues close to ``base``, as a brand wants it.
    """
    light, chroma, hue = to_oklch(base)
    if mode == "bold" and light > 0.75:
        # A light brand colour is bold as it is; darkened it would be another colour.
        return _build(base, "bright", 0.0, (chroma, hue), rng)
    # A grey brand stays grey; any other colour is kept lively but never garish.
    chroma = chroma if chroma < 0.03 else min(max(chroma, 0.1), 0.19)
    shift = rng.choice(_SHIFTS) * (0.45 if strict else 1.0)
    if mode != "light" and 20 < hue < 125:
        # Dark yellows turn to olive: go towards red instead.
        shift, hue = -abs(shift), hue - max(0.0, hue - 50) * 0.45
    return _build(base, mode, shift, (chroma, hue), rng)


def _build(
    base: RGB, table: str, shift: float, tint: tuple[float, float], rng: random.Random
) -> Palette:
    chroma, hue = tint
    mode = "light" if table == "bright" else table
    turns = (shift, shift / 2, 0.0, -shift / 3)
    corners = [
        oklch(light, chroma * share, hue + turn)
        for (light, share), turn in zip(_GROUNDS[table], turns, strict=True)
    ]
    if mode != "bold" and rng.random() < 0.5:
        corners = [corners[1], corners[0], corners[3], corners[2]]
    # Darker yellows lean to orange, as olive looks like a mistake.
    lean = 7.0 if 75 < hue < 120 else 0.0
    tones = tuple(
        oklch(light, chroma * share, hue + shift * (0.6 - 0.15 * step) - lean * step)
        for step, (light, share) in enumerate(_TONES[table])
    )
    return Palette(
        mode=mode,
        ground=(corners[0], corners[1], corners[2], corners[3]),
        tones=tones,
        accent=base if mode == "light" else oklch(0.8, min(chroma, 0.1), hue + shift),
        sun=oklch(0.955, 0.05 if chroma >= 0.03 else 0.0, 82),
        ink=oklch(0.27, min(chroma, 0.075), hue) if mode == "light" else oklch(0.985, 0.008, hue),
        deep=oklch(0.17, min(chroma, 0.05), hue),
        pale=oklch(0.985, min(chroma, 0.01), hue),
    )
