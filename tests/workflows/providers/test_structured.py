"""Reading, repairing and fitting structured answers."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.providers.ledger import FIELDS
from workflows.providers import structured
from workflows.providers.base import OutputField

WANTED = {"headline": "Tea", "body": "Warm."}


@pytest.mark.parametrize(
    "text",
    [
        '{"headline": "Tea", "body": "Warm."}',
        '```json\n{"headline": "Tea", "body": "Warm."}\n```',
        'Sure! Here it is:\n```\n{"headline": "Tea", "body": "Warm."}\n```\nEnjoy {it}!',
        'Here {you} go: {"headline": "Tea", "body": "Warm."} Anything else?',
        '{"Headline": " Tea ", "BODY": "Warm."}',
        '{"head-line": "Tea", "body": ["Warm."]}',
        '{"answer": {"headline": "Tea", "body": "Warm."}}',
        '{"headline": "Tea", "body": "Warm.", "extra": 1}',
        '{"headline": "no"} then {"headline": "Tea", "body": "Warm."}',
        '[{"headline": "Tea", "body": "Warm."}]',
    ],
)
def test_an_object_is_found_however_a_small_model_wraps_it(text: str) -> None:
    reading = structured.read(text, FIELDS)
    assert reading.values == WANTED
    assert not reading.problems


@pytest.mark.parametrize("text", ["", "Tea is warm.", "{", '"headline"', "[]", "null", "{{}}"])
def test_an_answer_without_an_object_misses_every_field(text: str) -> None:
    reading = structured.read(text, FIELDS)
    assert reading.missing == ("headline", "body")
    assert not reading.complete


@pytest.mark.parametrize("value", ['""', '"  "', "null", "true", "{}", "[1]"])
def test_a_field_without_text_is_missing(value: str) -> None:
    reading = structured.read(f'{{"headline": {value}, "body": "b"}}', FIELDS)
    assert reading.missing == ("headline",)


def test_line_breaks_inside_a_string_and_numbers_are_forgiven() -> None:
    reading = structured.read('{"headline": 42, "body": "one\ntwo"}', FIELDS)
    assert reading.values == {"headline": "42", "body": "one\ntwo"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Headline: Tea", "Tea"),
        ("HEADLINE : Tea: slowly", "Tea: slowly"),
        ("Note: Tea", "Note: Tea"),
        (": Tea", ": Tea"),
    ],
)
def test_a_fields_own_name_in_front_of_its_text_is_dropped(written: str, value: str) -> None:
    reading = structured.read(json.dumps({"headline": written, "body": "b"}), FIELDS)
    assert reading.values["headline"] == value


def test_a_hostile_answer_is_read_quickly() -> None:
    began = time.monotonic()
    for text in ("{" * 1_000_000, '{"a":' * 100_000, "```" * 200_000, "{} " * 300_000):
        assert not structured.read(text, FIELDS).complete
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Short.", 60, "Short."),
        ("One sentence here. Another one that is long.", 30, "One sentence here."),
        ('He said "stay." And then he left the room.', 20, 'He said "stay."'),
        ("A slow cup of tea, made for winter evenings", 25, "A slow cup of tea"),
        ("Tea for the slow and the quick", 20, "Tea for the slow"),
        ("Unbreakablyfused", 5, "Unbre"),
        ("No. 1 tea for everyone who likes their mornings calm", 30, "No. 1 tea for everyone who"),
    ],
)
def test_a_text_is_shortened_where_something_ends(text: str, limit: int, short: str) -> None:
    assert structured.shorten(text, limit) == short


@given(st.text(min_size=1, max_size=300).filter(str.strip), st.integers(5, 100))
def test_a_shortened_text_always_fits_and_is_a_beginning_of_the_text(text: str, limit: int) -> None:
    short = structured.shorten(text, limit)
    assert len(short) <= limit
    assert text.startswith(short)


def test_the_instruction_names_each_field_with_its_limit() -> None:
    text = structured.instruction([OutputField("cta", "Call to action", "", 20)])
    assert '"cta": Call to action (at most 20 characters)' in text


@pytest.mark.parametrize(
    "echo",
    ["Headline (at most 48 characters)", "headline", "What it does for them.", "Return JSON"],
)
def test_a_field_that_repeats_the_instruction_is_no_answer(echo: str) -> None:
    asked = OutputField("headline", "Headline", "what it does for them", 48)
    reading = structured.read(json.dumps({"headline": echo}), [asked])
    assert reading.missing == ("headline",)
    assert "repeats" in reading.problems[0]
