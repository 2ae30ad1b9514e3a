"""Typesetting: balanced lines, the largest size that fits, an ellipsis at worst."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image

from . import fonts
from .palette import RGB
from .words import Word

_SHRINK = 0.95
_ELLIPSIS = "…"
ASCENT = 0.76
DESCENT = 0.24


Line = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines set at one size, ready to draw."""

    lines: tuple[Line, ...]
    size: float
    leading: float
    """Baseline to baseline, in em."""
    cut: bool = False
    """Whether an ellipsis stands for the rest."""
    tracking: float = 0.0
    """Added between characters, in em."""

    @property
    def width(self) -> float:
        """Pixels of the longest line."""
        return max(line_width(line, self.size, self.tracking) for line in self.lines)

    @property
    def height(self) -> float:
        """Pixels from the top of the first line's capitals to the last line's descenders."""
        return self.size * (ASCENT + DESCENT + self.leading * (len(self.lines) - 1))

    def draw(
        self, image: Image.Image, at: tuple[float, float], span: float, align: str, ink: RGB
    ) -> None:
        """Set the lines into ``span`` pixels, their top left ``at``; ``align`` left or center."""
        left, top = at
        baseline = top + self.size * ASCENT
        for line in self.lines:
            free = span - line_width(line, self.size, self.tracking)
            x = left + free * {"left": 0.0, "center": 0.5}[align]
            for text, font in _runs(line):
                fonts.draw(
                    image,
                    (x, baseline),
                    text,
                    name=font,
                    size=self.size,
                    ink=ink,
                    tracking=self.tracking,
                )
                x += fonts.width(font, text + " ", self.size)
            baseline += self.size * self.leading


def line_width(line: Line, size: float, tracking: float = 0.0) -> float:
    """Pixels that ``line`` takes at ``size``."""
    runs = _runs(line)
    if tracking:
        return sum(fonts.width(font, text, size, tracking) for text, font in runs)
    total = sum(fonts.width(font, text + " ", size) for text, font in runs)
    return total - fonts.width(runs[-1][1], " ", size) if runs else 0.0


def _runs(line: Line) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    for word in line:
        if runs and runs[-1][1] == word.font:
            runs[-1] = (f"{runs[-1][0]} {word.text}", word.font)
        else:
            runs.append((word.text, word.font))
    return runs


def fit(
    words: list[Word],
    span: float,
    room: float,
    *,
    largest: float,
    smallest: float,
    max_lines: int,
    leading: float,
) -> Block | None:
    """Set ``words`` as large as ``span`` by ``room`` pixels allow.

    None when there are no words or not even one line has room. Text that does not fit at
    ``smallest`` ends in an ellipsis.
    """
    size = top = max(largest, smallest)
    best: tuple[float, Block] | None = None
    while words and size >= smallest and (best is None or size > top * 0.78):
        count = len(_greedy(words, span, size))
        block = Block(((),) * count, size, leading)
        widest = max(word.width(size) for word in words)
        if count <= max_lines and widest <= span and block.height <= room:
            lines, cost = _balance(words, span, size, count)
            top = size if best is None else top
            # A little smaller is better than a line that ends or stands badly.
            cost += 0.9 * (1 - size / top)
            if best is None or cost < best[0]:
                best = (cost, replace(block, lines=lines))
        size *= _SHRINK
    if best:
        return best[1]
    return (
        _cut(words, span, room, smallest, max_lines=max_lines, leading=leading) if words else None
    )


def emphasize_last(block: Block, roman: str, italic: str, span: float) -> Block:
    """``block`` with its last line in ``italic``, if it has two lines or more and no italics yet.

    Italics are wider: the block shrinks by up to an eighth to hold them.
    """
    if len(block.lines) < 2 or block.cut or any(w.font != roman for ln in block.lines for w in ln):
        return block
    last = tuple(Word(fonts.printable(italic, word.text), italic) for word in block.lines[-1])
    share = min(1.0, span / line_width(last, block.size))
    if share < 0.875:
        return block
    return replace(block, lines=(*block.lines[:-1], last), size=block.size * share)


def _greedy(words: list[Word], span: float, size: float) -> list[Line]:
    lines: list[Line] = []
    current: Line = ()
    for word in words:
        longer = (*current, word)
        if current and line_width(longer, size) > span:
            lines.append(current)
            longer = (word,)
        current = longer
    return [*lines, current]


def _balance(
    words: list[Word], span: float, size: float, count: int
) -> tuple[tuple[Line, ...], float]:
    """Break into ``count`` lines of most equal width, without a lone short word at the end."""
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    target = min(span, line_width(tuple(words), size) / count)
    for row in range(count):
        reach: dict[int, tuple[float, int]] = {}
        for start, (cost, _) in best[row].items():
            for end in range(start + 1, len(words) - (count - row - 1) + 1):
                line = tuple(words[start:end])
                wide = line_width(line, size)
                if wide > span and end > start + 1:
                    break
                total = cost + _badness(line, wide, target, last=row == count - 1)
                if end not in reach or total < reach[end][0]:
                    reach[end] = (total, start)
        best.append(reach)
    lines: list[Line] = []
    end = len(words)
    for row in range(count, 0, -1):
        start = best[row][end][1]
        lines.insert(0, tuple(words[start:end]))
        end = start
    return tuple(lines), best[count][len(words)][0]


def _badness(line: Line, wide: float, target: float, *, last: bool) -> float:
    cost = ((wide - target) / target) ** 2
    if last and len(line) == 1 and wide < target * 0.6:
        cost += 0.6
    if not last and len(line[-1].text) <= 2 and line[-1].text.isalpha():
        cost += 0.4
    return cost


def _cut(
    words: list[Word], span: float, room: float, size: float, *, max_lines: int, leading: float
) -> Block | None:
    rows = min(max_lines, int((room / size - ASCENT - DESCENT) / leading) + 1)
    if room < size * (ASCENT + DESCENT) or rows < 1:
        return None
    pieces = [piece for word in words for piece in _split(word, span, size)]
    lines = _greedy(pieces, span, size)
    if len(lines) <= rows:
        return Block(tuple(lines), size, leading)
    kept = list(lines[rows - 1])
    while kept:
        end = Word(kept[-1].text.rstrip(".,;:–—- ") + _ELLIPSIS, kept[-1].font)  # noqa: RUF001
        if line_width((*kept[:-1], end), size) <= span:
            return Block((*lines[: rows - 1], (*kept[:-1], end)), size, leading, cut=True)
        shorter = kept[-1].text[:-1]
        kept = [*kept[:-1], Word(shorter, kept[-1].font)] if len(shorter) > 2 else kept[:-1]
    return Block(tuple(lines[: rows - 1]), size, leading, cut=True) if rows > 1 else None


def _split(word: Word, span: float, size: float) -> list[Word]:
    pieces, rest = [], word.text
    while rest:
        end = len(rest)
        while end > 1 and fonts.width(word.font, rest[:end], size) > span:
            end -= 1
        pieces.append(Word(rest[:end], word.font))
        rest = rest[end:]
    return pieces
