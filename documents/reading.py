"""A document's text as its readers get it: the article, its headings, its length. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from documents.export.markup import MARKDOWN, clean

WORDS_A_MINUTE = 220
_WORD = re.compile(r"\w+(?:[\u2019'.,-]\w+)*")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the article, as the outline shows it."""

    id: str
    level: int
    """1 for a heading written ``#``."""
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page shows of a text."""

    html: SafeString
    """Its headings stand one level below the page's own title."""
    headings: tuple[Heading, ...]
    words: int
    minutes: int
    """At least 1."""
    is_titled: bool
    """Whether the text opens with a title of its own."""


def read(body: str) -> Reading:
    """Render a Markdown text whose headings can be linked to."""
    tokens = MARKDOWN.parse(body)
    headings = tuple(_headings(tokens))
    words = len(_WORD.findall(" ".join(_texts(tokens))))
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    return Reading(
        html=mark_safe(clean(html, heading_ids=True)),  # noqa: S308 - cleaned right here
        headings=tuple(heading for heading in headings if heading.text),
        words=words,
        minutes=max(1, round(words / WORDS_A_MINUTE)),
        is_titled=bool(tokens) and tokens[0].type == "heading_open" and headings[0].level == 1,
    )


def excerpt(body: str, length: int = 180) -> str:
    """The first sentences of a text without its headings and marks, cut at a word."""
    tokens = MARKDOWN.parse(body)
    text = " ".join(" ".join(_texts(tokens, with_headings=False)).split())
    if not text:
        text = " ".join(" ".join(_texts(tokens)).split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0].rstrip(" ,;:.-\u2013") + "…"


def _headings(tokens: Sequence[Token]) -> Iterator[Heading]:
    """Name each heading and move it one level down, in the tokens themselves."""
    number = 0
    for index, token in enumerate(tokens):
        if token.type not in {"heading_open", "heading_close"}:
            continue
        level = int(token.tag[1])
        token.tag = f"h{min(level + 1, 6)}"
        if token.type == "heading_open":
            number += 1
            token.attrSet("id", f"section-{number}")
            yield Heading(f"section-{number}", level, _plain(tokens[index + 1]))


def _texts(tokens: Sequence[Token], *, with_headings: bool = True) -> Iterator[str]:
    """The words of each block."""
    for index, token in enumerate(tokens):
        if token.type in {"fence", "code_block"}:
            yield token.content
        elif token.type == "inline":
            is_heading = index > 0 and tokens[index - 1].type == "heading_open"
            if with_headings or not is_heading:
                yield _plain(token)


def _plain(token: Token) -> str:
    """Inline text without its marks; pictures say nothing."""
    breaks = {"softbreak", "hardbreak"}
    parts = (
        " " if child.type in breaks else child.content
        for child in token.children or []
        if child.type in breaks or child.type in {"text", "code_inline", "text_special"}
    )
    return "".join(parts).strip()
