"""From the form to the choices that the verb takes."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from tests.workflows.views.reviewing import picture, variant
from workflows.engine.states import Verdict
from workflows.reviews.picks import Choices
from workflows.views.reviews.draft import (
    Draft,
    choices,
    decided,
    moved,
    opening,
    problems,
    read,
)

ITEMS = [
    variant(1, "One\nline"),
    variant(2, "Tea\nDry leaves", title="Tea", body="Dry leaves"),
    picture(1),
    picture(2, alt_text=""),
]


def form(**given: str | list[str]) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, value in given.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


def test_an_untouched_form_chooses_nothing() -> None:
    untouched = {"edit.copy-1": "One\r\nline", "edit.copy-2.title": "Tea", "alt.image-1": "A card"}
    draft = read(form(**untouched), ITEMS)
    assert choices(draft) == Choices()


def test_picks_of_both_kinds_become_selected() -> None:
    draft = read(form(pick_copy=["copy-2"], pick_image=["image-1", "image-2"]), ITEMS)
    assert choices(draft).selected == ("copy-2", "image-1", "image-2")


def test_an_edit_is_what_differs_from_the_text_whatever_the_line_ends() -> None:
    draft = read(form(**{"edit.copy-1": "One\r\nother line"}), ITEMS)
    assert choices(draft).edits == {"copy-1": "One\nother line"}


def test_edits_of_fields_go_together_and_leave_out_the_others() -> None:
    given = {"edit.copy-2.title": "Green tea", "edit.copy-2.body": "Dry leaves"}
    assert choices(read(form(**given), ITEMS)).edits == {"copy-2": {"title": "Green tea"}}


def test_images_have_a_primary_an_order_and_alt_texts() -> None:
    given = {
        "primary": "image-2",
        "order": ["image-2", "image-1"],
        "alt.image-1": "",
        "alt.image-2": "  A  cup ",
    }
    made = choices(read(form(**given), ITEMS))
    assert (made.primary, made.order) == ("image-2", ("image-2", "image-1"))
    assert made.alt_text == {"image-1": "", "image-2": "A cup"}


def test_what_names_no_item_of_the_review_is_left_out_but_for_picks() -> None:
    draft = read(form(**{"edit.copy-9": "x", "alt.copy-1": "x", "pick_copy": "copy-9"}), ITEMS)
    assert draft.edits == draft.alt_text == {}
    assert draft.selected == ("copy-9",)  # the verb refuses it by name


@pytest.mark.parametrize(
    ("move", "order"),
    [
        ("image-1:1", "2 1 3"),
        ("image-3:-1", "1 3 2"),
        ("image-1:-1", "1 2 3"),
        ("image-3:1", "1 2 3"),
        ("image-9:1", "1 2 3"),
        ("image-1:7", "1 2 3"),
        ("", "1 2 3"),
    ],
)
def test_an_image_moves_by_one_place_within_the_row(move: str, order: str) -> None:
    found = moved(["image-1", "image-2", "image-3"], move)
    assert found == tuple(f"image-{number}" for number in order.split())


@pytest.mark.parametrize(
    ("draft", "rules", "field"),
    [
        (Draft(edits={"copy-1": "  "}), {}, "edit.copy-1"),
        (Draft(edits={"copy-1": "x" * 50_001}), {}, "edit.copy-1"),
        (Draft(edits={"copy-2.title": "\x00"}), {}, "edit.copy-2.title"),
        (Draft(alt_text={"image-1": "x" * 501}), {}, "alt.image-1"),
        (Draft(comment="\x00"), {}, "comment"),
        (Draft(comment="x" * 10_001), {}, "comment"),
        (Draft(), {"pick_copy": "one"}, "pick_copy"),
        (Draft(selected=["copy-1", "copy-2"]), {"pick_copy": "one"}, "pick_copy"),
        (Draft(), {"pick_images": "many"}, "pick_image"),
        (Draft(selected=["image-1"]), {"pick_images": 2}, "pick_image"),
        (Draft(selected=["image-1"], primary="image-2"), {"pick_images": "one"}, "primary"),
    ],
)
def test_what_does_not_fit_is_named_by_its_field(
    draft: Draft, rules: dict[str, object], field: str
) -> None:
    assert list(problems(draft, ITEMS, rules, Verdict.APPROVE)) == [field]


def test_only_approving_needs_picks() -> None:
    for verdict in (Verdict.REJECT, Verdict.REQUEST_CHANGES):
        assert problems(Draft(), ITEMS, {"pick_copy": 2, "pick_images": "one"}, verdict) == {}


def test_a_decision_reads_back_as_the_draft_it_was() -> None:
    draft = Draft(
        selected=("copy-2", "image-1"),
        edits={"copy-1": "Short", "copy-2.title": "Green tea"},
        primary="image-1",
        order=("image-1", "image-2"),
        alt_text={"image-2": "A cup"},
        comment="Good",
    )
    made = choices(draft)
    data = {name: getattr(made, name) for name in made.__dataclass_fields__}
    assert decided(data, "Good") == draft


def test_the_first_pieces_are_picked_as_many_as_the_step_asks_for() -> None:
    one_each = [variant(1, "Only"), picture(1)]
    rules = {"pick_copy": "one", "pick_images": 3}
    assert opening(one_each, rules).selected == ("copy-1", "image-1")
    many = {"pick_copy": "one", "pick_images": "many"}
    assert opening(ITEMS, many).selected == ("copy-1", "image-1", "image-2")
    assert opening(ITEMS, {"pick_copy": "none", "pick_images": "none"}).selected == ()


def test_the_next_round_keeps_what_was_chosen_of_pieces_that_came_back_unchanged() -> None:
    last = Draft(
        selected=("copy-1", "copy-2", "image-1"),
        edits={"copy-1": "Mine", "copy-2.title": "Mine"},
        primary="image-1",
        order=("image-2", "image-1"),
        alt_text={"image-2": "A cup"},
    )
    items = [variant(1, "Written anew"), *ITEMS[1:]]
    draft = opening(items, {"pick_copy": "many"}, ITEMS, last)
    assert draft.selected == ("copy-2", "image-1")
    assert draft.edits == {"copy-2.title": "Mine"}
    assert (draft.primary, draft.order) == ("image-1", ("image-2", "image-1"))
    assert draft.alt_text == {"image-2": "A cup"}
    assert draft.comment == ""


def test_an_image_made_anew_loses_what_was_chosen_for_the_old_one() -> None:
    last = Draft(selected=("image-1",), primary="image-1", order=("image-2", "image-1"))
    draft = opening([*ITEMS[:2], picture(1, 77), ITEMS[3]], {}, ITEMS, last)
    assert (draft.selected, draft.primary, draft.order) == ((), "", ())
