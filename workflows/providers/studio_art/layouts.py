"""Layouts: which words stand where, and at what size."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import fonts
from .frames import Frame
from .shapes import Box
from .spec import CardSpec
from .text import Block, emphasize_last, fit
from .words import Word, words_of

HEADLINE_LEADING = 1.04
TEXT_LEADING = 1.42


@dataclass(frozen=True, slots=True)
class Placed:
    """A block at its place; ``role`` is ``ink``, ``soft`` or ``mark`` (an ornament)."""

    block: Block
    left: float
    top: float
    span: float
    align: str
    role: str = "ink"

    @property
    def box(self) -> Box:
        """What the letters may cover, accents and descenders with them."""
        free = (self.span - self.block.width) * {"left": 0.0, "center": 0.5}[self.align]
        over = self.block.size * 0.16
        left = self.left + free
        return Box(
            left, self.top - over, left + self.block.width, self.top + self.block.height + over / 2
        )


def compose(spec: CardSpec, layout: str, page: Frame) -> list[Placed]:
    """Set everything that ``spec`` says, in ``layout``."""
    if layout == "art" or spec.wordless:
        return []
    brand = _brand(spec, page)
    room = page.text
    if brand:
        room = replace(room, top=room.top + brand.block.height + page.unit * 0.045)
    makers = {"quote": _quote, "list": _points}
    placed = makers.get(layout, _card)(spec, page, room)
    if brand and placed and page.anchor == "bottom":
        top = min(item.top for item in placed) - brand.block.height - page.unit * 0.035
        brand = replace(brand, top=max(top, page.text.top))
    return [brand, *placed] if brand else placed


def art_below(page: Frame, placed: list[Placed], height: int) -> Box:
    """The part for the art, moved to begin where the words above it end. Pixels."""
    if page.anchor != "top" or not placed:
        return page.art
    end = max(item.box.bottom for item in placed) + page.unit * 0.035
    return replace(page.art, top=min(max(end, height * 0.38), height * 0.8))


def _brand(spec: CardSpec, page: Frame) -> Placed | None:
    size = max(9.0, page.unit * 0.019)
    name = fonts.printable(fonts.SEMIBOLD, spec.brand).upper()
    if not name or page.text.height < size * 9:
        return None
    while len(name) > 1 and fonts.width(fonts.SEMIBOLD, name, size, 0.14) > page.text.width:
        name = name.rstrip("…")[:-1].rstrip() + "…" if len(name) > 2 else ""
    if not name:
        return None
    block = Block(((Word(name, fonts.SEMIBOLD),),), size, 1.0, tracking=0.14)
    return Placed(block, page.text.left, page.text.top, page.text.width, page.align)


def _title(text: str, page: Frame, room: Box, scale: float) -> Block | None:
    roman, italic = (fonts.BOLD, None) if page.bold else (fonts.SERIF, fonts.ITALIC)
    largest = max(page.unit * scale, min(room.height * 0.5, room.width * 0.1))
    words = words_of(text, roman, italic, fonts.SEMIBOLD)
    sans = bool(words) and words[0].font not in (fonts.SERIF, fonts.ITALIC)
    largest *= (0.74 if sans else 1.0) * (1.3 if len(words) <= 3 else 1.0)
    block = fit(
        words,
        room.width,
        room.height,
        largest=largest,
        smallest=max(9.0, page.unit * 0.034),
        max_lines=7,
        leading=HEADLINE_LEADING + (0.08 if sans else 0.0),
    )
    if block and italic and not sans:
        return emphasize_last(block, roman, italic, room.width)
    return block


def _body(text: str, page: Frame, span: float, room: float, font: str = fonts.SANS) -> Block | None:
    size = max(10.0, page.unit * 0.031)
    return fit(
        words_of(text, font),
        span,
        room,
        largest=size,
        smallest=max(9.0, size * 0.8),
        max_lines=4,
        leading=TEXT_LEADING,
    )


def _stack(page: Frame, room: Box, parts: list[tuple[Block | None, float, str]]) -> list[Placed]:
    """Put blocks (each with the gap above it, and its role) one under the other."""
    kept = [(block, gap, role) for block, gap, role in parts if block]
    if not kept:
        return []
    total = sum(block.height + gap for block, gap, _ in kept) - kept[0][1]
    free = max(0.0, room.height - total)
    top = room.top + free * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[page.anchor]
    top -= kept[0][1]
    placed = []
    for block, gap, role in kept:
        top += gap
        placed.append(Placed(block, room.left, top, room.width, page.align, role))
        top += block.height
    return placed


def _card(spec: CardSpec, page: Frame, room: Box) -> list[Placed]:
    gap = page.unit * 0.032
    headline, subline = spec.headline or spec.quote, spec.subline or " · ".join(spec.points)
    narrow = room.width * (0.9 if room.width > page.unit * 0.5 else 1.0)
    small = _body(subline, page, narrow, room.height * (0.4 if headline else 1.0))
    if room.height < 100 and headline:
        small = None
    left = room.height - (small.height + gap if small else 0)
    title = _title(headline, page, replace(room, bottom=room.top + left), 0.16)
    return _stack(page, room, [(title, 0.0, "ink"), (small, gap, "soft")])


def _quote(spec: CardSpec, page: Frame, room: Box) -> list[Placed]:
    gap = page.unit * 0.045
    name = _body(spec.by, page, room.width, room.height * 0.2, fonts.SEMIBOLD)
    subline = _body(spec.subline, page, room.width, room.height * 0.2)
    mark = Block(((Word("“", fonts.SERIF),),), page.unit * 0.24, 1.0)
    over = mark.size * 0.38
    if room.height < page.unit * 0.3:
        over = 0.0
    left = room.height - over - sum(part.height + gap for part in (name, subline) if part)
    text = _title(spec.quote or spec.headline, page, Box(0, 0, room.width, left), 0.115)
    below = replace(room, top=room.top + over)
    parts = [(text, 0.0, "ink"), (name, gap, "ink"), (subline, gap * 0.3, "soft")]
    placed = _stack(page, below, parts)
    if placed and over:
        top = placed[0].top - mark.size * 0.37
        placed.append(Placed(mark, room.left, top, room.width, page.align, "mark"))
    return placed


def _points(spec: CardSpec, page: Frame, room: Box) -> list[Placed]:
    page = replace(page, align="left")
    title = _title(spec.headline, page, replace(room, bottom=room.top + room.height * 0.38), 0.1)
    gap = page.unit * 0.05
    top = room.top + (title.height + gap if title else 0)
    rows = _rows(spec.points[:8], page, Box(room.left, top, room.right, room.bottom))
    free = max(0.0, room.bottom - (rows[-1].box.bottom if rows else top))
    drop = free * (0.35 if page.anchor == "middle" else 0.0)
    placed = [Placed(title, room.left, room.top, room.width, "left")] if title else []
    return [replace(item, top=item.top + drop) for item in (*placed, *rows)]


def _rows(points: tuple[str, ...], page: Frame, room: Box) -> list[Placed]:
    size = max(10.0, page.unit * 0.043)
    while True:
        indent, gap = size * 1.9, size * 1.15
        rows: list[Placed] = []
        top = room.top
        for number, point in enumerate(points, 1):
            text = fit(
                words_of(point, fonts.SANS), room.width - indent, room.bottom - top,
                largest=size, smallest=size, max_lines=3, leading=1.34,
            )  # fmt: skip
            if text is None:
                break
            digit = Block(((Word(str(number), fonts.ITALIC),),), size * 1.45, 1.0)
            lift = (digit.size * 0.64 - size * 0.73) / 2
            rows.append(Placed(digit, room.left, top - lift - size * 0.12, indent, "left"))
            rows.append(Placed(text, room.left + indent, top, room.width - indent, "left"))
            top += text.height + gap
        if len(rows) == 2 * len(points) or size <= max(9.0, page.unit * 0.022):
            return rows
        size *= 0.94
