"""The brief's questions: each kind with good answers, bad ones, none, a default, and junk."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.nodes.brief import MAX_LENGTHS, Config, check_inputs


def ask(kind: str, given: Any = None, **field: Any) -> tuple[Any, str]:
    """The value and the problem of one question called Tone."""
    asked = {"key": "tone", "label": "Tone", "kind": kind, **field}
    values, issues = check_inputs(Config.model_validate({"fields": [asked]}), {"tone": given})
    assert len(issues) <= 1
    assert all(issue.field == "inputs.tone" for issue in issues)
    return values["tone"], issues[0].message if issues else ""


OPTIONS = ["warm", "dry", "10"]


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("text", "  Tea  ", "Tea"),
        ("text", 12, "12"),
        ("text", 1.5, "1.5"),
        ("text", "a" * 500, "a" * 500),
        ("long_text", "one\ntwo", "one\ntwo"),
        ("long_text", "😀" * 20_000, "😀" * 20_000),
        ("number", 3, 3),
        ("number", "3", 3),
        ("number", " 3.50 ", 3.5),
        ("number", "1e3", 1000),
        ("number", -0.25, -0.25),
        ("number", 0, 0),
        ("choice", "warm", "warm"),
        ("choice", " dry ", "dry"),
        ("choice", 10, "10"),
        ("multi_choice", ["warm", "dry", "warm"], ["warm", "dry"]),
        ("multi_choice", "warm\ndry", ["warm", "dry"]),
        ("multi_choice", '["10"]', ["10"]),
        ("list", ["a", " b ", "", None, 3], ["a", "b", "3"]),
        ("list", "a\n\n b \n", ["a", "b"]),
        ("list", '["a, b", "c"]', ["a, b", "c"]),
        ("list", ["x"] * 200, ["x"] * 200),
        ("url", " https://example.com/a?b=c ", "https://example.com/a?b=c"),
        ("url", "http://localhost:8000", "http://localhost:8000"),
        ("image", 7, 7),
        ("image", "7", 7),
        ("image", {"id": 7, "url": "/x"}, 7),
        ("file", "12", 12),
    ],
)
def test_a_good_answer_is_taken_in_its_own_shape(kind: str, given: Any, wanted: Any) -> None:
    value, problem = ask(kind, given, options=OPTIONS if "choice" in kind else [])
    assert problem == ""
    assert value == wanted
    assert type(value) is type(wanted)


HUGE, NAN, MEGABYTE = 10**400, float("nan"), "x" * 1_000_000
JUNK = {
    "text": [True, ["a"], {"a": 1}, "a" * 501, MEGABYTE, "a\x00b", "a\ud800b", [["a"]]],
    "long_text": [False, {}, "a" * 20_001, "\x00", "\udfff"],
    "number": [
        "many",
        "",
        True,
        [1],
        {"a": 1},
        NAN,
        "nan",
        "inf",
        HUGE,
        -HUGE,
        "1e400",
        1e16,
        "0x",
    ],
    "choice": ["loud", "Warm", ["warm"], True, {"a": 1}, MEGABYTE, HUGE],
    "multi_choice": [
        ["warm", "loud"],
        [["warm"]],
        {"warm": 1},
        5,
        "[",
        "[" * 9_999,
        MEGABYTE,
        [HUGE],
        ["x" * 1_999] * 50,
    ],
    "list": [
        5,
        {"a": 1},
        [["a"]],
        [{}],
        ["a"] * 201,
        MEGABYTE,
        ["a\x00"],
        ["\ud800"],
        "[1",
        "[" * 9_999,
    ],
    "url": [
        *("javascript:alert(1)", "example.com", "ftp://example.com", "http://", "//example.com"),
        *("http://[", "https://[::1", 5, ["https://example.com"], "https://e.com/" + "a" * 2_000),
        *("data:text/html,x", "https://e.com/\x00", "file:///etc/passwd"),
    ],
    "image": ["photo.png", 0, -1, 2**63, HUGE, 1.5, NAN, True, [7], {"url": "/x"}, {"id": [7]}],
    "file": ["../../etc/passwd", "1; DROP", {"id": None}, MEGABYTE],
}


@pytest.mark.parametrize(
    ("kind", "place"), [(kind, n) for kind, values in JUNK.items() for n in range(len(values))]
)
def test_a_bad_answer_is_refused_by_name_in_few_words(kind: str, place: int) -> None:
    given = JUNK[kind][place]
    value, problem = ask(kind, given, options=OPTIONS if "choice" in kind else [], required=True)
    assert value is None
    assert "Tone" in problem
    assert problem.endswith(".")
    assert len(problem) < 400


@pytest.mark.parametrize("kind", JUNK)
@pytest.mark.parametrize("blank", [None, "", "   ", []])
def test_nothing_is_refused_where_it_is_required_and_is_none_where_not(
    kind: str, blank: Any
) -> None:
    options = OPTIONS if "choice" in kind else []
    assert ask(kind, blank, options=options) == (None, "")
    assert ask(kind, blank, options=options, required=True) == (None, "Fill in Tone.")


@pytest.mark.parametrize(
    ("kind", "default", "wanted"),
    [
        ("text", " Tea ", "Tea"),
        ("number", "4", 4),
        ("choice", "warm", "warm"),
        ("multi_choice", "warm\ndry", ["warm", "dry"]),
        ("list", ["a"], ["a"]),
        ("image", 7, 7),
    ],
)
def test_a_default_fills_in_and_is_coerced_like_an_answer(
    kind: str, default: Any, wanted: Any
) -> None:
    field = {"default": default, "options": OPTIONS, "required": True}
    assert ask(kind, " ", **field) == (wanted, "")


def test_an_answer_goes_before_the_default_even_when_it_is_zero() -> None:
    assert ask("number", 0, default=5) == (0, "")


def test_a_question_without_a_label_is_named_by_its_key() -> None:
    _, problem = ask("number", "many", label="")
    assert problem == "tone must be a number."


def test_every_wrong_answer_and_every_unknown_one_is_named_at_once() -> None:
    config = Config.model_validate(
        {"fields": [{"key": "a", "required": True}, {"key": "b", "kind": "number"}, {"key": "c"}]}
    )
    values, issues = check_inputs(config, {"b": "x", "c": "ok", "d": 1})
    assert {(issue.code, issue.field) for issue in issues} == {
        ("missing_input", "inputs.a"),
        ("bad_input", "inputs.b"),
        ("unknown_input", "inputs.d"),
    }
    assert values == {"a": None, "b": None, "c": "ok"}


@pytest.mark.parametrize("kind", MAX_LENGTHS)
def test_the_longest_text_is_said_when_it_is_passed(kind: str) -> None:
    if kind == "choice":
        return_value, problem = ask(kind, "a" * 501, options=["a"])
    else:
        return_value, problem = ask(kind, "https://" + "a" * MAX_LENGTHS[kind])
    assert return_value is None
    assert f"at most {MAX_LENGTHS[kind]:,} characters" in problem
