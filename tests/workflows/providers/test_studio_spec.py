# ruff: noqa: RUF001 (typographic characters are what these tests are about)
"""The card grammar, descriptions, styles and negative prompts."""

import random

import pytest

from workflows.providers.studio_art.palette import BASES, build_palette, parse_color, to_oklch
from workflows.providers.studio_art.render import choose_look
from workflows.providers.studio_art.spec import BACKDROPS, LAYOUTS, parse_spec


def test_every_line_of_the_grammar_is_read():
    spec = parse_spec(
        "Headline: Carry the cold\nSubline: All day.\nQuote: “Best flask.”\nBy: – Ines\n"
        "Brand: Alder\nColour: #3B6FDB\nLayout: list\nBackdrop: hills\nPoints: one | two|three"
    )
    assert (spec.headline, spec.subline, spec.quote) == (
        "Carry the cold",
        "All day.",
        "Best flask.",
    )
    assert (spec.by, spec.brand, spec.color) == ("Ines", "Alder", (0x3B, 0x6F, 0xDB))
    assert (spec.layout, spec.backdrop, spec.points) == ("list", "hills", ("one", "two", "three"))


def test_markdown_and_case_and_wrapped_lines_are_forgiven():
    spec = parse_spec("**HEADLINE:** Carry\nthe cold\n- color: 2F7D5B")
    assert spec.headline == "Carry the cold"
    assert spec.color == (0x2F, 0x7D, 0x5B)


@pytest.mark.parametrize("bad", ["Colour: blurple", "Layout: poster", "Backdrop: lava", "Color:"])
def test_a_value_that_is_unknown_is_left_out(bad):
    spec = parse_spec(f"Headline: Hi\n{bad}")
    assert (spec.headline, spec.color, spec.layout, spec.backdrop) == ("Hi", None, "", "")


def test_a_description_is_never_printed():
    spec = parse_spec("A cinematic photo of a mountain lake at night, ultra detailed, 8k")
    assert spec.wordless
    assert (spec.backdrop, spec.moods) == ("hills", {"dark"})


def test_a_quoted_phrase_of_a_description_is_its_headline():
    spec = parse_spec('Poster with the words "Carry the cold" over purple dunes')
    assert spec.headline == "Carry the cold"
    assert spec.color == parse_color(BASES["purple"])


def test_a_cup_is_put_on_the_podium_when_the_description_is_of_coffee():
    spec = parse_spec("steaming coffee in warm morning light")
    look = choose_look(spec, 1.0, 3)
    assert (look.layout, look.form) == ("product", "cup")
    assert 20 < to_oklch(spec.color)[2] < 80


def test_a_negative_prompt_against_text_takes_all_words_away():
    spec = parse_spec("Headline: Hi\nBrand: Alder", negative_prompt="blurry, text")
    assert spec.wordless
    assert spec.brand == ""


def test_a_style_names_layout_backdrop_and_mood_but_the_prompt_wins():
    spec = parse_spec("Headline: Hi\nLayout: card", style="quote, rings, dark")
    assert (spec.layout, spec.backdrop, spec.moods) == ("card", "rings", {"dark"})


def test_the_brand_kit_fills_what_the_prompt_leaves_open():
    kit = {"name": "Alder", "color": "#2F7D5B"}
    assert parse_spec("Headline: Hi", brand=kit).brand == "Alder"
    assert parse_spec("a red barn", brand=kit).color == (0x2F, 0x7D, 0x5B)
    assert parse_spec("Headline: Hi\nColor: red", brand=kit).color == (255, 0, 0)
    assert parse_spec("Headline: Hi", brand={"name": 7, "color": [1]}).color is None


def test_a_photo_is_the_backdrop_unless_another_is_asked_for():
    assert parse_spec("Headline: Hi", has_photo=True).backdrop == "photo"
    assert parse_spec("Headline: Hi\nBackdrop: dots", has_photo=True).backdrop == "dots"
    assert parse_spec("Headline: Hi\nBackdrop: photo").backdrop == ""


@pytest.mark.parametrize(
    ("prompt", "ratio", "layout"),
    [
        ("Quote: Yes.", 1, "quote"),
        ("Headline: Hi\nPoints: a | b", 1, "list"),
        ("Headline: Hi", 1.6, "hero"),
        ("Headline: Hi", 1, "card"),
        ("Headline: Hi\nLayout: list", 1, "card"),
        ("", 1, "art"),
        ("Layout: quote", 1, "art"),
        ("Layout: product", 1, "product"),
    ],
)
def test_the_layout_follows_from_what_there_is_to_say(prompt, ratio, layout):
    assert choose_look(parse_spec(prompt), ratio, 0).layout == layout


@pytest.mark.parametrize("mode", ["light", "dark", "bold"])
@pytest.mark.parametrize("base", BASES.values())
def test_a_palette_keeps_the_hue_of_its_brand(base, mode):
    color = parse_color(base)
    hue = to_oklch(color)[2]
    palette = build_palette(color, mode, random.Random(1), strict=True)
    turn = abs((to_oklch(palette.tones[4])[2] - hue + 180) % 360 - 180)
    assert turn < 40


def test_a_light_brand_colour_stays_light_when_it_is_bold():
    palette = build_palette((255, 204, 0), "bold", random.Random(1), strict=True)
    assert all(to_oklch(corner)[0] > 0.8 for corner in palette.ground)


def test_all_named_layouts_and_backdrops_can_be_asked_for():
    for layout in LAYOUTS:
        assert parse_spec(f"Headline: Hi\nLayout: {layout}").layout == layout
    for backdrop in BACKDROPS:
        assert parse_spec(f"Backdrop: {backdrop}", has_photo=True).backdrop == backdrop
