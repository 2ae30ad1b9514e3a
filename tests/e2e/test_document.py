"""One document in a browser: its images, its editor, its lightbox."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from documents.attach import AttachItem, attach_images, detach
from documents.create import create_document
from documents.edit import edit_document
from documents.images import put_object, store_image
from documents.models import Document, Image
from documents.uploads import CleanImage
from tests.documents.conftest import png
from tests.documents.views.conftest import order_of
from tests.e2e.browsing import PHONE, Tab, axe
from tests.e2e.conftest import OpenPage
from workspaces.models import User, Workspace

COLOURS = ["red", "green", "blue", "orange", "teal", "navy", "gold", "pink", "gray", "lime"]


@pytest.fixture
def store(workspace: Workspace) -> Callable[[int], list[Image]]:
    """Store small pictures, each of another size and colour."""

    def make(count: int) -> list[Image]:
        images = []
        for number in range(count):
            width, colour = 40 + number, COLOURS[number % len(COLOURS)]
            data = png(width, 30, colour)
            sha = hashlib.sha256(data).hexdigest()
            clean = CleanImage(data, "image/png", "png", width, 30, sha)
            key = put_object(clean, workspace_id=workspace.pk)
            text = f"A {colour} card {number}"
            images.append(
                store_image(
                    workspace=workspace, clean=clean, key=key, source="upload", alt_text=text
                )
            )
        return images

    return make


@pytest.fixture
def document(workspace: Workspace, editor: User) -> Document:
    body = "# Tea for two\n\nHot *and* green.\n\n## Cups\n\n- one\n- two\n\n## Bowls\n\nNone."
    return create_document(workspace=workspace, title="Tea", body=body, author=editor)


@pytest.fixture
def images(document: Document, store: Callable[[int], list[Image]]) -> list[Image]:
    """Four images of the document."""
    made = store(4)
    attach_images(document=document, images=[AttachItem(image.pk) for image in made])
    return made


def address(document: Document, *parts: str) -> str:
    return "/".join([f"/w/{document.workspace.slug}/documents/{document.pk}", *parts])


def shown(page: Page) -> list[int]:
    rows = page.locator("#images-list [data-image]")
    return [int(value) for value in rows.evaluate_all("all => all.map(row => row.dataset.image)")]


def grip(page: Page, image: Image) -> Locator:
    return page.locator(f"#grip-{image.pk}")


def said(page: Page, words: str) -> None:
    """Wait for what is announced after a change."""
    expect(page.locator("#images-said")).to_have_text(words)


def test_an_image_is_dragged_to_another_place(
    browser_page: OpenPage, editor: User, document: Document, images: list[Image]
) -> None:
    page = browser_page(editor)
    page.goto(address(document))
    a, b, c, d = (image.pk for image in images)
    start, end = grip(page, images[0]).bounding_box(), grip(page, images[2]).bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 5, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, start["y"] + 60, steps=4)
    expect(page.locator(f"#pic-{a}")).to_have_class("pic pic--primary pic--lifted")
    page.mouse.move(end["x"] + 5, end["y"] + 45, steps=12)
    page.mouse.up()

    said(page, "Moved to position 3 of 4.")
    assert shown(page) == [b, c, a, d]
    assert order_of(document) == [b, c, a, d]
    expect(grip(page, images[0])).to_be_focused()
    expect(page.locator(f"#pic-{a}")).to_have_class("pic pic--primary")
    expect(page.locator(f"#pic-{a} .pic__name")).to_contain_text("Image 3")


def test_escape_gives_up_a_drag(
    browser_page: OpenPage, editor: User, document: Document, images: list[Image]
) -> None:
    page = browser_page(editor)
    page.goto(address(document))
    before = shown(page)
    start = grip(page, images[0]).bounding_box()
    assert start
    page.mouse.move(start["x"] + 5, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, start["y"] + 250, steps=8)
    assert shown(page) != before
    page.keyboard.press("Escape")
    page.mouse.up()
    assert shown(page) == before
    assert order_of(document) == before


def test_alt_and_arrows_move_an_image_and_keep_the_focus(
    browser_page: OpenPage, editor: User, document: Document, images: list[Image]
) -> None:
    page = browser_page(editor)
    page.goto(address(document))
    a, b, c, d = (image.pk for image in images)
    grip(page, images[1]).focus()
    for _ in range(3):  # faster than the server answers, and one more than there are places
        page.keyboard.press("Alt+ArrowDown")
    said(page, "Moved to position 4 of 4.")
    assert shown(page) == [a, c, d, b]
    expect(grip(page, images[1])).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    said(page, "Moved to position 3 of 4.")
    assert order_of(document) == [a, c, b, d]
    expect(grip(page, images[1])).to_be_focused()


def test_an_order_out_of_date_is_refused_and_the_images_are_shown_as_they_are(
    browser_page: OpenPage, tab: Tab, editor: User, document: Document, images: list[Image]
) -> None:
    tab.allow("409")
    page = browser_page(editor)
    page.goto(address(document))
    detach(document, images[3].pk)
    grip(page, images[0]).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("alert")).to_contain_text("The order names images")
    assert shown(page) == [image.pk for image in images[:3]]
    assert order_of(document) == shown(page)


def test_files_are_uploaded_with_progress_and_bad_ones_named(
    browser_page: OpenPage, tab: Tab, editor: User, document: Document
) -> None:
    tab.allow("422")
    page = browser_page(editor)
    page.goto(address(document))
    held: list[Route] = []
    hold = lambda route: held.append(route) if not held else route.continue_()  # noqa: E731
    page.route("**/images/upload", hold)
    page.locator("#files").set_input_files(
        [
            {"name": "cup.png", "mimeType": "image/png", "buffer": png(64, 64)},
            {"name": "notes.png", "mimeType": "image/png", "buffer": b"not a picture"},
        ]
    )
    rows = page.locator("#uploads .upload")
    expect(rows).to_have_count(2)
    expect(page.get_by_role("progressbar", name="Upload of cup.png")).to_be_visible()
    expect(rows.nth(1)).to_contain_text("Waiting")
    assert len(held) == 1
    held[0].continue_()

    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("notes.png")
    expect(rows).to_contain_text("This file is not a picture that we know.")
    expect(page.locator("[data-image]")).to_have_count(1)
    expect(page.locator("#hero")).to_be_visible()
    expect(page.locator("#images .badge").first).to_have_text("1 / 20")
    assert document.attachments.count() == 1
    page.get_by_role("button", name="Dismiss notes.png").click()
    expect(rows).to_have_count(0)


def test_files_are_dropped_onto_the_page(
    browser_page: OpenPage, editor: User, document: Document
) -> None:
    page = browser_page(editor)
    page.goto(address(document))
    transfer = page.evaluate_handle(
        """async (bytes) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([new Uint8Array(bytes)], "cup.png", {type: "image/png"}));
          return transfer;
        }""",
        list(png(32, 32)),
    )
    page.dispatch_event("#images", "dragenter", {"dataTransfer": transfer})
    expect(page.locator("body[data-dropping]")).to_have_count(1)
    page.dispatch_event("#images", "drop", {"dataTransfer": transfer})
    expect(page.locator("[data-image]")).to_have_count(1)
    expect(page.locator("body[data-dropping]")).to_have_count(0)


def test_the_21st_image_is_refused_by_name_and_nothing_is_lost(
    browser_page: OpenPage,
    tab: Tab,
    editor: User,
    document: Document,
    store: Callable[[int], list[Image]],
) -> None:
    tab.allow("409")
    attach_images(document=document, images=[AttachItem(image.pk) for image in store(19)])
    page = browser_page(editor)
    page.goto(address(document))
    page.locator("#files").set_input_files(
        [
            {"name": name, "mimeType": "image/png", "buffer": png(70, 70, colour)}
            for name, colour in (("twentieth.png", "red"), ("more.png", "blue"))
        ]
    )
    refused = page.locator("#uploads .upload--failed")
    expect(refused).to_contain_text("more.png")
    expect(refused).to_contain_text("The document has 20 images, and may have no more.")
    expect(page.locator("#images-full")).to_contain_text("20 of 20 images.")
    expect(page.locator("[data-image]")).to_have_count(20)
    assert (document.attachments.count(), Image.objects.count()) == (20, 20)


def test_alt_text_and_caption_are_written_in_place(
    browser_page: OpenPage, editor: User, document: Document, images: list[Image]
) -> None:
    attached = document.attachments.get(image=images[1])
    attached.alt_text = ""
    attached.save()
    page = browser_page(editor)
    page.goto(address(document))
    row = page.locator(f"#pic-{images[1].pk}")
    row.get_by_text("Add alt text").click()
    row.get_by_label("Alt text").fill("A cup at dawn")
    row.get_by_label("Caption").fill("Dawn")
    row.get_by_role("button", name="Save").click()
    said(page, "Alt text and caption saved.")
    expect(row.locator(".pic__alt")).to_have_text("A cup at dawn")
    expect(row.get_by_label("Caption")).to_be_hidden()
    expect(row.locator("summary")).to_be_focused()
    attached.refresh_from_db()
    assert (attached.alt_text, attached.caption) == ("A cup at dawn", "Dawn")


def test_an_image_is_detached_and_put_back_by_keyboard(
    browser_page: OpenPage, editor: User, document: Document, images: list[Image]
) -> None:
    page = browser_page(editor)
    page.goto(address(document))
    first = images[0].pk
    page.locator(f"#edit-{first}").press("Enter")
    page.locator(f"#detach-{first}").press("Enter")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    assert shown(page) == [image.pk for image in images[1:]]
    expect(page.locator(f"#hero img[src*='/{images[1].pk}/']")).to_be_visible()
    undo.press("Enter")
    said(page, "The image is back in its place.")
    assert shown(page) == [image.pk for image in images]
    expect(page.locator(f"#edit-{first}")).to_be_focused()
    expect(page.locator(f"#hero img[src*='/{first}/']")).to_be_visible()


def test_the_buttons_of_a_row_do_what_dragging_does(
    browser_page: OpenPage, editor: User, document: Document, images: list[Image]
) -> None:
    page = browser_page(editor, size=PHONE, has_touch=True)
    page.goto(address(document))
    page.get_by_role("button", name="Images 4").tap()
    last = images[3].pk
    page.locator(f"#edit-{last}").tap()
    page.get_by_role("button", name="Move image 4 up").tap()
    said(page, "Moved to position 3 of 4.")
    expect(page.locator(f"#more-{last}")).to_have_attribute("open", "")
    page.locator(f"#primary-{last}").tap()
    said(page, "This is the primary image now.")
    expect(page.locator(f"#pic-{last}")).to_have_class("pic pic--primary")
    assert document.attachments.get(is_primary=True).image_id == last
    page.get_by_role("button", name="Close images").tap()
    expect(page.locator("#images")).to_be_hidden()


def test_images_are_chosen_from_the_library(
    browser_page: OpenPage,
    editor: User,
    document: Document,
    images: list[Image],
    store: Callable[[int], list[Image]],
) -> None:
    more = store(3)
    page = browser_page(editor)
    page.goto(address(document))
    page.get_by_role("link", name="Choose from the library").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("A red card 0").check()
    dialog.get_by_label("Search alt texts and prompts").fill("blue")
    expect(dialog.get_by_label("A green card 1")).to_have_count(0)
    expect(dialog.get_by_label("A red card 0")).to_be_checked()
    dialog.get_by_label("A blue card 2").check()
    dialog.get_by_role("button", name="Attach 2 images").click()
    said(page, "2 images attached.")
    expect(dialog).to_be_hidden()
    assert sorted(order_of(document)[4:]) == [more[0].pk, more[2].pk]


def test_the_lightbox_goes_from_image_to_image_and_back(
    browser_page: OpenPage, editor: User, document: Document, images: list[Image]
) -> None:
    page = browser_page(editor)
    page.goto(address(document))
    page.locator(f"#thumb-{images[1].pk}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("Image 2 of 4")
    expect(dialog).to_contain_text("41 \u00d7 30 px")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("heading")).to_have_text("Image 3 of 4")
    expect(dialog.locator("img")).to_have_attribute("alt", "A blue card 2")
    dialog.get_by_role("button", name="Next image").click()
    expect(dialog.get_by_role("button", name="Next image")).to_be_disabled()
    axe(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(f"#thumb-{images[1].pk}")).to_be_focused()


def test_a_text_is_edited_with_keys_and_saved(
    browser_page: OpenPage, editor: User, document: Document
) -> None:
    page = browser_page(editor)
    page.goto(address(document))
    page.get_by_role("link", name="Edit").click()
    text = page.get_by_label("Text in Markdown")
    text.fill("Tea")
    text.press("Control+a")
    text.press("Control+b")
    expect(text).to_have_value("**Tea**")
    expect(page.locator("#preview strong")).to_have_text("Tea")
    page.get_by_role("button", name="Italic").click()
    expect(text).to_have_value("***Tea***")
    text.press("Control+z")
    expect(text).to_have_value("**Tea**")
    text.press("End")
    page.keyboard.type("\n\nCups")
    page.get_by_role("button", name="Heading").click()
    expect(text).to_have_value("**Tea**\n\n## Cups")
    text.press("Control+s")

    page.wait_for_url(f"**{address(document)}")
    expect(page.locator(".toast")).to_have_text("Saved as version 2.")
    expect(page.locator("article h3")).to_have_text("Cups")
    assert page.evaluate("localStorage.length") == 0
    document.refresh_from_db()
    assert document.body == "**Tea**\n\n## Cups"


def test_nothing_typed_is_lost_by_leaving(
    browser_page: OpenPage, editor: User, document: Document
) -> None:
    page = browser_page(editor)
    page.goto(address(document, "edit"))
    page.get_by_label("Text in Markdown").fill("Half a thought")
    expect(page.locator("#editor-state")).to_contain_text("a draft is kept on this device")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"**{address(document)}")
    assert asked == ["beforeunload"]
    expect(page.locator("article")).to_contain_text("Hot and green.")

    page.goto(address(document, "edit"))
    page.get_by_role("button", name="Use the draft").click()
    expect(page.get_by_label("Text in Markdown")).to_have_value("Half a thought")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**{address(document)}")
    document.refresh_from_db()
    assert document.body == "Half a thought"


def test_whoever_saves_second_chooses_between_both_texts(
    browser_page: OpenPage, tab: Tab, editor: User, owner: User, document: Document
) -> None:
    tab.allow("409")
    page = browser_page(editor)
    page.goto(address(document, "edit"))
    page.get_by_label("Text in Markdown").fill("My words")
    edit_document(document=document, title="Tea", body="Their words", author=owner)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Owner saved version 2")
    expect(page.get_by_label("Text in Markdown")).to_have_value("My words")
    expect(page.get_by_label("Their text")).to_have_text("Their words")
    axe(page)
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.locator(".toast")).to_have_text("Saved as version 3.")
    document.refresh_from_db()
    assert document.body == "My words"


def test_the_outline_follows_the_reader(
    browser_page: OpenPage, viewer: User, document: Document
) -> None:
    edit_document(
        document=document, title="Tea", body=document.body + "\n\nMore." * 60, author=viewer
    )
    page = browser_page(viewer)
    page.goto(address(document))
    outline = page.get_by_role("navigation", name="On this page")
    expect(outline.locator("[aria-current]")).to_have_text("Tea for two")
    outline.get_by_role("link", name="Bowls").click()
    expect(outline.locator("[aria-current]")).to_have_text("Bowls")


@pytest.mark.parametrize("path", ["documents", "documents/new", "images"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lists_are_for_everybody(
    path: str,
    scheme: str,
    browser_page: OpenPage,
    editor: User,
    document: Document,
    images: list[Image],
) -> None:
    page = browser_page(editor, color_scheme=scheme)
    page.goto(f"/w/{document.workspace.slug}/{path}")
    axe(page)


@pytest.mark.parametrize("path", ["", "edit", "versions", "versions/1", "images/library"])
@pytest.mark.parametrize(("scheme", "size"), [("light", (1440, 900)), ("dark", PHONE)])
def test_pages_of_a_document_are_for_everybody(
    path: str,
    scheme: str,
    size: tuple[int, int],
    browser_page: OpenPage,
    editor: User,
    document: Document,
    images: list[Image],
) -> None:
    page = browser_page(editor, color_scheme=scheme, size=size)
    page.goto(address(document, path) if path else address(document))
    axe(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= size[0]
