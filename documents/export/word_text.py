"""Markdown as paragraphs of a Word file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it.token import Token

from documents.export.markup import MARKDOWN
from documents.export.pictures import OWN_ADDRESS

ShowPicture = Callable[[int], bool]
_DEEPEST_LIST = 3
"""Word's own list styles end there."""
_BLUE = RGBColor(0x1D, 0x4E, 0xD8)


@dataclass(frozen=True, slots=True)
class _List:
    """A list under way."""

    style: str
    number: int | None = None
    """Word's numbering of this list; None for bullets."""


@dataclass(slots=True)
class _Writer:
    """Where the writing stands."""

    word: Word
    show: ShowPicture
    lists: list[_List] = field(default_factory=list)
    quotes: int = 0
    first: bool = False
    """Whether the next paragraph carries its list item's bullet or number."""


def write_text(word: Word, body: str, show: ShowPicture) -> None:
    """Write Markdown at the end of the file.

    ``show`` writes a picture of the document and says whether it is one.
    """
    writer = _Writer(word, show)
    tokens = MARKDOWN.parse(body)
    at = 0
    while at < len(tokens):
        at = _block(writer, tokens, at)


def _block(writer: _Writer, tokens: Sequence[Token], at: int) -> int:
    """Write the block that begins at a token; returns where the next one begins."""
    token = tokens[at]
    match token.type:
        case "bullet_list_open":
            writer.lists.append(_List(_styled("List Bullet", len(writer.lists) + 1)))
        case "ordered_list_open":
            style = _styled("List Number", len(writer.lists) + 1)
            number = _numbering(writer.word, style, int(token.attrs.get("start", 1)))
            writer.lists.append(_List(style, number))
        case "bullet_list_close" | "ordered_list_close":
            writer.lists.pop()
        case "list_item_open":
            writer.first = True
        case "blockquote_open":
            writer.quotes += 1
        case "blockquote_close":
            writer.quotes -= 1
        case "heading_open":
            heading = _new(writer, f"Heading {token.tag[1]}")
            _inline(writer, heading, tokens[at + 1].children or [])
            return at + 3
        case "inline":
            _inline(writer, _paragraph(writer), token.children or [])
        case "fence" | "code_block":
            _code(_paragraph(writer).add_run(token.content.rstrip("\n")))
        case "hr":
            _new(writer, None).add_run("* * *")
        case "table_open":
            return _table(writer, tokens, at)
    return at + 1


def _paragraph(writer: _Writer) -> Paragraph:
    if not writer.lists:
        return _new(writer, "Quote" if writer.quotes else None)
    if not writer.first:
        return _new(writer, _styled("List Continue", len(writer.lists)))
    writer.first = False
    inside = writer.lists[-1]
    paragraph = _new(writer, inside.style)
    if inside.number is not None:
        properties: Any = paragraph._p.get_or_add_pPr()
        properties.get_or_add_numPr().get_or_add_numId().val = inside.number
    return paragraph


def _new(writer: _Writer, style: str | None) -> Paragraph:
    """A paragraph at the end; python-docx looks at all that is there to find that place."""
    element: Any = OxmlElement("w:p")
    end: Any = writer.word.element.body.sectPr
    end.addprevious(element)
    paragraph = Paragraph(element, writer.word._body)
    if style:
        paragraph.style = style
    return paragraph


def _styled(kind: str, depth: int) -> str:
    depth = min(depth, _DEEPEST_LIST)
    return kind if depth == 1 else f"{kind} {depth}"


def _numbering(word: Word, style: str, start: int) -> int:
    """Word's number for a list that begins anew instead of going on from the last one."""
    numbering: Any = word.part.numbering_part.numbering_definitions._numbering
    styled: Any = word.styles[style].element
    kind = numbering.num_having_numId(styled.pPr.numPr.numId.val).abstractNumId.val
    number = numbering.add_num(kind)
    number.add_lvlOverride(ilvl=0).add_startOverride(start)
    return int(number.numId)


def _table(writer: _Writer, tokens: Sequence[Token], at: int) -> int:
    """Write the table; returns the place behind its end."""
    end = next(n for n in range(at, len(tokens)) if tokens[n].type == "table_close")
    rows: list[list[list[Token]]] = []
    for token in tokens[at:end]:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(list(token.children or []))
    table = writer.word.add_table(len(rows), max(map(len, rows)), style="Table Grid")
    for row, cells in zip(table.rows, rows, strict=True):
        # Asking for a row's cells is slow, so it is done once.
        for cell, children in zip(row.cells, cells, strict=False):
            _inline(writer, cell.paragraphs[0], children)
    return end + 1


def _inline(writer: _Writer, paragraph: Paragraph, children: Sequence[Token]) -> None:
    """Write what stands on a line: words with their marks, links and pictures."""
    marks = {"strong": 0, "em": 0, "s": 0}
    link = ""
    for child in children:
        mark, _, end = child.type.rpartition("_")
        if mark in marks:
            marks[mark] += 1 if end == "open" else -1
        elif child.type == "link_open":
            link = str(child.attrs.get("href", ""))
        elif child.type == "link_close":
            link = ""
        elif child.type == "image" and _pictured(writer, child):
            continue
        else:
            text = "\n" if child.type in {"softbreak", "hardbreak"} else child.content
            run = paragraph.add_run(" " if child.type == "softbreak" else text)
            _mark(run, marks)
            if child.type == "code_inline":
                _code(run)
            if link.startswith(("http://", "https://")):
                _link(paragraph, run, link)


def _pictured(writer: _Writer, image: Token) -> bool:
    """Show a picture of the document; of any other, the words that describe it are written."""
    found = OWN_ADDRESS.fullmatch(str(image.attrs.get("src", "")))
    return bool(found) and writer.show(int(found[1]) if found else 0)


def _mark(run: Run, marks: dict[str, int]) -> None:
    if marks["strong"]:
        run.bold = True
    if marks["em"]:
        run.italic = True
    if marks["s"]:
        run.font.strike = True


def _code(run: Run) -> None:
    run.font.name = "Courier New"
    run.font.size = Pt(9.5)


def _link(paragraph: Paragraph, run: Run, address: str) -> None:
    """Make the run a link; python-docx has no word for it, so the XML is written here."""
    part: Any = paragraph.part
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run.font.color.rgb, run.font.underline = _BLUE, True
    run._r.addprevious(link)
    link.append(run._r)
