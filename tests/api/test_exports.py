"""Documents leave as files that stand on their own and can do no harm."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.storage import default_storage
from docx import Document as open_word
from PIL import Image as Picture

from documents.attach import AttachItem, attach_images, set_primary
from documents.create import create_document
from documents.models import Document, Image
from tests.api.conftest import Program, attrs, problem, put_picture
from workspaces.models import User, Workspace

BODY = """\
Intro with **bold**, *italic*, ~~gone~~, `code` and [a link](https://example.com/x).

## Section

![inline]({inline})

1. one
2. two
   - deeper

   more of two

Between.

1. again one

> quoted

| a | b |
|---|---|
| 1 | **2** |

```
fenced
```

---
"""


@pytest.fixture
def images(workspace: Workspace) -> list[Image]:
    return [
        put_picture(workspace, "red"),
        put_picture(workspace, "blue", "JPEG"),
        put_picture(workspace, "green", "WEBP"),
    ]


@pytest.fixture
def document(workspace: Workspace, images: list[Image]) -> Document:
    """Three pictures: the first stands in the text, the third is the primary one."""
    body = BODY.format(inline=f"/api/images/{images[0].pk}/file")
    document = create_document(workspace=workspace, title="Spring: *Launch* <1>", body=body)
    attach_images(
        document=document,
        images=[AttachItem(images[0].pk)]
        + [AttachItem(image.pk, caption=f"Caption [{image.pk}]") for image in images[1:]],
    )
    set_primary(document, images[2].pk)
    return document


def export(client: Any, document: Document, kind: str) -> tuple[Any, bytes]:
    answer = client.read(f"/documents/{document.pk}/export?format={kind}")
    assert answer.status_code == 200, answer.content
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    name = f'attachment; filename="spring-launch-1.{kind}"'
    assert answer["Content-Disposition"] == name
    return answer, b"".join(answer)


def test_a_zip_holds_the_text_the_pictures_in_order_and_a_manifest(
    viewer: User, program: Program, document: Document, images: list[Image]
) -> None:
    answer, data = export(program(viewer), document, "zip")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = [
            "images/01-a-red-field.png",
            "images/02-a-blue-field.jpg",
            "images/03-a-green-field.webp",
        ]
        assert archive.namelist() == ["document.md", *names, "manifest.json"]
        for name, kind in zip(names, ("PNG", "JPEG", "WEBP"), strict=True):
            assert Picture.open(io.BytesIO(archive.read(name))).format == kind
        text = archive.read("document.md").decode()
        manifest = json.loads(archive.read("manifest.json"))
    assert [entry["file"] for entry in manifest["images"]] == names
    assert [entry["id"] for entry in manifest["images"]] == [image.pk for image in images]
    assert [entry["is_primary"] for entry in manifest["images"]] == [False, False, True]
    assert manifest["title"] == document.title
    assert text.startswith("# Spring: \\*Launch\\* \\<1\\>\n\n![A green field](<images/03-")
    assert "![inline](images/01-a-red-field.png)" in text
    assert text.rstrip().endswith(f"*Caption \\[{images[1].pk}\\]*")
    assert [text.count(name) for name in names] == [1, 1, 1]


def test_markdown_links_to_the_pictures(
    viewer: User, program: Program, document: Document, images: list[Image], settings: Any
) -> None:
    settings.SITE_URL = "https://copyloom.example.com"
    answer, data = export(program(viewer), document, "md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    links = re.findall(r"https://copyloom\.example\.com/api/images/(\d+)/file", data.decode())
    assert [int(link) for link in links] == [images[2].pk, images[0].pk, images[1].pk]


def test_html_stands_on_its_own_and_loads_nothing(
    viewer: User, program: Program, document: Document
) -> None:
    answer, data = export(program(viewer), document, "html")
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    page = data.decode()
    sources = re.findall(r'src="([^"]*)"', page)
    assert [source.partition(";")[0] for source in sources] == [
        "data:image/webp",
        "data:image/png",
        "data:image/jpeg",
    ]
    assert "<h1>Spring: *Launch* &lt;1&gt;</h1>" in page
    assert "<strong>bold</strong>" in page
    assert "/api/" not in page
    assert "http-equiv" not in page


def test_word_opens_it_with_its_pictures(
    viewer: User, program: Program, document: Document
) -> None:
    answer, data = export(program(viewer), document, "docx")
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")
    word = open_word(io.BytesIO(data))
    assert len(word.inline_shapes) == 3
    styles = [(one.style.name, one.text) for one in word.paragraphs if one.style and one.text]
    assert styles[0] == ("Title", document.title)
    for expected in [
        ("Heading 2", "Section"),
        ("List Number", "one"),
        ("List Bullet 2", "deeper"),
        ("List Continue", "more of two"),
        ("Quote", "quoted"),
    ]:
        assert expected in styles
    assert styles[1][1].startswith("Caption [")
    assert word.tables[0].cell(1, 1).text == "2"
    link = word.part.element.body.xpath(".//w:hyperlink//w:t")[0]
    assert link.text == "a link"
    assert "https://example.com/x" in [rel.target_ref for rel in word.part.rels.values()]
    numbers = word.part.element.body.xpath(".//w:numId/@w:val")
    assert len(set(numbers)) == 2


HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "![x](https://evil.example/p.png)",
    "![x](//evil.example/p.png)",
    "![x](data:image/png;base64,AAAA)",
    "![x](/api/images/99999/file)",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    'src="/api/images/1/file"',
    "a\x01b\x0bc\ufffe",
    "</article></body>",
    "[" * 2000,
    "> " * 500 + "x",
    "* " * 300 + "x",
    "| a |\n|---|\n| 1 | 2 | 3 |",
    "```\n" * 50,
    "![" * 500 + "](" * 500,
]


class Markup(HTMLParser):
    """Every attribute of every element of a page."""

    @classmethod
    def of(cls, page: str) -> list[tuple[str, str, str]]:
        parser = cls()
        parser.found = []
        parser.feed(page)
        return parser.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs or [("", "")]]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["md", "html", "docx", "zip"])
def test_no_text_breaks_an_export_or_reaches_out(
    text: str, kind: str, viewer: User, program: Program, workspace: Workspace
) -> None:
    document = create_document(workspace=workspace, title="\x01" + text[:100], body=text)
    answer = program(viewer).read(f"/documents/{document.pk}/export?format={kind}")
    assert answer.status_code == 200
    data = b"".join(answer)
    if kind == "html":
        for tag, attribute, value in Markup.of(data.decode()):
            assert tag not in {"script", "iframe", "object", "link", "base", "form"}
            assert not attribute.startswith("on")
            if attribute in {"src", "href"}:
                assert value.startswith("data:image/" if tag == "img" else ("http:", "https:"))
    if kind == "docx":
        word = open_word(io.BytesIO(data))
        targets = [rel.target_ref for rel in word.part.rels.values() if rel.is_external]
        assert all(target.startswith(("http://", "https://")) for target in targets)


def test_a_long_document_is_exported_in_a_bearable_time(
    viewer: User, program: Program, workspace: Workspace
) -> None:
    body = ("Some *words* in a paragraph of a usual length, over and over.\n\n" * 1600)[:100_000]
    document = create_document(workspace=workspace, title="Long", body=body)
    client = program(viewer)
    for kind in ("md", "html", "docx", "zip"):
        began = time.monotonic()
        answer = client.read(f"/documents/{document.pk}/export?format={kind}")
        assert answer.status_code == 200
        assert time.monotonic() - began < 20, kind


def test_a_format_that_is_none_is_refused(
    viewer: User, program: Program, document: Document
) -> None:
    client = program(viewer)
    for kind in ("pdf", "MD", "%00", "md,html"):
        answer = client.read(f"/documents/{document.pk}/export?format={kind}")
        assert attrs(answer) == {"format"}
    plain = client.read(f"/documents/{document.pk}/export", headers={"Accept": "text/html"})
    assert plain["Content-Type"].startswith("text/markdown")


def test_a_picture_that_the_storage_lost_is_told(
    viewer: User, program: Program, document: Document, images: list[Image]
) -> None:
    default_storage.delete(images[1].key)
    client = program(viewer)
    for kind in ("html", "docx", "zip"):
        answer = client.read(f"/documents/{document.pk}/export?format={kind}")
        body = problem(answer, 409)
        assert body["current"] == {"image_id": images[1].pk}


def test_a_document_without_letters_in_its_title_has_a_name_too(
    viewer: User, program: Program, workspace: Workspace
) -> None:
    document = create_document(workspace=workspace, title="春天", body="")
    answer = program(viewer).read(f"/documents/{document.pk}/export?format=md")
    assert f'filename="document-{document.pk}.md"' in answer["Content-Disposition"]
    assert b"".join(answer).decode() == "# 春天\n"
