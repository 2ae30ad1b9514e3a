"""What changed between two texts, word by word."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.reviews.diff import count_changes, word_diff

SOME = ["tea", "cup ", "the ", ". ", "\n", " ", "\u2019s", "é"]
WORDS = st.lists(st.sampled_from(SOME), max_size=60)
TEXTS = WORDS.map("".join) | st.text(max_size=60)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MARKS = {"same": "{}", "insert": "+{}+", "delete": "-{}-"}


def drawn(old: str, new: str) -> str:
    return "".join(MARKS[piece.kind].format(piece.text) for piece in word_diff(old, new))


@patient
@given(TEXTS, TEXTS)
def test_without_insertions_it_is_the_old_text_and_without_deletions_the_new(
    old: str, new: str
) -> None:
    pieces = word_diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "insert") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "delete") == new


@patient
@given(TEXTS, TEXTS)
def test_it_counts_a_change_exactly_where_texts_differ(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert (count_changes(pieces) > 0) == (old != new)
    assert all(piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a dog sat", "a cat sat", "a -dog -+cat +sat"),
        ("Hot tea.", "Hot tea, now.", "Hot tea+, now+."),
        ("same", "same", "same"),
        ("", "new", "+new+"),
        ("old", "", "-old-"),
        ("don't stop", "don\u2019t stop", "-don't -+don\u2019t +stop"),
    ],
)
def test_words_are_compared_whole(old: str, new: str, expected: str) -> None:
    assert drawn(old, new) == expected


def test_a_few_kept_words_between_long_changes_are_counted_as_changed() -> None:
    """Chopped diffs cannot be read: what is rewritten is shown as rewritten."""
    old = "Quiet keys loud ideas, meet the board that lets you think"
    new = "Work in silence, write with the board which charges in an hour"
    assert count_changes(word_diff(old, new)) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("the " * 20_000, "the a " * 10_000),
        ("a\n" * 20_000, "b\na\n" * 10_000),
        (" ".join(map(str, range(20_000))), " ".join(map(str, reversed(range(20_000))))),
    ],
)
def test_texts_made_to_be_slow_take_little_time(old: str, new: str) -> None:
    start = time.process_time()
    word_diff(old, new)
    assert time.process_time() - start < 2
