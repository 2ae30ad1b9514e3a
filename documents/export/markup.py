"""Turn Markdown into HTML that is safe to show."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

_TEXT = {"a", "br", "code", "em", "hr", "img", "p", "pre", "s", "strong", "blockquote"}
_LISTS = {"ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _TEXT | _LISTS | {"h1", "h2", "h3", "h4", "h5", "h6"}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def render_markdown(text: str) -> str:
    """Render Markdown as HTML that is safe to show, whoever or whatever wrote it.

    No raw HTML, scripts, styles or ids; links go to http and https alone; pictures load from
    this site alone, so that a text cannot make a browser call elsewhere.
    """
    return clean(MARKDOWN.render(text))


def clean(html: str, *, heading_ids: bool = False) -> str:
    """HTML with nothing left in it but what ``render_markdown`` allows.

    ``heading_ids`` keeps the ids of headings too, where a page links to headings.
    """
    named = {f"h{level}": {"id"} for level in range(1, 7)} if heading_ids else {}
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={**_ATTRIBUTES, **named},
        attribute_filter=_own_pictures,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
    )


def _own_pictures(tag: str, attribute: str, value: str) -> str | None:
    if (tag, attribute) != ("img", "src"):
        return value
    own = value.startswith("/") and not value.startswith("//")
    return value if own else None
