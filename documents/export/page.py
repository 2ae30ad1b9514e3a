"""A document as one HTML page that needs nothing beside it."""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any

from django.utils.html import escape
from markdown_it.token import Token

from documents.export.markup import MARKDOWN, clean
from documents.export.pictures import OWN_ADDRESS, Layout, Picture
from documents.models import Document

_STYLE = """
body { margin: 0; background: #fff; color: #1c1917;
  font: 1.0625rem/1.65 Georgia, "Times New Roman", serif; }
article { max-width: 42rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
h1, h2, h3, h4 { font-family: system-ui, sans-serif; line-height: 1.2; margin: 2em 0 .6em; }
h1 { font-size: 2.25rem; margin-top: 0; }
figure { margin: 2rem 0; }
img { max-width: 100%; height: auto; border-radius: 6px; }
figcaption { font: .875rem/1.5 system-ui, sans-serif; color: #57534e; margin-top: .5rem; }
pre { overflow-x: auto; padding: 1rem; background: #f5f5f4; border-radius: 6px; }
blockquote { margin: 1.5rem 0; padding-left: 1rem; border-left: 3px solid #d6d3d1; }
table { border-collapse: collapse; } th, td { border: 1px solid #d6d3d1; padding: .4rem .7rem; }
"""


def to_page(document: Document, layout: Layout) -> str:
    """The page; pictures are inside it, and it loads nothing from anywhere."""
    title = escape(document.title)
    figures = "".join(_figure(picture) for picture in layout.rest)
    lead = _figure(layout.lead) if layout.lead else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<article>\n"
        f"<h1>{title}</h1>\n{lead}{_text(document.body, layout)}{figures}"
        "</article>\n</body>\n</html>\n"
    )


def _text(body: str, layout: Layout) -> str:
    """The text as safe HTML with its own pictures inside."""
    # No text can hold this mark, so only the pictures' addresses are replaced below.
    mark = secrets.token_hex(8)
    env: dict[str, Any] = {}
    tokens = MARKDOWN.parse(body, env)
    by_id = {picture.image_id: picture for picture in layout.all}
    for token in tokens:
        for child in token.children or []:
            if child.type == "image":
                _point(child, mark, by_id)
    html = clean(MARKDOWN.renderer.render(tokens, MARKDOWN.options, env))
    return re.sub(rf"/{mark}/(\d+)", lambda found: _inside(by_id[int(found[1])]), html)


def _point(image: Token, mark: str, by_id: dict[int, Picture]) -> None:
    """Mark a picture of the document; any other becomes the words that describe it."""
    found = OWN_ADDRESS.fullmatch(str(image.attrs.get("src", "")))
    if found and int(found[1]) in by_id:
        image.attrs["src"] = f"/{mark}/{int(found[1])}"
    else:
        image.type, image.tag = "text", ""


def _figure(picture: Picture) -> str:
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    image = f'<img src="{_inside(picture)}" alt="{escape(picture.alt_text)}">'
    return f"<figure>{image}{caption}</figure>\n"


def _inside(picture: Picture) -> str:
    data = base64.b64encode(picture.read()).decode()
    return f"data:{picture.attachment.image.content_type};base64,{data}"
