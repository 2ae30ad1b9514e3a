"""Due dates in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflows.models import NodeRun
from workflows.views.reviews.due import due
from workflows.views.reviews.looks import item_name

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "words", "token"),
    [
        (timedelta(hours=-3), "Overdue by 3 h", "failed"),
        (timedelta(days=-5), "Overdue by 5 days", "failed"),
        (timedelta(minutes=20), "Due in 20 min", "failed"),
        (timedelta(hours=2), "Due in 2 h", "failed"),
        (timedelta(hours=5), "Due in 5 h", "waiting"),
        (timedelta(hours=8), "Due today, 23:00", "waiting"),
        (timedelta(hours=26), "Due tomorrow, 17:00", "waiting"),
        (timedelta(days=3), "Due Sat, 15:00", "pending"),
        (timedelta(days=30), "Due 3 Apr", "pending"),
    ],
)
def test_a_due_date_is_told_by_how_near_it_is(left: timedelta, words: str, token: str) -> None:
    found = due(NOW + left, NOW)
    assert (found.words, found.token) == (words, token)


def test_without_a_date_it_says_so() -> None:
    assert due(None, NOW).words == "No due date"


@pytest.mark.parametrize(
    ("policy", "then"),
    [
        ("wait", "26 h left, nothing happens by itself."),
        ("approve", "26 h left, then it is approved with the first picks."),
        ("reject", "26 h left, then it is rejected."),
        ("fail", "26 h left, then the step fails."),
    ],
)
def test_it_says_what_happens_when_the_time_is_over(policy: str, then: str) -> None:
    assert due(NOW + timedelta(hours=26), NOW, {"on_timeout": policy}).left == then


@pytest.mark.parametrize(
    ("lane", "item", "name"),
    [
        ("", None, ""),
        ("0", "Oak desk", "Item 1: Oak desk"),
        ("1", {"sku": 7, "name": "Lamp"}, "Item 2: Lamp"),
        ("2", {"sku": 7}, "Item 3: 7"),
        ("3", 5, "Item 4: 5"),
        ("4", "", "Item 5"),
        ("5", "x" * 99, f"Item 6: {'x' * 59}…"),
    ],
)
def test_a_lane_is_named_by_its_item(lane: str, item: object, name: str) -> None:
    assert item_name(NodeRun(lane=lane, item=item)) == name
