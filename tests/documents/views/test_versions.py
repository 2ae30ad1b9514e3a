"""Earlier texts, and bringing one back."""

from collections.abc import Callable
from typing import Any

from django.test import Client

from documents.edit import edit_document
from documents.models import Document
from documents.selectors.versions import PAGE
from workspaces.models import User


def rewrite(document: Document, *bodies: str, author: User | None = None) -> None:
    for body in bodies:
        edit_document(document=document, title=document.title, body=body, author=author)


def test_the_history_says_who_saved_what(
    at_desk: Client, url: Callable[..., str], document: Document, owner: User
) -> None:
    rewrite(document, "Two", author=owner)
    source = {"execution": 12, "step": "Write"}
    edit_document(document=document, title="Launch", body="Three", author=owner, source=source)
    page = at_desk.get(url("versions")).content.decode()
    assert "Owner" in page
    assert "Run #12, Write" in page
    assert f'href="{url("versions", 1)}"' in page
    assert f'href="{url("versions", 3)}"' not in page  # the current one is the document


def test_a_long_history_comes_in_pages(
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
    owner: User,
    django_assert_max_num_queries: Any,
) -> None:
    rewrite(document, *[f"Text {number}" for number in range(PAGE)], author=owner)
    with django_assert_max_num_queries(8):
        first = at_desk.get(url("versions"))
    rest = at_desk.get(url("versions"), {"before": first.context["found"].next})
    numbers = [row.version.number for page in (first, rest) for row in page.context["found"].rows]
    assert numbers == list(range(PAGE + 1, 0, -1))


def test_an_earlier_text_can_be_read_and_brought_back(
    at_desk: Client, url: Callable[..., str], document: Document, editor: User
) -> None:
    rewrite(document, "Two")
    page = at_desk.get(url("versions", 1)).content.decode()
    assert "<p>Hello</p>" in page
    assert "Restore this version" in page

    response = at_desk.post(url("versions", 1, "restore"), {"version": 2})
    assert response["Location"] == url()
    document.refresh_from_db()
    assert (document.version, document.body) == (3, "Hello")
    restored = document.versions.get(number=3)
    assert (restored.source, restored.author) == ({"kind": "restore", "version": 1}, editor)
    assert "Version 1 brought back by Editor" in at_desk.get(url("versions")).content.decode()


def test_a_text_that_somebody_changed_meanwhile_is_not_overwritten(
    at_desk: Client, url: Callable[..., str], document: Document
) -> None:
    rewrite(document, "Two", "Three")
    page = at_desk.post(url("versions", 1, "restore"), {"version": 2}, follow=True)
    assert "the document is at version 3 by now" in page.content.decode()
    document.refresh_from_db()
    assert document.body == "Three"


def test_bringing_back_the_same_text_makes_no_version(
    at_desk: Client, url: Callable[..., str], document: Document
) -> None:
    rewrite(document, "Two", "Hello")
    page = at_desk.post(url("versions", 1, "restore"), {"version": 3}, follow=True)
    assert "The text is that of version 1 already." in page.content.decode()
    assert document.versions.count() == 3


def test_a_version_that_never_was_is_not_found(at_desk: Client, url: Callable[..., str]) -> None:
    assert at_desk.get(url("versions", 2)).status_code == 404
    assert at_desk.post(url("versions", 2, "restore")).status_code == 404
