"""Soft gradients without bands: reckoned in fractions and dithered to whole colours."""

from __future__ import annotations

import math
import random
from functools import cache

from PIL import Image, ImageMath

from .palette import Palette

_CELLS = 24
_BAYER = 8


def mesh(size: tuple[int, int], palette: Palette, rng: random.Random) -> Image.Image:
    """A gradient of ``size`` pixels between the palette's four corners, bent by ``rng``."""
    turns = [rng.uniform(0, math.tau) for _ in range(4)]
    places = [
        _bend(column / (_CELLS - 1), row / (_CELLS - 1), turns)
        for row in range(_CELLS)
        for column in range(_CELLS)
    ]
    noise = _dither(size)
    bands = []
    for band in range(3):
        top_left, top_right, low_left, low_right = (corner[band] for corner in palette.ground)
        small = Image.new("F", (_CELLS, _CELLS))
        small.putdata(
            [
                (top_left * (1 - x) + top_right * x) * (1 - y)
                + (low_left * (1 - x) + low_right * x) * y
                for x, y in places
            ]
        )
        plane = small.resize(size, Image.Resampling.BICUBIC)
        exact = ImageMath.lambda_eval(lambda names: names["a"] + names["b"], a=plane, b=noise)
        bands.append(exact.convert("L"))
    return Image.merge("RGB", bands)


def _bend(x: float, y: float, turns: list[float]) -> tuple[float, float]:
    bent_x = x + 0.16 * math.sin(3.6 * y + turns[0]) + 0.08 * math.sin(5 * x + turns[1])
    bent_y = y + 0.16 * math.sin(3.6 * x + turns[2]) + 0.08 * math.sin(5 * y + turns[3])
    return _smooth(bent_x), _smooth(bent_y)


def _smooth(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return value * value * (3 - 2 * value)


def _dither(size: tuple[int, int]) -> Image.Image:
    """Thresholds 0 to 1 in Bayer's order: no bands, and it still packs well as PNG."""
    tile = Image.new("F", (_BAYER, _BAYER))
    tile.putdata([_threshold(x, y) for y in range(_BAYER) for x in range(_BAYER)])
    row = Image.new("F", (size[0], _BAYER))
    for left in range(0, size[0], _BAYER):
        row.paste(tile, (left, 0))
    page = Image.new("F", size)
    for top in range(0, size[1], _BAYER):
        page.paste(row, (0, top))
    return page


@cache
def _threshold(x: int, y: int) -> float:
    value, weight = 0, 16
    for bit in range(3):
        a, b = (x >> bit) & 1, (y >> bit) & 1
        value += weight * (2 * (a ^ b) + b)
        weight //= 4
    return (value + 0.5) / 64
