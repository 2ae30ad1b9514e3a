import threading

import pytest
from django.db import connection

from documents.attach import (
    AttachItem,
    AttachmentError,
    ForeignImage,
    NotAPermutation,
    NotAttached,
    TooManyImages,
    attach_images,
    detach,
    reorder,
    set_primary,
    update_attachment,
)
from documents.create import create_document
from documents.models import Document
from workspaces.models import Workspace


def items(images) -> list[AttachItem]:
    return [AttachItem(image.pk) for image in images]


def order(document) -> list[int]:
    rows = list(document.attachments.all())
    assert [row.attachment_order for row in rows] == list(range(1, len(rows) + 1))
    return [row.image_id for row in rows]


def primary(document) -> int | None:
    return document.attachments.filter(is_primary=True).values_list("image_id", flat=True).first()


def ids(images) -> list[int]:
    return [image.pk for image in images]


@pytest.fixture
def pictures(workspace, make_images):
    return make_images(workspace, 25)


def test_images_are_appended_in_order_and_the_first_becomes_primary(document, pictures):
    rows = attach_images(document=document, images=items(pictures[:2]))
    attach_images(document=document, images=items(pictures[2:4]))
    assert order(document) == ids(pictures[:4])
    assert primary(document) == pictures[0].pk
    assert [row.image_id for row in rows] == ids(pictures[:2])
    assert all(row.pk for row in rows)


def test_replace_detaches_what_was_there(document, pictures):
    attach_images(document=document, images=items(pictures[:3]))
    attach_images(document=document, images=items(pictures[2:5]), mode="replace")
    assert order(document) == ids(pictures[2:5])
    assert primary(document) == pictures[2].pk


def test_replacing_by_nothing_leaves_nothing(document, pictures):
    attach_images(document=document, images=items(pictures[:3]))
    assert attach_images(document=document, images=[], mode="replace") == []
    assert order(document) == []


def test_primary_can_be_none_or_a_certain_image(document, pictures):
    attach_images(document=document, images=items(pictures[:2]), primary="none")
    assert primary(document) is None
    attach_images(document=document, images=items(pictures[2:4]), primary=pictures[3].pk)
    assert primary(document) == pictures[3].pk
    attach_images(document=document, images=items(pictures[4:5]), primary=pictures[0].pk)
    assert primary(document) == pictures[0].pk


def test_a_primary_that_is_not_attached_changes_nothing(document, pictures):
    with pytest.raises(NotAttached):
        attach_images(document=document, images=items(pictures[:2]), primary=pictures[9].pk)
    assert order(document) == []


def test_texts_come_from_the_item_and_else_from_the_image(document, pictures):
    own = AttachItem(pictures[0].pk, "A red boat", "At sea")
    first, second = attach_images(document=document, images=[own, AttachItem(pictures[1].pk)])
    assert (first.alt_text, first.caption) == ("A red boat", "At sea")
    assert (second.alt_text, second.caption) == (pictures[1].alt_text, "")


def test_an_image_that_is_attached_stays_where_it_is(document, pictures):
    attach_images(document=document, images=items(pictures[:3]))
    rows = attach_images(document=document, images=items([pictures[1], pictures[3], pictures[3]]))
    assert order(document) == ids(pictures[:4])
    assert [row.image_id for row in rows] == [pictures[1].pk, pictures[3].pk]


def test_the_21st_image_is_refused_with_numbers_and_nothing_changes(document, pictures):
    attach_images(document=document, images=items(pictures[:18]))
    with pytest.raises(TooManyImages) as error:
        attach_images(document=document, images=items(pictures[18:21]))
    assert str(error.value) == "The document has 18 images and may have 20; 3 more do not fit."
    assert error.value.hint == "Detach images first, or attach 2 at most."
    assert isinstance(error.value, AttachmentError)
    assert order(document) == ids(pictures[:18])
    with pytest.raises(TooManyImages):
        attach_images(document=document, images=items(pictures[:21]), mode="replace")
    assert order(document) == ids(pictures[:18])


def test_a_workspace_can_have_its_own_limit(document, workspace, pictures):
    workspace.max_images_per_document = 2
    workspace.save()
    with pytest.raises(TooManyImages, match="may have 2"):
        attach_images(document=Document.objects.get(), images=items(pictures[:3]))


def test_an_image_of_another_workspace_is_refused_and_named(
    document, elsewhere, make_images, pictures
):
    [foreign] = make_images(elsewhere, 1)
    with pytest.raises(ForeignImage, match=f"no image {foreign.pk}, 999999 in"):
        attach_images(
            document=document, images=[*items([pictures[0], foreign]), AttachItem(999999)]
        )
    assert order(document) == []


def test_a_step_that_is_applied_again_attaches_nothing_twice(document, pictures):
    first = attach_images(document=document, images=items(pictures[:3]), effect_key_prefix="x1.a.")
    again = attach_images(document=document, images=items(pictures[:3]), effect_key_prefix="x1.a.")
    other = attach_images(document=document, images=items(pictures[3:6]), effect_key_prefix="x1.a.")
    assert [row.pk for row in first] == [row.pk for row in again] == [row.pk for row in other]
    assert order(document) == ids(pictures[:3])


def test_a_replacing_step_that_is_applied_again_leaves_its_images_attached(document, pictures):
    attach_images(document=document, images=items(pictures[5:6]))
    call = {"document": document, "images": items(pictures[:3]), "mode": "replace"}
    first = attach_images(**call, effect_key_prefix="x1.a.")
    again = attach_images(**call, effect_key_prefix="x1.a.")
    assert [row.pk for row in first] == [row.pk for row in again]
    assert order(document) == ids(pictures[:3])


def test_a_step_in_its_next_round_replaces_its_own_images_in_their_place(document, pictures):
    attach_images(document=document, images=items(pictures[:1]))
    attach_images(document=document, images=items(pictures[1:3]), effect_key_prefix="x1.a.")
    attach_images(document=document, images=items(pictures[3:4]), effect_key_prefix="x1.a.b")
    attach_images(
        document=document,
        images=items([pictures[8], pictures[2]]),
        effect_key_prefix="x1.a.",
        replace_effects=True,
    )
    assert order(document) == ids([pictures[0], pictures[8], pictures[2], pictures[3]])
    assert primary(document) == pictures[0].pk


def test_the_next_round_gives_the_primary_to_its_first_image(document, pictures):
    attach_images(document=document, images=items(pictures[:2]), effect_key_prefix="s")
    attach_images(document=document, images=items(pictures[4:5]), primary="none")
    attach_images(
        document=document,
        images=items(pictures[2:4]),
        effect_key_prefix="s",
        replace_effects=True,
    )
    assert order(document) == ids(pictures[2:5])
    assert primary(document) == pictures[2].pk


def test_the_next_round_may_fill_the_document_to_its_limit(document, pictures):
    call = {"effect_key_prefix": "s", "replace_effects": True}
    attach_images(document=document, images=items(pictures[:20]), **call)
    attach_images(document=document, images=items(pictures[5:25]), **call)
    assert order(document) == ids(pictures[5:25])


def test_what_a_person_wrote_about_an_image_survives_the_next_round(document, pictures):
    call = {"effect_key_prefix": "s", "replace_effects": True}
    attach_images(document=document, images=items(pictures[:1]), **call)
    update_attachment(document, pictures[0].pk, alt_text="Seen", caption="Said")
    [row] = attach_images(document=document, images=items(pictures[:1]), **call)
    assert (row.alt_text, row.caption) == ("Seen", "Said")


def test_the_first_image_left_becomes_primary_when_the_primary_is_detached(document, pictures):
    attach_images(document=document, images=items(pictures[:3]), primary=pictures[1].pk)
    detach(document, pictures[1].pk)
    assert (order(document), primary(document)) == (ids([pictures[0], pictures[2]]), pictures[0].pk)
    detach(document, pictures[2].pk)
    assert (order(document), primary(document)) == (ids(pictures[:1]), pictures[0].pk)
    detach(document, pictures[0].pk)
    assert (order(document), primary(document)) == ([], None)


def test_a_document_without_primary_gets_none_by_detaching(document, pictures):
    attach_images(document=document, images=items(pictures[:3]), primary="none")
    detach(document, pictures[0].pk)
    assert primary(document) is None


def test_images_are_reordered_and_the_primary_stays(document, pictures):
    attach_images(document=document, images=items(pictures[:3]))
    reorder(document, ids([pictures[2], pictures[0], pictures[1]]))
    assert order(document) == ids([pictures[2], pictures[0], pictures[1]])
    assert primary(document) == pictures[0].pk


@pytest.mark.parametrize("wrong", [[0, 1], [0, 1, 1], [0, 1, 2, 3], [0, 1, 2, 2]])
def test_an_order_that_is_no_permutation_changes_nothing(document, pictures, wrong):
    attach_images(document=document, images=items(pictures[:3]))
    with pytest.raises(NotAPermutation):
        reorder(document, [pictures[index].pk for index in wrong])
    assert order(document) == ids(pictures[:3])


def test_another_image_becomes_primary(document, pictures):
    attach_images(document=document, images=items(pictures[:3]))
    set_primary(document, pictures[2].pk)
    assert primary(document) == pictures[2].pk
    assert order(document) == ids(pictures[:3])


def test_only_the_texts_that_are_given_change(document, pictures):
    attach_images(document=document, images=[AttachItem(pictures[0].pk, "Alt", "Caption")])
    row = update_attachment(document, pictures[0].pk, caption="")
    assert (row.alt_text, row.caption) == ("Alt", "")


def test_an_image_that_is_not_attached_cannot_be_arranged(document, pictures):
    for act in (detach, set_primary, update_attachment):
        with pytest.raises(NotAttached, match=f"Image {pictures[0].pk} is not attached"):
            act(document, pictures[0].pk)


def test_an_attachment_counts_as_an_update_of_the_document(document, pictures):
    before = Document.objects.get().updated_at
    attach_images(document=document, images=items(pictures[:1]))
    assert Document.objects.get().updated_at > before


@pytest.mark.django_db(transaction=True)
def test_of_five_at_once_two_attach_and_three_are_told_why(make_images):
    workspace = Workspace.objects.create(name="Team", slug="team")
    document = create_document(workspace=workspace, title="T", body="")
    pictures = make_images(workspace, 23)
    attach_images(document=document, images=items(pictures[:18]))
    barrier = threading.Barrier(5)
    told: list[str] = []

    def attach(image) -> None:
        barrier.wait()
        try:
            attach_images(document=Document.objects.get(pk=document.pk), images=items([image]))
        except TooManyImages as error:
            told.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=attach, args=[image]) for image in pictures[18:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(order(document)) == 20
    assert told == ["The document has 20 images and may have 20; 1 more do not fit."] * 3
    assert primary(document) == pictures[0].pk
