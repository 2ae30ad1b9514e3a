"""Every operator, on text, numbers, lists and nothing."""

import pytest

from workflows.nodes.conditional import holds


@pytest.mark.parametrize(
    ("left", "operator", "right", "wanted"),
    [
        ("Apple", "equals", "apple", True),
        ("10", "equals", "10.0", True),
        (10, "equals", "10", True),
        ("10a", "equals", "10", False),
        (None, "equals", "", True),
        (True, "equals", "true", True),
        (["a"], "equals", "a", True),
        (["a", "b"], "equals", ["a", "b"], True),
        ("a", "not_equals", "b", True),
        ("a", "not_equals", "A", False),
        ("green tea", "contains", "TEA", True),
        (["tea", "milk"], "contains", "milk", True),
        (["tea", "milk"], "contains", "mil", False),
        ("tea", "contains", "", False),
        ("green tea", "not_contains", "milk", True),
        (None, "not_contains", "milk", True),
        ("green tea", "starts_with", "Green", True),
        ("green tea", "starts_with", "tea", False),
        ("green tea", "ends_with", "tea", True),
        ("green tea", "ends_with", "green", False),
        ("10", "greater_than", "9", True),
        ("b", "greater_than", "a", True),
        ("9", "greater_than", "10", False),
        (None, "greater_than", "1", False),
        (10, "at_least", "10", True),
        (9.5, "at_least", 10, False),
        ("9", "less_than", "10", True),
        ("", "less_than", "10", False),
        (10, "less_than", 10, False),
        (10, "at_most", "10", True),
        (11, "at_most", "10", False),
        ("b", "is_one_of", "a, B, c", True),
        ("b", "is_one_of", "a\nb", True),
        (2, "is_one_of", [1, 2], True),
        ("d", "is_one_of", "a, b", False),
        ("", "is_empty", "", True),
        ("  ", "is_empty", "", True),
        (None, "is_empty", "", True),
        ([], "is_empty", "", True),
        (0, "is_empty", "", False),
        ("x", "is_not_empty", "", True),
        ([], "is_not_empty", "", False),
        ("nan", "greater_than", "inf", True),
    ],
)
def test_an_operator(left: object, operator: str, right: object, wanted: bool) -> None:
    assert holds(left, operator, right) is wanted
