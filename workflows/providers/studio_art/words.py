"""Words ready to set: curly quotes, emphasis, and the font that has their letters."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import fonts

_MAX_WORD = 24
_MAX_WORDS = 160
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Word:
    """One word and the font that it is set in."""

    text: str
    font: str

    def width(self, size: float) -> float:
        """Advance in pixels at ``size`` pixels per em."""
        return fonts.width(self.font, self.text, size)


def curl(text: str) -> str:
    """``text`` with typographic quotes, dashes and ellipses."""
    text = text.replace("...", _ELLIPSIS)
    text = re.sub(r"\s+--?\s+", " – ", text)  # noqa: RUF001 - a dash is meant
    text = re.sub(r'(^|[\s(\[–—])"', r"\1“", text).replace('"', "”")  # noqa: RUF001
    return re.sub(r"(^|[\s(\[–—“])'(?!\d)", r"\1‘", text).replace("'", "’")  # noqa: RUF001


def words_of(text: str, roman: str, italic: str | None = None, fallback: str = "") -> list[Word]:
    """The words of ``text``; what stands between asterisks is in ``italic``.

    Where ``roman`` lacks characters that ``fallback`` has, all is set in ``fallback``.
    """
    plain = re.sub(r"\*+", "*", curl(text))
    marked = italic is not None and plain.count("*") % 2 == 0
    bare = plain.replace("*", "")
    if fallback and len(fonts.printable(fallback, bare)) > len(fonts.printable(roman, bare)):
        roman, marked = fallback, False
    pieces = plain.split("*") if marked else [bare]
    words = []
    for index, piece in enumerate(pieces):
        font = italic if italic and index % 2 else roman
        for part in fonts.printable(font, piece).split()[:_MAX_WORDS]:
            words += [
                Word(part[at : at + _MAX_WORD], font) for at in range(0, len(part), _MAX_WORD)
            ]
    return words[: _MAX_WORDS + 1]
