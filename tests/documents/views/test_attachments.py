"""The images of a document: order, primary, words, taking off and putting back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from documents.attach import AttachItem, attach_images, detach, update_attachment
from documents.models import Document, Image
from tests.documents.conftest import MakeImages
from tests.documents.views.conftest import HTMX, order_of
from workspaces.models import Workspace


def said(response: Any) -> str:
    text = response.content.decode()
    return text.split('aria-live="polite">')[1].split("</p>")[0]


def test_the_images_are_answered_with_the_hero_and_the_count(
    at_desk: Client, url: Callable[..., str], pictures: list[Image]
) -> None:
    part = at_desk.get(url("images"), headers=HTMX).content.decode()
    assert part.count("data-image=") == 3
    assert '<figure class="hero" id="hero" hx-swap-oob="true">' in part
    assert '<span class="badge" id="images-count" hx-swap-oob="true">3</span>' in part
    assert "<html" not in part


def test_the_part_is_that_of_the_page(
    at_desk: Client, url: Callable[..., str], pictures: list[Image]
) -> None:
    def images(response: Any) -> str:
        text = response.content.decode()
        found: str = text[text.index('<section class="card images"') : text.index("</section>")]
        return "\n".join(line for line in found.splitlines() if "csrf" not in line)

    page, part = at_desk.get(url()), at_desk.get(url("images"), headers=HTMX)
    assert images(page) == images(part)


def test_the_part_opened_as_a_page_is_the_document(
    at_desk: Client, url: Callable[..., str]
) -> None:
    assert at_desk.get(url("images"))["Location"] == url()


def test_images_are_put_in_order(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    a, b, c = (image.pk for image in pictures)
    response = at_desk.post(url("images/order"), {"image_ids": [c, a, b], "moved": c}, headers=HTMX)
    assert order_of(document) == [c, a, b]
    assert said(response) == "Moved to position 1 of 3."


@pytest.mark.parametrize("wrong", ["short", "twice", "foreign", "none"])
def test_an_order_that_is_out_of_date_changes_nothing_and_shows_how_it_stands(
    wrong: str,
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
    pictures: list[Image],
    elsewhere: Workspace,
    make_images: MakeImages,
) -> None:
    a, b, c = (image.pk for image in pictures)
    foreign = make_images(elsewhere, 1)[0].pk
    sent = {"short": [c, a], "twice": [c, a, a], "foreign": [c, a, b, foreign], "none": []}[wrong]
    response = at_desk.post(url("images/order"), {"image_ids": sent}, headers=HTMX)
    assert response.status_code == 409
    assert order_of(document) == [a, b, c]
    page = response.content.decode()
    assert 'role="alert"' in page
    assert page.count("data-image=") == 3


def test_an_image_moves_by_one_place_and_stops_at_the_ends(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    a, b, c = (image.pk for image in pictures)
    response = at_desk.post(url("images", c, "move"), {"to": "up"}, headers=HTMX)
    assert order_of(document) == [a, c, b]
    assert said(response) == "Moved to position 2 of 3."
    at_desk.post(url("images", a, "move"), {"to": "up"}, headers=HTMX)
    at_desk.post(url("images", b, "move"), {"to": "down"}, headers=HTMX)
    assert order_of(document) == [a, c, b]
    at_desk.post(url("images", a, "move"), {"to": "down"})
    assert order_of(document) == [c, a, b]


def test_another_image_becomes_the_primary_one_and_leads_the_article(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    response = at_desk.post(url("images", pictures[2].pk, "primary"), headers=HTMX)
    assert document.attachments.get(is_primary=True).image == pictures[2]
    hero = response.content.decode().split('id="hero"')[1]
    assert f"/api/images/{pictures[2].pk}/file" in hero


def test_alt_text_and_caption_are_written(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    address = url("images", pictures[1].pk, "texts")
    at_desk.post(address, {"alt_text": " A cup ", "caption": "At dawn"}, headers=HTMX)
    row = document.attachments.get(image=pictures[1])
    assert (row.alt_text, row.caption) == ("A cup", "At dawn")
    page = at_desk.post(address, {"alt_text": "", "caption": ""}, headers=HTMX).content.decode()
    assert "Add alt text" in page


def test_words_that_are_too_long_are_named_and_kept(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    address = url("images", pictures[1].pk, "texts")
    response = at_desk.post(address, {"alt_text": "x" * 501, "caption": "Kept"}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert "at most 500 characters" in page
    assert 'value="Kept"' in page
    assert document.attachments.get(image=pictures[1]).caption == ""
    plain = at_desk.post(address, {"alt_text": "x" * 501}, follow=True).content.decode()
    assert "Alt text: Ensure this value has at most 500 characters" in plain


def test_an_image_is_taken_off_and_put_back_as_it_was(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    a, b, c = (image.pk for image in pictures)
    update_attachment(document, a, alt_text="", caption="At dawn")
    gone = at_desk.post(url("images", a, "detach"), headers=HTMX).content.decode()
    assert order_of(document) == [b, c]
    assert document.attachments.get(is_primary=True).image_id == b
    assert gone.index('id="undo"') < gone.index(f'id="pic-{b}"')
    assert Image.objects.filter(pk=a).exists()

    back = at_desk.post(url("images/undo"), headers=HTMX)
    assert order_of(document) == [a, b, c]
    row = document.attachments.get(image_id=a)
    assert (row.is_primary, row.alt_text, row.caption) == (True, "", "At dawn")
    assert 'id="undo"' not in back.content.decode()


def test_undo_works_without_scripts_too(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    page = at_desk.post(url("images", pictures[2].pk, "detach"), follow=True).content.decode()
    assert f'action="{url("images/undo")}"' in page
    at_desk.post(url("images/undo"))
    assert order_of(document) == [image.pk for image in pictures]


def test_undo_is_over_once_something_else_was_done(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    a, b, c = (image.pk for image in pictures)
    at_desk.post(url("images", a, "detach"), headers=HTMX)
    page = at_desk.post(url("images", c, "move"), {"to": "up"}, headers=HTMX).content.decode()
    assert 'id="undo"' not in page
    assert at_desk.post(url("images/undo"), headers=HTMX).status_code == 409
    assert order_of(document) == [c, b]


def test_undo_finds_its_place_taken_when_the_document_is_full(
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
    pictures: list[Image],
    workspace: Workspace,
    make_images: MakeImages,
) -> None:
    at_desk.post(url("images", pictures[0].pk, "detach"), headers=HTMX)
    more = make_images(workspace, 18)
    attach_images(document=document, images=[AttachItem(image.pk) for image in more])
    response = at_desk.post(url("images/undo"), headers=HTMX)
    assert response.status_code == 409
    assert "20 images and may have 20" in response.content.decode()
    assert document.attachments.count() == 20


def test_undo_leaves_alone_what_somebody_else_has_put_back(
    at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    a, b, c = (image.pk for image in pictures)
    at_desk.post(url("images", a, "detach"), headers=HTMX)
    attach_images(document=document, images=[AttachItem(a)])
    assert at_desk.post(url("images/undo"), headers=HTMX).status_code == 200
    assert order_of(document) == [b, c, a]


@pytest.mark.parametrize("verb", ["move", "primary", "texts", "detach"])
def test_an_image_that_somebody_took_off_meanwhile_is_a_conflict(
    verb: str, at_desk: Client, url: Callable[..., str], document: Document, pictures: list[Image]
) -> None:
    detach(document, pictures[1].pk)
    response = at_desk.post(url("images", pictures[1].pk, verb), headers=HTMX)
    assert response.status_code == 409
    assert "is not attached to this document" in response.content.decode()
    assert order_of(document) == [pictures[0].pk, pictures[2].pk]


def test_images_are_attached_from_the_library(
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
    pictures: list[Image],
    workspace: Workspace,
    make_images: MakeImages,
) -> None:
    more = make_images(workspace, 2)
    ids = [image.pk for image in more]
    response = at_desk.post(url("images/attach"), {"image_ids": ids}, headers=HTMX)
    assert said(response) == "2 images attached."
    assert order_of(document) == [image.pk for image in [*pictures, *more]]


def test_foreign_images_and_no_images_are_refused(
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
    pictures: list[Image],
    elsewhere: Workspace,
    make_images: MakeImages,
) -> None:
    foreign = make_images(elsewhere, 1)[0]
    attach = url("images/attach")
    response = at_desk.post(attach, {"image_ids": [foreign.pk]}, headers=HTMX)
    assert response.status_code == 409
    assert "in this workspace" in response.content.decode()
    assert at_desk.post(attach, headers=HTMX).status_code == 422
    assert at_desk.post(attach, {"image_ids": ["x", "-1"]}, headers=HTMX).status_code == 422
    assert document.attachments.count() == 3


def test_the_21st_image_is_refused_and_nothing_is_lost(
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
    pictures: list[Image],
    workspace: Workspace,
    make_images: MakeImages,
) -> None:
    more = make_images(workspace, 18)
    ids = [image.pk for image in more]
    response = at_desk.post(url("images/attach"), {"image_ids": ids}, headers=HTMX)
    assert response.status_code == 409
    assert "18 more do not fit. Detach images first, or attach 17" in response.content.decode()
    assert document.attachments.count() == 3
    at_desk.post(url("images/attach"), {"image_ids": ids[:17]}, headers=HTMX)
    page = at_desk.get(url()).content.decode()
    assert "20 of 20 images. Detach one to add another." in page
    assert "Add images" not in page


def test_the_library_dialog_offers_what_is_not_attached_and_keeps_what_is_chosen(
    at_desk: Client,
    url: Callable[..., str],
    pictures: list[Image],
    workspace: Workspace,
    elsewhere: Workspace,
    make_images: MakeImages,
) -> None:
    cup, bowl = (make_images(workspace, 1, alt_text=text)[0] for text in ("A cup", "A bowl"))
    foreign = make_images(elsewhere, 1, alt_text="A cup")[0]
    part = at_desk.get(url("images/library"), headers=HTMX).content.decode()
    assert f'id="pick-{cup.pk}"' in part
    assert f'id="pick-{pictures[0].pk}"' not in part
    assert "<html" not in part

    query = {"q": "cup", "image_ids": [bowl.pk, foreign.pk, pictures[0].pk]}
    found = at_desk.get(url("images/library"), query, headers=HTMX).content.decode()
    assert f'id="pick-{cup.pk}"' in found
    assert found.count("checked") == 1
    assert f'id="pick-{foreign.pk}"' not in found
    page = at_desk.get(url("images/library")).content.decode()
    assert "<h1" in page


def test_the_number_of_queries_of_a_verb_does_not_grow(
    at_desk: Client,
    url: Callable[..., str],
    document: Document,
    workspace: Workspace,
    make_images: MakeImages,
    django_assert_max_num_queries: Any,
) -> None:
    images = make_images(workspace, 20)
    attach_images(document=document, images=[AttachItem(image.pk) for image in images])
    order = list(reversed(order_of(document)))
    with django_assert_max_num_queries(16):
        at_desk.post(url("images/order"), {"image_ids": order}, headers=HTMX)
    assert order_of(document) == order
