# ruff: noqa: RUF001 (typographic characters are what these tests are about)
"""Type on cards: within the page, readable on every ground, broken with care."""

import io
import random

import pytest
from PIL import Image, ImageChops

from workflows.providers.studio_art import fonts
from workflows.providers.studio_art.frames import frame
from workflows.providers.studio_art.layouts import compose
from workflows.providers.studio_art.legibility import secure
from workflows.providers.studio_art.palette import MIN_CONTRAST, build_palette, contrast, luminance
from workflows.providers.studio_art.render import choose_look, draw, ink_words
from workflows.providers.studio_art.shapes import Box
from workflows.providers.studio_art.sizes import SIZES
from workflows.providers.studio_art.spec import BACKDROPS, parse_spec
from workflows.providers.studio_art.text import fit, line_width
from workflows.providers.studio_art.words import curl, words_of

CARD = "Headline: Still hot at sundown\nSubline: Warm for twelve hours.\nBrand: Alder & Pine"
QUOTE = "Quote: We left it on a ridge overnight. It was still steaming.\nBy: Mara\nBrand: Alder"
LIST = "Headline: Nine winter trails\nPoints: Start early | Pack a second layer | Tell someone"
LONG = f"Headline: {'A headline that goes on and on ' * 12}\nSubline: {'and on ' * 60}"


def noise_photo():
    rng = random.Random(3)
    small = Image.frombytes("RGB", (24, 24), rng.randbytes(24 * 24 * 3))
    out = io.BytesIO()
    small.resize((600, 600), Image.Resampling.BICUBIC).save(out, "JPEG")
    return out.getvalue()


def before_and_after(prompt, size, seed, photo=None, style=""):
    spec = parse_spec(prompt, style=style, has_photo=photo is not None)
    look = choose_look(spec, size[0] / size[1], seed)
    image, placed = draw(spec, look, size, seed=seed, photo=photo)
    words = [item for item in placed if item.role != "mark"]
    ground = image.copy()
    boxes = [item.box for item in words]
    inks = secure(ground, boxes, look.palette, min(size) * (0.3 if photo else 0.12))
    done = image.copy()
    ink_words(done, placed, look.palette, min(size) * (0.3 if photo else 0.12))
    return ground, done, words, inks


def worst_contrast(ground, words, inks):
    worst = 21.0
    for item in words:
        box = item.box
        region = ground.crop((int(box.left), max(0, int(box.top)), int(box.right), int(box.bottom)))
        ink = luminance(inks.ink if item.role == "ink" else inks.soft)
        colors = {color for _, color in region.getcolors(region.width * region.height)}
        worst = min([worst, *(contrast(ink, luminance(color)) for color in colors)])
    return worst


@pytest.mark.parametrize("style", ["light", "dark", "bold"])
@pytest.mark.parametrize("backdrop", [name for name in BACKDROPS if name != "photo"])
def test_words_have_contrast_on_every_pixel_beneath_them(backdrop, style):
    for seed, prompt in enumerate((CARD, QUOTE, LIST)):
        prompt = f"{prompt}\nBackdrop: {backdrop}"
        ground, _, words, inks = before_and_after(prompt, (360, 360), seed, style=style)
        assert words
        assert worst_contrast(ground, words, inks) >= MIN_CONTRAST


@pytest.mark.parametrize("style", ["", "light", "bold"])
@pytest.mark.parametrize(
    "color", ["#777777", "#FFEE00", "#7CFFCB", "#000000", "#FFFFFF", "#FF0000"]
)
def test_an_awkward_brand_colour_still_gives_readable_words(color, style):
    for seed in range(4):
        prompt = f"{CARD}\nColour: {color}"
        ground, _, words, inks = before_and_after(prompt, (360, 360), seed, style=style)
        assert worst_contrast(ground, words, inks) >= MIN_CONTRAST


@pytest.mark.parametrize("size", [(360, 360), (480, 252), (270, 480)])
def test_words_on_a_restless_photo_get_a_scrim(size):
    ground, _, words, inks = before_and_after(CARD, size, 0, noise_photo())
    assert worst_contrast(ground, words, inks) >= MIN_CONTRAST


def test_a_scrim_is_laid_only_where_no_ink_would_do():
    palette = build_palette((59, 111, 219), "light", random.Random(0))
    plain = Image.new("RGB", (200, 200), (250, 250, 250))
    secure(plain, [Box(20, 20, 150, 60)], palette, 20)
    assert plain.getcolors() == [(40000, (250, 250, 250))]
    halves = Image.new("RGB", (200, 200), "white")
    halves.paste("black", (100, 0, 200, 200))
    secure(halves, [Box(20, 20, 150, 60)], palette, 20)
    assert halves.getpixel((120, 40)) != (0, 0, 0) or halves.getpixel((40, 40)) != (255, 255, 255)


@pytest.mark.parametrize("prompt", [CARD, QUOTE, LIST, LONG])
@pytest.mark.parametrize("name", SIZES)
def test_ink_stays_off_the_edges(prompt, name):
    size = SIZES[name]
    for seed in (0, 1):
        ground, done, words, _ = before_and_after(prompt, size, seed)
        changed = ImageChops.difference(ground, done).getbbox()
        assert words
        assert changed[0] > 0 and changed[1] > 0
        assert changed[2] < size[0] and changed[3] < size[1]


@pytest.mark.parametrize("prompt", [CARD, QUOTE, LIST, LONG])
@pytest.mark.parametrize("name", SIZES)
def test_no_two_texts_overlap(prompt, name):
    spec, size = parse_spec(prompt), SIZES[name]
    for seed in (0, 1, 2):
        look = choose_look(spec, size[0] / size[1], seed)
        page = frame(size, spec, look.layout, look.backdrop, seed, bold=False)
        words = [item for item in compose(spec, look.layout, page) if item.role != "mark"]
        assert words
        cores = [
            (item.box.left, item.top, item.box.right, item.top + item.block.height * 0.98)
            for item in words
        ]
        for index, one in enumerate(cores):
            for other in cores[:index]:
                aside = one[0] >= other[2] or other[0] >= one[2]
                apart = one[1] >= other[3] - 1 or other[1] >= one[3] - 1
                assert aside or apart, (name, seed, one, other)


def test_a_text_that_cannot_fit_ends_in_an_ellipsis():
    block = fit(
        words_of("word " * 100, fonts.SERIF), 200, 60,
        largest=40, smallest=20, max_lines=3, leading=1.1,
    )  # fmt: skip
    assert block.cut
    assert block.lines[-1][-1].text.endswith("…")
    assert block.height <= 60
    assert block.width <= 200


def test_a_word_longer_than_the_line_is_broken_not_cut_off():
    block = fit(
        words_of("Donaudampfschifffahrtsgesellschaftskapitän", fonts.SERIF), 120, 400,
        largest=60, smallest=12, max_lines=6, leading=1.1,
    )  # fmt: skip
    assert "".join(word.text for line in block.lines for word in line).endswith("kapitän")
    assert block.width <= 120


def test_lines_are_balanced_and_no_short_word_stands_alone():
    block = fit(
        words_of("The second layer matters more than the first one is", fonts.SERIF), 420, 400,
        largest=48, smallest=48, max_lines=5, leading=1.1,
    )  # fmt: skip
    widths = [line_width(line, block.size) for line in block.lines]
    assert len(block.lines[-1]) > 1
    assert min(widths) > max(widths) * 0.6


def test_text_without_room_is_left_out():
    words = words_of("Hello", fonts.SERIF)
    assert fit(words, 100, 5, largest=20, smallest=10, max_lines=2, leading=1.1) is None
    assert fit([], 100, 100, largest=20, smallest=10, max_lines=2, leading=1.1) is None


def test_quotes_are_curled():
    assert curl("\"It's 'fine'\" - she said...") == "“It’s ‘fine’” – she said…"


def test_words_between_asterisks_are_set_in_italics():
    words = words_of("Still hot *at sundown*", fonts.SERIF, fonts.ITALIC)
    assert [word.font for word in words] == [fonts.SERIF] * 2 + [fonts.ITALIC] * 2
    assert [w.text for w in words_of("5 * 4", fonts.SERIF, fonts.ITALIC)] == ["5", "4"]


def test_characters_without_a_glyph_are_dropped():
    assert fonts.printable(fonts.SERIF, "Hi 🎉 你 there\u200d\x00") == "Hi there"


def test_a_headline_in_greek_or_cyrillic_falls_back_to_the_sans():
    words = words_of("Привет из гор", fonts.SERIF, fonts.ITALIC, fonts.SEMIBOLD)
    assert {word.font for word in words} == {fonts.SEMIBOLD}
    assert " ".join(word.text for word in words) == "Привет из гор"


@pytest.mark.parametrize(
    "prompt", ["", "Headline:", "Headline: 你好", "Headline: 🎉\nBrand: Alder"]
)
def test_a_card_with_nothing_to_set_is_art_alone(prompt):
    from workflows.providers.studio_art.render import render

    assert render(parse_spec(prompt), 200, 200) == render(parse_spec(""), 200, 200)
