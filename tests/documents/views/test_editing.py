"""Writing, saving, and meeting somebody who saved first."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from documents.edit import edit_document
from documents.models import Document
from tests.documents.views.conftest import HTMX
from workspaces.models import User


def typed(document: Document, **changes: Any) -> dict[str, Any]:
    text = {"title": document.title, "body": document.body, "version": document.version}
    return {**text, **changes}


def test_the_editor_holds_the_text_and_its_version(
    at_desk: Client, url: Callable[..., str], document: Document
) -> None:
    edit_document(document=document, title="Tea", body="\n\nHot & green", author=None)
    page = at_desk.get(url("edit")).content.decode()
    assert 'name="version" value="2"' in page
    assert 'value="Tea"' in page
    # The first line end after the tag is the browser's to drop, so the text's own stay.
    assert ">\n\n\nHot &amp; green</textarea>" in page


def test_saving_makes_the_next_version(
    at_desk: Client, url: Callable[..., str], document: Document, editor: User
) -> None:
    response = at_desk.post(url("edit"), typed(document, title="Tea", body="Hot\r\ngreen"))
    assert response["Location"] == url()
    version = document.versions.get(number=2)
    assert (version.title, version.body, version.author) == ("Tea", "Hot\ngreen", editor)
    assert version.source == {"kind": "edit"}


def test_saving_what_was_there_makes_no_version(
    at_desk: Client, url: Callable[..., str], document: Document
) -> None:
    page = at_desk.post(url("edit"), typed(document), follow=True)
    assert "Nothing had changed." in page.content.decode()
    assert document.versions.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "Give the document a title."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"body": "x" * 1_000_001}, "at most 1000000 characters"),
        ({"title": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_what_does_not_fit_is_named_and_kept(
    changes: dict[str, str],
    words: str,
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
) -> None:
    response = at_desk.post(url("edit"), typed(document, **{"body": "Kept", **changes}))
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "Kept</textarea>" in page or "body" in changes
    assert document.versions.count() == 1


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30])
def test_a_version_that_cannot_be_saves_nothing(
    version: str, at_desk: Client, url: Callable[..., str], document: Document
) -> None:
    response = at_desk.post(url("edit"), typed(document, body="Other", version=version))
    assert response.status_code in {409, 422}
    assert document.versions.count() == 1


def test_whoever_saves_second_sees_both_texts_and_loses_none(
    at_desk: Client, url: Callable[..., str], document: Document, owner: User
) -> None:
    mine = typed(document, title="Mine", body="My words")
    edit_document(document=document, title="Theirs", body="Their words", author=owner)
    response = at_desk.post(url("edit"), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Owner saved version 2 while you were editing version 1." in page
    assert "My words</textarea>" in page
    assert "Their words</pre>" in page
    document.refresh_from_db()
    assert (document.version, document.body) == (2, "Their words")

    saved = at_desk.post(url("edit"), {**mine, "version": 2})
    assert saved["Location"] == url()
    document.refresh_from_db()
    assert (document.version, document.body) == (3, "My words")
    assert document.versions.get(number=2).body == "Their words"


def test_two_people_who_write_the_same_do_not_collide(
    at_desk: Client, url: Callable[..., str], document: Document, owner: User
) -> None:
    same = typed(document, body="Same")
    edit_document(document=document, title=document.title, body="Same", author=owner)
    assert at_desk.post(url("edit"), same).status_code == 302
    assert document.versions.count() == 2


def test_the_preview_is_what_readers_will_get(
    at_desk: Client, url: Callable[..., str], document: Document
) -> None:
    text = "# Tea\n\n<script>alert(1)</script>"
    part = at_desk.post(url("preview"), {"body": text}, headers=HTMX).content.decode()
    assert '<h2 id="section-1">Tea</h2>' in part
    assert "<script" not in part
    assert "<html" not in part
    edit_document(document=document, title="Tea", body=text, author=None)
    assert part.split('id="preview">')[1].split("</div>")[0] in at_desk.get(url()).content.decode()
    assert document.versions.count() == 2


def test_the_preview_takes_any_text(at_desk: Client, url: Callable[..., str]) -> None:
    for body in ("", "a\x00b", "[" * 5000, "> " * 2000):
        assert at_desk.post(url("preview"), {"body": body}, headers=HTMX).status_code == 200
