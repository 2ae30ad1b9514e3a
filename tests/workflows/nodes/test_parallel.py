"""What counts as items."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.graph.model import Issue
from workflows.nodes import registry
from workflows.nodes.parallel import MAX_ITEMS, as_items, is_path, literal_items

registry.discover()
PARALLEL: Any = registry.get("parallel")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (None, []),
        ("", []),
        ("  \n ", []),
        ("one", ["one"]),
        (" a \n\n b\r\nc", ["a", "b", "c"]),
        ("a, b", ["a, b"]),
        ('["a", 1, null, {"b": [2]}]', ["a", 1, None, {"b": [2]}]),
        (" []", []),
        ("3", [1, 2, 3]),
        (3, [1, 2, 3]),
        (0, []),
        ("0", []),
        ("-1", ["-1"]),
        ("3.5", ["3.5"]),
        ([], []),
        (["a", ""], ["a", ""]),
    ],
)
def test_items_are_a_list_lines_json_or_a_number(value: Any, wanted: list[Any]) -> None:
    assert as_items(value) == wanted


@pytest.mark.parametrize("value", [51, "51", 1_000_000, "9" * 5_000])
def test_a_number_that_is_too_large_is_cut_where_it_shows(value: Any) -> None:
    assert len(as_items(value)) == MAX_ITEMS + 1


@pytest.mark.parametrize(
    "value",
    [True, 1.5, {"a": 1}, -1, 10**400, "[", '["a"', "[1] 2", "[NaN]", "[-Infinity]", "[" * 9_000],
)
def test_anything_else_is_no_items(value: Any) -> None:
    with pytest.raises(ValueError, match="items"):
        as_items(value)


@given(st.text() | st.integers() | st.none() | st.booleans() | st.floats() | st.lists(st.none()))
@settings(max_examples=200)
def test_any_value_is_a_list_or_a_named_error(value: Any) -> None:
    try:
        assert isinstance(as_items(value), list)
    except ValueError as error:
        assert "items" in str(error)


@pytest.mark.parametrize(
    "text",
    ["brief.names", " nodes.copy.variants ", "nodes.copy.variants[0].fields", "brief.names.0"],
)
def test_a_known_root_with_a_name_after_it_is_a_path(text: str) -> None:
    assert is_path(text)
    assert literal_items(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "brief",
        "names",
        "other.names",
        "brief.names\nbrief.other",
        "brief.names and more",
        "brief.",
        "brief.na-mes",
        "{{ brief.names }}",
        "https://brief.example",
        "",
        "today.",
    ],
)
def test_other_text_is_no_path(text: str) -> None:
    assert not is_path(text)


def test_templated_items_wait_for_the_run() -> None:
    assert literal_items("{{ brief.names }}") is None
    assert literal_items("a\n{% if brief.b %}b{% endif %}") is None


def test_nothing_is_no_items_and_blank_lines_are_an_empty_list() -> None:
    assert literal_items(None) is literal_items("") is literal_items([]) is None
    assert literal_items("  ") == []


def issues(**config: Any) -> list[Issue]:
    return list(PARALLEL.check_config(config))


@pytest.mark.parametrize("items", [51, list(range(51)), "\n".join("a" * 51)])
def test_more_than_fifty_written_items_are_an_error_of_the_field(items: Any) -> None:
    (issue,) = issues(items=items)
    assert (issue.code, issue.field) == ("too_many_items", "items")


@pytest.mark.parametrize("items", ["[", '{"a": 1}\n[', "[1, NaN]"])
def test_only_a_list_that_begins_as_json_must_be_json(items: str) -> None:
    found = issues(items=items)
    assert [issue.field for issue in found] == (["items"] if items.startswith("[") else [])


@pytest.mark.parametrize("name", ["brief", "nodes", "index", "today", "feedback"])
def test_an_item_cannot_take_the_name_of_a_variable(name: str) -> None:
    assert [issue.field for issue in issues(items="a", item_name=name)] == ["item_name"]


def test_the_item_is_known_inside_alone_and_only_with_items() -> None:
    assert PARALLEL.child_roots({"items": "a", "item_name": "product"}) == {
        "item",
        "index",
        "product",
    }
    assert PARALLEL.child_roots({"items": ["a"]}) == {"item", "index"}
    assert PARALLEL.child_roots({}) == PARALLEL.child_roots({"items": []}) == frozenset()


@pytest.mark.parametrize(
    ("names", "found"),
    [(["a"] * 50, 0), (["a"] * 51, 1), ("a\n" * 51, 1), (60, 1), (None, 0), ({"a": 1}, 0)],
)
def test_too_many_items_of_the_brief_are_named_at_launch(names: Any, found: int) -> None:
    scope = {"brief": {"names": names}}
    problems = list(PARALLEL.launch_issues({"items": " brief.names "}, scope))
    assert len(problems) == found
    assert all(issue.field == "inputs.names" for issue in problems)


@pytest.mark.parametrize("items", [None, 5, ["brief.names"], "nodes.a.text", "brief.", "brief.x y"])
def test_items_that_the_brief_does_not_hold_are_left_to_the_run(items: Any) -> None:
    assert list(PARALLEL.launch_issues({"items": items}, {"brief": {}})) == []
