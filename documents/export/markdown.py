"""A document as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable

from documents.export.pictures import Layout, Picture, with_addresses
from documents.models import Document

_MARKS = re.compile(r"([\\`*_\[\]<>!#|~])")


def to_markdown(document: Document, layout: Layout, address: Callable[[Picture], str]) -> str:
    """Title, primary picture, text and the other pictures in order.

    ``address`` says where the reader of this Markdown finds a picture.
    """
    parts = [f"# {_plain(document.title)}"]
    if layout.lead:
        parts.append(_figure(layout.lead, address))
    parts.append(with_addresses(document.body, layout, address).strip())
    parts += [_figure(picture, address) for picture in layout.rest]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figure(picture: Picture, address: Callable[[Picture], str]) -> str:
    image = f"![{_plain(picture.alt_text)}](<{address(picture)}>)"
    return f"{image}\n\n*{_plain(picture.caption)}*" if picture.caption.strip() else image


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
