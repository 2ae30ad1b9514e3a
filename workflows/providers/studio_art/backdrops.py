"""Backdrops: soft grounds, and the motif that stands in the part of the card without text."""

from __future__ import annotations

import io
import math
import random

from PIL import Image, ImageFilter, ImageOps

from .palette import RGB, Palette, mix
from .shapes import Box, Canvas, Point


class PhotoError(ValueError):
    """The uploaded photo cannot be read."""


def cover(photo: bytes, size: tuple[int, int]) -> Image.Image:
    """The photo upright, cropped around its middle to ``size``. Raises ``PhotoError``."""
    try:
        with Image.open(io.BytesIO(photo)) as opened:
            opened.draft("RGB", size)
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoError("The photo cannot be read as a picture.") from error
    ground = Image.new("RGBA", upright.size, "white")
    flat = Image.alpha_composite(ground, upright).convert("RGB")
    return ImageOps.fit(flat, size, Image.Resampling.LANCZOS, centering=(0.5, 0.45))


def glow(canvas: Canvas, center: Point, radius: float, color: RGB, opacity: float) -> None:
    """A round light that fades out evenly."""
    side = max(2, round(radius * 2))
    light = ImageOps.invert(Image.radial_gradient("L"))
    light = light.point([round(max(0, value - 75) / 180 * 255 * opacity) for value in range(256)])
    light = light.filter(ImageFilter.GaussianBlur(6)).resize((side, side), Image.Resampling.BICUBIC)
    canvas.image.paste(color, (round(center[0] - radius), round(center[1] - radius)), light)


def gradient(canvas: Canvas, art: Box, palette: Palette, rng: random.Random) -> None:
    """Two lights on the ground and one large soft circle that leaves the picture."""
    box = canvas.box
    reach = max(box.width, box.height)
    side = rng.choice((0.08, 0.92))
    glow(canvas, (box.width * (1 - side), 0), reach * 0.75, palette.tones[1], 0.55)
    glow(canvas, (box.width * side, box.height), reach * 0.8, palette.tones[3], 0.45)
    radius = min(box.width, box.height) * rng.uniform(0.42, 0.56)
    center = (art.right - box.width * 0.03, rng.choice((box.height * 0.05, art.bottom)))
    top, low = mix(palette.tones[1], palette.sun, 0.25), palette.tones[0]
    canvas.disc(center, radius, ((0.0, top), (1.0, low)), opacity=0.5)
    canvas.disc(center, radius * 0.62, ((0.0, low), (1.0, top)), opacity=0.45)


def hills(canvas: Canvas, art: Box, palette: Palette, rng: random.Random) -> None:
    """Five ranges of hills, each nearer one stronger, under a sun."""
    wide, high = art.width, art.height
    radius = min(canvas.box.width, canvas.box.height) * rng.uniform(0.085, 0.12)
    sun = (
        art.left + wide * rng.uniform(0.64, 0.84),
        art.top + max(radius, high * rng.uniform(0.12, 0.22)),
    )
    glow(canvas, sun, radius * 4.2, palette.sun, 0.55 if palette.mode == "light" else 0.3)
    canvas.disc(sun, radius, palette.sun, opacity=0.95)
    peaks = rng.random() < 0.4
    mist = palette.ground[2] if palette.mode == "light" else palette.ground[0]
    for step, tone in enumerate(palette.tones):
        base = art.top + high * (0.3 + 0.155 * step)
        swell = min(high, wide * 0.75) * (0.13 - 0.012 * step)
        line = _ridge(art, base, swell, rng, rough=peaks and step < 2)
        crest, foot = (
            mix(tone, mist, 0.12),
            mix(tone, mist, 0.5 if palette.mode == "light" else 0.28),
        )
        outline = [*line, (art.right + 2, art.bottom + 2), (art.left - 2, art.bottom + 2)]
        canvas.polygon(outline, ((0.0, crest), (0.55, foot), (1.0, foot)))


def _ridge(art: Box, base: float, swell: float, rng: random.Random, *, rough: bool) -> list[Point]:
    stretch = min(max(art.width / art.height / 1.8, 0.6), 2.2)
    often = (rng.uniform(0.5, 1.1), rng.uniform(1.4, 2.2), rng.uniform(3.0, 4.5))
    parts = list(zip((many * stretch for many in often), (1.0, 0.45, 0.12), strict=True))
    turns = [rng.uniform(0, math.tau) for _ in parts]
    points = []
    for step in range(161):
        x = step / 160
        lift = sum(
            share * math.sin(math.tau * many * x + turn)
            for (many, share), turn in zip(parts, turns, strict=True)
        )
        if rough:
            tooth = abs((x * 2.7 * stretch + turns[0]) % 1 - 0.5) * 2
            lift = 0.45 * lift + 1.5 * tooth + 0.15 * abs(math.sin(29 * stretch * x + turns[1]))
        points.append((art.left - 2 + x * (art.width + 4), base - swell * lift))
    return points


def waves(canvas: Canvas, art: Box, palette: Palette, rng: random.Random) -> None:
    """Seven translucent ribbons that swing across and widen to one side."""
    lean = rng.choice((-1, 1))
    turn, often = rng.uniform(0, math.tau), rng.uniform(0.55, 0.85)
    count = 7
    for step in range(count):
        share = step / (count - 1)
        tone = palette.tones[min(4, step * 5 // count)]
        line = []
        for index in range(121):
            x = index / 120
            swing = math.sin(math.tau * often * x + turn + share * 1.5)
            slope = lean * (0.5 - x) * (0.5 - 0.35 * share)
            y = art.top + art.height * (0.16 + 0.72 * share + 0.11 * swing + 0.5 * slope)
            line.append((art.left - 2 + x * (art.width + 4), y))
        outline = [*line, (art.right + 2, art.bottom + 2), (art.left - 2, art.bottom + 2)]
        top = mix(tone, palette.sun, 0.32 - 0.2 * share)
        canvas.polygon(outline, ((0.0, top), (0.5, tone), (1.0, tone)), opacity=0.62)


def arches(canvas: Canvas, art: Box, palette: Palette, rng: random.Random) -> None:
    """Nested doorways on a floor, with a sun behind."""
    span = min(art.width * 0.8, art.height * 1.05)
    middle = art.center[0] + (art.width - span) * rng.uniform(-0.12, 0.12)
    top = max(art.top + art.height * 0.06, art.bottom - span * 1.5)
    outer = Box(middle - span / 2, top, middle + span / 2, art.bottom + 2)
    side = rng.choice((-1, 1))
    canvas.disc((middle + side * span * 0.47, top + span * 0.24), span * 0.17, palette.sun)
    order = palette.tones if rng.random() < 0.6 else palette.tones[::-1]
    for step in range(5):
        inset = step * span * 0.096
        tone = order[step]
        bounds = Box(outer.left + inset, outer.top + inset, outer.right - inset, outer.bottom)
        canvas.arch(bounds, ((0.0, mix(tone, palette.sun, 0.1)), (1.0, tone)))


def rings(canvas: Canvas, art: Box, palette: Palette, rng: random.Random) -> None:
    """Circles around a sun, fading outwards."""
    middle = (
        art.left + art.width * rng.uniform(0.52, 0.68),
        art.top + art.height * rng.uniform(0.56, 0.72),
    )
    reach = min(art.width, art.height) * rng.uniform(0.68, 0.8)
    for step in range(6):
        tone = palette.tones[min(step, 4)]
        radius = reach * (1 - step * 0.155)
        paint = ((0.0, mix(tone, palette.sun, 0.3)), (1.0, tone))
        canvas.disc(middle, radius, paint, opacity=0.28 + 0.1 * step)
    glow(canvas, middle, reach * 0.5, palette.sun, 0.5)
    canvas.disc(middle, reach * 0.13, palette.sun)
    angle = rng.uniform(0, math.tau)
    orbit = reach * 0.69
    moon = (middle[0] + orbit * math.cos(angle), middle[1] + orbit * math.sin(angle))
    canvas.disc(moon, reach * 0.05, palette.accent if palette.mode == "light" else palette.sun)


def dots(canvas: Canvas, art: Box, palette: Palette, rng: random.Random) -> None:
    """A halftone that swells towards one corner, over a large circle."""
    corner = (art.right, art.bottom if art.top > 0 or rng.random() < 0.6 else art.top)
    reach = math.hypot(art.width, art.height)
    paint = ((0.0, palette.tones[1]), (1.0, mix(palette.tones[3], palette.sun, 0.15)))
    canvas.disc(corner, min(art.width, art.height) * 0.62, paint, opacity=0.9)
    gap = max(7.0, min(art.width, art.height) / 17)
    rows, columns = int(art.height / gap) + 2, int(art.width / gap) + 2
    for row in range(rows):
        for column in range(columns):
            x = art.right - column * gap + (gap / 2 if row % 2 else 0)
            y = art.top + row * gap
            near = 1 - math.hypot(x - corner[0], y - corner[1]) / (reach * 0.92)
            if near > 0.04 and art.left <= x:
                strong = palette.tones[4] if near < 0.62 else palette.sun
                canvas.disc((x, y), gap * 0.46 * min(1.0, near * 1.15), strong, opacity=0.9)


def grid(canvas: Canvas, art: Box, palette: Palette, rng: random.Random) -> None:
    """Tiles of quarter circles, circles and half circles."""
    cell = max(24.0, min(art.width, art.height) / 3.0)
    columns, rows = max(1, round(art.width / cell)), max(1, round(art.height / cell))
    across, down = art.width / columns, art.height / rows
    colors = [*palette.tones[:4], palette.sun, palette.accent]
    for row in range(rows):
        for column in range(columns):
            left, top = art.left + column * across, art.top + row * down
            tile = Box(left, top, left + across + 0.6, top + down + 0.6)
            back, front = rng.sample(colors, 2)
            canvas.rounded(tile, 0, back)
            _tile(canvas, tile, front, rng.randrange(6))


def _tile(canvas: Canvas, tile: Box, color: RGB, kind: int) -> None:
    if kind == 4:
        canvas.ellipse(tile.grown(-min(tile.width, tile.height) * 0.2), color)
        return
    if kind == 5:
        canvas.arch(tile.grown(-0.3), color)
        return
    x, y = (tile.left, tile.right)[kind % 2], (tile.top, tile.bottom)[kind // 2]
    start = {0: 0, 1: 90, 2: 270, 3: 180}[kind]
    turns = [math.radians(start + 90 * step / 40) for step in range(41)]
    edge = [(x + tile.width * math.cos(a), y + tile.height * math.sin(a)) for a in turns]
    canvas.polygon([(x, y), *edge], color)


PAINTERS = {
    "gradient": gradient,
    "hills": hills,
    "arches": arches,
    "dots": dots,
    "waves": waves,
    "rings": rings,
    "grid": grid,
}
