"""Smooth shapes on a picture: every shape is a mask drawn larger, reduced, then painted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from PIL import Image, ImageDraw, ImageFilter

from .palette import RGB

Point = tuple[float, float]
Stops = Sequence[tuple[float, RGB]]


class Finish(TypedDict, total=False):
    """How a shape is filled."""

    opacity: float
    across: bool
    blur: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels down."""
        return self.bottom - self.top

    @property
    def center(self) -> Point:
        """The middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def grown(self, by: float) -> Box:
        """The box with ``by`` pixels more on each side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


def ramp(size: tuple[int, int], stops: Stops, *, across: bool = False) -> Image.Image:
    """A gradient through ``stops`` (place 0 to 1, colour), down or ``across``."""
    steps = 256
    strip = Image.new("RGB", (steps, 1) if across else (1, steps))
    for index in range(steps):
        strip.putpixel((index, 0) if across else (0, index), _at(stops, index / (steps - 1)))
    return strip.resize(size, Image.Resampling.BILINEAR)


def _at(stops: Stops, place: float) -> RGB:
    before = stops[0]
    for stop in stops:
        if place <= stop[0]:
            gap = stop[0] - before[0]
            share = (place - before[0]) / gap if gap else 0.0
            red, green, blue = (
                round(a + (b - a) * share) for a, b in zip(before[1], stop[1], strict=True)
            )
            return red, green, blue
        before = stop
    return before[1]


class Canvas:
    """A picture to draw on; coordinates are pixels, fractions allowed."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        # Large pictures show no jagged edges at one sample more; memory would quadruple.
        self.scale = 3 if image.width * image.height <= 3_000_000 else 2

    @property
    def box(self) -> Box:
        """The whole picture."""
        return Box(0, 0, self.image.width, self.image.height)

    def paint(
        self,
        bounds: Box,
        draw: Callable[[ImageDraw.ImageDraw, Callable[[float, float], Point]], None],
        paint: RGB | Stops,
        *,
        opacity: float = 1.0,
        across: bool = False,
        blur: float = 0.0,
    ) -> None:
        """Fill what ``draw`` draws (in 255) within ``bounds`` with a colour or a gradient.

        ``draw`` gets a pen and a function from picture to mask coordinates. The gradient spans
        ``bounds``; ``blur`` is a radius in pixels.
        """
        grown = bounds.grown(blur * 2 + 1)
        left, top = max(0, math.floor(grown.left)), max(0, math.floor(grown.top))
        right = min(self.image.width, math.ceil(grown.right))
        bottom = min(self.image.height, math.ceil(grown.bottom))
        if right <= left or bottom <= top:
            return
        scale = 1 if blur else self.scale
        mask = Image.new("L", ((right - left) * scale, (bottom - top) * scale))
        draw(ImageDraw.Draw(mask), lambda x, y: ((x - left) * scale, (y - top) * scale))
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur))
        elif scale > 1:
            mask = mask.reduce(scale)
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        self._lay(mask, (left, top), bounds, paint, across)

    def _lay(
        self,
        mask: Image.Image,
        at: tuple[int, int],
        bounds: Box,
        paint: RGB | Stops,
        across: bool,
    ) -> None:
        if isinstance(paint[0], int):
            self.image.paste((paint[0], paint[1], paint[2]), at, mask)  # type: ignore[arg-type]
            return
        extent = max(1, round(bounds.width)), max(1, round(bounds.height))
        fill = Image.new("RGB", mask.size)
        shade = ramp(extent, paint, across=across)  # type: ignore[arg-type]  # two colours
        # Beyond the bounds the gradient goes on in its end colours.
        fill.paste(shade.resize(mask.size), (0, 0))
        fill.paste(shade, (round(bounds.left) - at[0], round(bounds.top) - at[1]))
        self.image.paste(fill, at, mask)

    def polygon(
        self,
        points: Sequence[Point],
        paint: RGB | Stops,
        **finish: Unpack[Finish],
    ) -> None:
        """Fill the outline through ``points``."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        bounds = Box(min(xs), min(ys), max(xs), max(ys))
        self.paint(
            bounds,
            lambda pen, to: pen.polygon([to(x, y) for x, y in points], fill=255),
            paint,
            **finish,
        )

    def ellipse(
        self,
        bounds: Box,
        paint: RGB | Stops,
        **finish: Unpack[Finish],
    ) -> None:
        """Fill the ellipse within ``bounds``."""
        self.paint(
            bounds,
            lambda pen, to: pen.ellipse(
                (*to(bounds.left, bounds.top), *to(bounds.right, bounds.bottom)), fill=255
            ),
            paint,
            **finish,
        )

    def disc(
        self,
        center: Point,
        radius: float,
        paint: RGB | Stops,
        **finish: Unpack[Finish],
    ) -> None:
        """Fill a circle."""
        around = Box(center[0], center[1], center[0], center[1]).grown(radius)
        self.ellipse(around, paint, **finish)

    def rounded(
        self,
        bounds: Box,
        radius: float,
        paint: RGB | Stops,
        **finish: Unpack[Finish],
    ) -> None:
        """Fill a rectangle with round corners."""
        self.paint(
            bounds,
            lambda pen, to: pen.rounded_rectangle(
                (*to(bounds.left, bounds.top), *to(bounds.right, bounds.bottom)),
                radius * (to(1, 0)[0] - to(0, 0)[0]),
                fill=255,
            ),
            paint,
            **finish,
        )

    def arch(self, bounds: Box, paint: RGB | Stops, *, opacity: float = 1.0) -> None:
        """Fill a doorway: straight sides, a half circle on top."""
        radius = min(bounds.width / 2, bounds.height)
        turn = [math.pi * step / 60 for step in range(61)]
        middle, spring = bounds.center[0], bounds.top + radius
        top = [(middle - radius * math.cos(a), spring - radius * math.sin(a)) for a in turn]
        foot = [(bounds.right, bounds.bottom), (bounds.left, bounds.bottom)]
        self.polygon([*top, *foot], paint, opacity=opacity)
