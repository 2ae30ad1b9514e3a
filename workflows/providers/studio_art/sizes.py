"""Pixel sizes of pictures, by the channel that asks for them."""

from __future__ import annotations

import re

MIN_SIDE = 64
MAX_SIDE = 4096

SIZES: dict[str, tuple[int, int]] = {
    "square": (1080, 1080),
    "portrait": (1080, 1350),
    "story": (1080, 1920),
    "landscape": (1200, 628),
    "wide_hero": (1600, 900),
    "x_post": (1600, 900),
    "linkedin": (1200, 627),
    "facebook": (1200, 630),
    "pinterest": (1000, 1500),
    "email_header": (1200, 400),
    "youtube_thumb": (1280, 720),
    "blog_cover": (1600, 840),
    "banner_medium": (300, 250),
    "banner_leaderboard": (728, 90),
    "banner_skyscraper": (160, 600),
}
"""Width and height in pixels of each named size."""

_PIXELS = re.compile(r"(\d{1,5})\s*[xX×*]\s*(\d{1,5})")  # noqa: RUF001 - people write it so


def parse_size(text: str) -> tuple[int, int]:
    """Width and height of a named size (``square``) or of ``1024x1024``.

    Raises ``ValueError`` that names the options when it is neither, or when a side is not
    within ``MIN_SIDE`` to ``MAX_SIDE``.
    """
    wanted = text.strip().lower()
    name = re.sub(r"[\s-]+", "_", wanted)
    if name in SIZES:
        return SIZES[name]
    found = _PIXELS.fullmatch(wanted)
    if found is None:
        options = ", ".join(SIZES)
        raise ValueError(f"Unknown size {text!r}. Use WIDTHxHEIGHT in pixels or one of: {options}.")
    width, height = int(found[1]), int(found[2])
    check_size(width, height)
    return width, height


def check_size(width: int, height: int) -> None:
    """Raise ``ValueError`` unless both sides are within ``MIN_SIDE`` to ``MAX_SIDE`` pixels."""
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        raise ValueError(
            f"{width}x{height} is out of range: each side must be {MIN_SIDE} to {MAX_SIDE} pixels."
        )
