"""What is under review, in groups of cards."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphs import brief, copy, graph, node
from tests.workflows.views.reviewing import picture, review, variant
from workflows.graph.model import Graph
from workflows.views.reviews.board import build
from workflows.views.reviews.cards import CopyCard
from workflows.views.reviews.draft import Draft


def drawn(**config: Any) -> Graph:
    cards = node("cards", "generate_image", prompt="x")
    return graph([brief("topic"), copy("copy", **config), cards, review()], "brief > copy > review")


def copies(board: Any, group: int = 0) -> list[CopyCard]:
    return [card for card in board.groups[group].cards if isinstance(card, CopyCard)]


def test_pieces_are_grouped_by_the_step_that_made_them() -> None:
    stray = {**variant(2, "From the brief"), "node_key": ""}
    board = build([variant(1, "One"), stray, picture(1)], {}, drawn(), Draft())
    assert [(group.label, group.kind, group.type) for group in board.groups] == [
        ("Copy", "copy", "generate_copy"),
        ("From the brief", "copy", "brief"),
        ("Cards", "image", "generate_image"),
    ]


@pytest.mark.parametrize(
    ("rules", "selected", "words", "met"),
    [
        ({"pick_copy": "one"}, [], "0 of 1 picked", False),
        ({"pick_copy": "one"}, ["copy-1"], "1 of 1 picked", True),
        ({"pick_copy": "many"}, [], "0 picked", False),
        ({"pick_copy": "many"}, ["copy-1", "copy-2"], "2 picked", True),
        ({"pick_copy": 2}, ["copy-1"], "1 of 2 picked", False),
        ({"pick_copy": 2}, ["copy-1", "copy-2", "copy-3"], "3 of 2 picked", False),
        ({"pick_copy": 9}, ["copy-1", "copy-2", "copy-3"], "3 of 3 picked", True),
    ],
)
def test_a_rule_says_how_many_are_picked(
    rules: dict[str, Any], selected: list[str], words: str, met: bool
) -> None:
    items = [variant(number, "x") for number in (1, 2, 3)]
    rule = build(items, rules, drawn(), Draft(selected=selected)).rules[0]
    assert (rule.words, rule.is_met, rule.label) == (words, met, "Copy")


def test_nothing_is_picked_where_the_step_asks_for_none() -> None:
    board = build([variant(1, "x")], {"pick_copy": "none"}, drawn(), Draft())
    assert board.groups[0].rule is None


def test_fields_have_their_labels_and_limits_and_stand_as_they_were_written() -> None:
    fields = [{"key": "zz", "label": "Headline", "max_length": 60}, {"key": "body"}]
    item = variant(1, "Tea\nDry leaves", body="Dry leaves", zz="Tea")
    parts = copies(build([item], {}, drawn(fields=fields), Draft()))[0].parts
    assert [(part.place, part.label, part.max_length) for part in parts] == [
        ("copy-1.zz", "Headline", 60),
        ("copy-1.body", "Body", None),
    ]


def test_a_round_shows_what_changed_since_the_last_one() -> None:
    before = [variant(1, "Hot tea"), variant(2, "Cold tea")]
    items = [variant(1, "Hot soup"), variant(2, "Cold tea"), variant(3, "More tea")]
    board = build(items, {}, drawn(), Draft(), before)
    assert [card.changes for card in copies(board)] == [1, 0, 0]
    assert board.groups[0].changes == 1


def test_an_edit_is_shown_and_the_comparison_stays_with_what_the_step_wrote() -> None:
    draft = Draft(edits={"copy-1": "Mine"})
    card = copies(build([variant(1, "New")], {}, drawn(), draft, [variant(1, "Old")]))[0]
    assert card.is_edited
    assert card.parts[0].text == "Mine"
    assert [piece.text for piece in card.parts[0].diff] == ["Old", "New"]


def test_a_decided_review_shows_what_the_reviewer_changed() -> None:
    draft = Draft(edits={"copy-1": "Hot soup"})
    board = build([variant(1, "Hot tea")], {}, drawn(), draft, is_decided=True)
    assert [piece.text for piece in copies(board)[0].parts[0].diff] == ["Hot ", "tea", "soup"]


def test_images_stand_in_the_reviewers_order_and_keep_their_numbers() -> None:
    draft = Draft(order=["image-3", "image-1"], primary="image-3")
    board = build([picture(1), picture(2), picture(3)], {}, drawn(), draft)
    assert [card.number for card in board.images] == [3, 1, 2]
    assert board.primary is not None
    assert board.primary.number == 3


def test_an_image_made_anew_since_the_last_round_is_marked() -> None:
    board = build([picture(1, 77), picture(2)], {}, drawn(), Draft(), [picture(1), picture(2)])
    assert [card.is_new for card in board.images] == [True, False]


def test_alt_text_is_missed_of_the_images_that_go_on_alone() -> None:
    items = [picture(1, alt_text=""), picture(2, alt_text=""), picture(3)]
    draft = Draft(selected=["image-1", "image-3"], alt_text={"image-3": ""})
    picked = build(items, {"pick_images": "many"}, drawn(), draft)
    assert [card.id for card in picked.without_alt_text] == ["image-1", "image-3"]
    everything = build(items, {}, drawn(), Draft())
    assert [card.id for card in everything.without_alt_text] == ["image-1", "image-2"]


def test_an_article_is_shown_as_its_readers_will_see_it_and_plain_text_as_it_is() -> None:
    article = variant(1, "Lead\n\n## Say <b>why</b>\n\nText <script>x</script>")
    parts = [
        card.parts[0]
        for card in copies(build([article, variant(2, "#tea 5 * 3")], {}, drawn(), Draft()))
    ]
    assert "<h2>" in parts[0].html
    assert "<script" not in parts[0].html
    assert "<b>" not in parts[0].html
    assert parts[1].html == ""


@pytest.mark.parametrize(
    ("texts", "columns"),
    [
        (["x"], 1),
        (["x"] * 2, 2),
        (["x"] * 3, 3),
        (["x"] * 4, 2),
        (["x" * 400] * 6, 2),
        (["x" * 1000] * 6, 1),
    ],
)
def test_long_texts_get_more_room(texts: list[str], columns: int) -> None:
    items = [variant(number, text) for number, text in enumerate(texts, 1)]
    assert build(items, {}, drawn(), Draft()).groups[0].columns == columns
