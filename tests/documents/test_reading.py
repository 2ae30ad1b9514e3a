"""A text as its readers get it."""

from html.parser import HTMLParser

import pytest

from documents.provenance import made_by
from documents.reading import excerpt, read


def elements(html: str) -> list[tuple[str, dict[str, str]]]:
    """Every element with its attributes, as a browser reads them."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(html)
    return found


def test_headings_can_be_linked_to_and_stand_below_the_page_title():
    reading = read("# Tea\n\nHot.\n\n## Green *tea*\n\nCold.")
    assert '<h2 id="section-1">Tea</h2>' in reading.html
    assert '<h3 id="section-2">Green <em>tea</em></h3>' in reading.html
    assert [(one.id, one.level, one.text) for one in reading.headings] == [
        ("section-1", 1, "Tea"),
        ("section-2", 2, "Green tea"),
    ]


def test_the_lowest_heading_goes_no_lower():
    assert '<h6 id="section-1">Tea</h6>' in read("###### Tea").html


def test_an_empty_heading_is_not_in_the_outline_and_shifts_no_other():
    reading = read("#\n\n## Tea")
    assert [(one.id, one.text) for one in reading.headings] == [("section-2", "Tea")]


@pytest.mark.parametrize(
    ("body", "is_titled"),
    [("# Tea", True), ("## Tea", False), ("Tea\n\n# Tea", False), ("", False)],
)
def test_a_text_is_titled_when_it_opens_with_a_top_heading(body, is_titled):
    assert read(body).is_titled is is_titled


def test_words_are_counted_as_people_count_them():
    reading = read("# It's 3.5 km\n\n**Bold**-ness, [a link](https://example.com/not-counted).")
    assert reading.words == 6
    assert reading.minutes == 1
    assert read("word " * 1100).minutes == 5
    assert read("").words == 0


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "# <img src=x onerror=alert(1)>",
        "![<h1> onerror=alert(1)](/x)",
        "[x](javascript:alert(1))",
        '## a" onmouseover="alert(1)',
        "![x](https://elsewhere.example/pixel.png)",
    ],
)
def test_hostile_text_is_harmless(body):
    for tag, attributes in elements(read(body).html):
        assert tag not in {"script", "style", "iframe"}
        assert set(attributes) <= {"id", "href", "rel", "src", "alt", "title"}
        assert attributes.get("src", "/").startswith("/")
        assert attributes.get("href", "http").startswith("http")


def test_an_excerpt_leaves_headings_and_marks_out_and_ends_at_a_word():
    assert excerpt("# Tea\n\nHot **green**\ntea.\n\n- one") == "Hot green tea. one"
    assert excerpt("# Tea") == "Tea"
    assert excerpt("one two, three", 9) == "one two…"


def test_a_snapshot_says_who_made_what():
    made = made_by(
        {
            "execution": 7,
            "run": "Tea",
            "step": "Write",
            "models": ["a", "b"],
            "reviewers": [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bo"}],
        }
    )
    assert made is not None
    assert (made.execution_id, made.run, made.step, made.model, made.reviewer) == (
        7,
        "Tea",
        "Write",
        "a, b",
        "Ann and Bo",
    )


def test_an_old_or_broken_snapshot_says_what_it_can():
    assert made_by({"kind": "edit"}) is None
    assert made_by({"execution": "7"}) is None
    made = made_by({"execution": 7, "node": "write", "model": 3, "reviewers": ["x", {}]})
    assert made is not None
    assert (made.step, made.models, made.reviewers) == ("write", (), ())
    image = made_by({"execution": 7, "model": "m", "reviewer": 4, "reviewer_name": "Ann"})
    assert image is not None
    assert (image.model, image.reviewer) == ("m", "Ann")
