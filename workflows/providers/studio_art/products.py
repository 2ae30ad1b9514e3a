"""A podium under an arch, with one plain object on it."""

from __future__ import annotations

import random

from .backdrops import glow
from .palette import RGB, WHITE, Palette, mix, oklch, to_oklch
from .shapes import Box, Canvas, Point, Stops

FORMS = ("bottle", "cup", "jar", "box")

# Outlines from top to bottom: (height, half width), as shares of the object's height.
_BOTTLE = (
    (0.17, 0.075), (0.2, 0.08), (0.235, 0.1), (0.265, 0.135), (0.295, 0.158), (0.33, 0.17),
    (0.4, 0.174), (0.95, 0.174), (0.975, 0.168), (0.99, 0.155), (1.0, 0.13),
)  # fmt: skip
_CUP = ((0.13, 0.29), (0.17, 0.285), (0.96, 0.205), (0.985, 0.195), (1.0, 0.175))
_JAR = (
    (0.3, 0.34), (0.315, 0.37), (0.34, 0.39), (0.38, 0.4), (0.9, 0.4), (0.95, 0.39),
    (0.98, 0.37), (1.0, 0.33),
)  # fmt: skip


def product(canvas: Canvas, art: Box, palette: Palette, rng: random.Random, form: str) -> None:
    """Draw the scene within ``art``; its floor runs over the picture's whole width."""
    span = min(art.width * 0.86, art.height * 0.72)
    middle = art.center[0]
    floor = art.bottom - art.height * 0.16
    _scene(canvas, art, palette, rng, foot=(middle, floor), span=span)
    tall = min(span * 0.98, art.height * 0.64) * (1.0 if form == "bottle" else 0.72)
    foot = floor + span * 0.012
    body = Box(middle - tall / 2, foot - tall, middle + tall / 2, foot)
    shadow = Box(
        middle - tall * 0.3, foot - tall * 0.035, middle + tall * 0.34, foot + tall * 0.035
    )
    canvas.ellipse(shadow, palette.deep, opacity=0.45, blur=max(1.0, tall * 0.018))
    color = _object_color(palette)
    {"bottle": _bottle, "cup": _cup, "jar": _jar, "box": _box}[form](canvas, body, color, palette)


def _object_color(palette: Palette) -> RGB:
    light, chroma, hue = to_oklch(palette.accent)
    if palette.mode == "light":
        return oklch(min(max(light, 0.42), 0.58), chroma, hue)
    return oklch(0.9, min(chroma, 0.03), hue)


def _scene(
    canvas: Canvas, art: Box, palette: Palette, rng: random.Random, *, foot: Point, span: float
) -> None:
    middle, floor = foot
    tones = palette.tones
    page = canvas.box
    low = Box(page.left - 2, floor - span * 0.045, page.right + 2, page.bottom + 2)
    canvas.rounded(low, 0, ((0.0, mix(tones[0], palette.ground[3], 0.4)), (1.0, tones[0])))
    door = Box(middle - span * 0.36, floor - span * 1.12, middle + span * 0.36, floor)
    door = Box(door.left, max(door.top, art.top + art.height * 0.03), door.right, door.bottom)
    glow(canvas, (middle, floor - span * 0.5), span * 0.9, palette.sun, 0.3)
    if rng.random() < 0.6:
        canvas.arch(door, ((0.0, tones[2]), (1.0, mix(tones[0], palette.sun, 0.35))))
    else:
        center = (middle, floor - span * 0.5)
        canvas.disc(center, span * 0.46, ((0.0, tones[2]), (1.0, mix(tones[0], palette.sun, 0.3))))
    side = rng.choice((-1, 1))
    canvas.disc((middle + side * span * 0.3, door.top + span * 0.3), span * 0.1, palette.sun)
    wide, flat, thick = span * 0.4, span * 0.055, span * 0.1
    plate = Box(middle - wide, floor - flat, middle + wide, floor + flat)
    rim: Stops = ((0.0, tones[3]), (0.35, tones[1]), (1.0, tones[3]))
    canvas.ellipse(
        Box(plate.left, plate.top + thick * 1.1, plate.right, plate.bottom + thick * 1.25),
        palette.deep, opacity=0.25, blur=max(1.0, span * 0.015),
    )  # fmt: skip
    base = Box(plate.left, plate.top + thick, plate.right, plate.bottom + thick)
    canvas.ellipse(base, rim, across=True)
    canvas.rounded(Box(plate.left, floor, plate.right, floor + thick), 0, rim, across=True)
    canvas.ellipse(plate, ((0.0, mix(tones[1], WHITE, 0.25)), (1.0, mix(tones[0], WHITE, 0.4))))


def _shade(color: RGB, dark: RGB) -> Stops:
    return (
        (0.0, mix(color, dark, 0.42)),
        (0.16, color),
        (0.3, mix(color, WHITE, 0.34)),
        (0.42, mix(color, WHITE, 0.06)),
        (0.7, mix(color, dark, 0.2)),
        (0.92, mix(color, dark, 0.5)),
        (1.0, mix(color, dark, 0.38)),
    )


def _turned(
    canvas: Canvas, body: Box, outline: tuple[Point, ...], color: RGB, palette: Palette
) -> None:
    """A round object seen from the side."""
    middle, tall = body.center[0], body.height
    right = [(middle + half * tall, body.top + at * tall) for at, half in outline]
    left = [(2 * middle - x, y) for x, y in reversed(right)]
    canvas.polygon([*right, *left], _shade(color, palette.deep), across=True)


def _slab(canvas: Canvas, body: Box, part: Box, color: RGB, palette: Palette) -> None:
    """A turned band; ``part`` is in shares: half widths left and right of the middle."""
    middle, tall = body.center[0], body.height
    bounds = Box(
        middle + part.left * tall,
        body.top + part.top * tall,
        middle + part.right * tall,
        body.top + part.bottom * tall,
    )
    canvas.rounded(bounds, bounds.height * 0.22, _shade(color, palette.deep), across=True)


def _mark(canvas: Canvas, body: Box, at: float, size: float, color: RGB) -> None:
    x, y, step = body.center[0], body.top + body.height * at, body.height * size
    ridge = [(-1.0, 0.62), (-0.28, -0.5), (0.1, 0.08), (0.34, -0.22), (1.0, 0.62)]
    upper = [(x + a * step, y + b * step) for a, b in ridge]
    lower = [(x + a * step * 0.74, y + (b * 0.78 + 0.3) * step) for a, b in reversed(ridge)]
    canvas.polygon([*upper, *lower], color, opacity=0.85)


def _bottle(canvas: Canvas, body: Box, color: RGB, palette: Palette) -> None:
    dark = mix(color, palette.deep, 0.45)
    _slab(canvas, body, Box(-0.088, 0.165, 0.088, 0.2), mix(color, WHITE, 0.25), palette)
    _turned(canvas, body, _BOTTLE, color, palette)
    _slab(canvas, body, Box(-0.1, 0.03, 0.1, 0.172), dark, palette)
    _slab(canvas, body, Box(-0.06, 0.0, 0.06, 0.05), dark, palette)
    _mark(canvas, body, 0.58, 0.062, WHITE if palette.mode == "light" else dark)


def _cup(canvas: Canvas, body: Box, color: RGB, palette: Palette) -> None:
    dark = mix(color, palette.deep, 0.45)
    _turned(canvas, body, _CUP, color, palette)
    _slab(canvas, body, Box(-0.315, 0.085, 0.315, 0.16), dark, palette)
    _slab(canvas, body, Box(-0.27, 0.0, 0.27, 0.1), dark, palette)
    _mark(canvas, body, 0.56, 0.09, WHITE if palette.mode == "light" else dark)


def _jar(canvas: Canvas, body: Box, color: RGB, palette: Palette) -> None:
    dark = mix(color, palette.deep, 0.5)
    _turned(canvas, body, _JAR, color, palette)
    _slab(canvas, body, Box(-0.4, 0.1, 0.4, 0.31), dark, palette)
    _mark(canvas, body, 0.64, 0.1, WHITE if palette.mode == "light" else dark)


def _box(canvas: Canvas, body: Box, color: RGB, palette: Palette) -> None:
    middle, tall = body.center[0], body.height
    deep, away, up = palette.deep, tall * 0.2, tall * 0.15
    left, edge, top, low = middle - tall * 0.48, middle + tall * 0.28, body.top + up, body.bottom
    side = [(edge, top), (edge + away, top - up), (edge + away, low - up * 0.6), (edge, low)]
    lid = [(left, top), (left + away, top - up), (edge + away, top - up), (edge, top)]
    canvas.polygon(side, ((0.0, mix(color, deep, 0.32)), (1.0, mix(color, deep, 0.55))))
    canvas.polygon(lid, mix(color, WHITE, 0.32))
    front = Box(left, top, edge, low)
    paint: Stops = ((0.0, mix(color, WHITE, 0.12)), (1.0, mix(color, deep, 0.14)))
    canvas.rounded(front, 0, paint)
    x, half = front.center[0], front.width * 0.075
    canvas.rounded(Box(x - half, top, x + half, low), 0, palette.sun)
    over = [
        (x - half, top),
        (x - half + away, top - up),
        (x + half + away, top - up),
        (x + half, top),
    ]
    canvas.polygon(over, mix(palette.sun, WHITE, 0.4))
