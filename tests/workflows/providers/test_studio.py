"""The studio as a provider: sizes, determinism, the ledger, refusals."""

import io
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from workflows.providers.base import Deadline, ErrorCode, ImageRequest, ProviderError
from workflows.providers.studio import NOTE, StudioProvider
from workflows.providers.studio_art.sizes import SIZES, parse_size

CARD = "Headline: Still hot at sundown\nSubline: Warm for twelve hours.\nBrand: Alder & Pine"


class Ledger:
    def __init__(self):
        self.calls = []

    def open(self, mode):
        self.calls.append([mode, None])
        return len(self.calls) - 1

    def close(self, number, *, usage=None, error=""):
        self.calls[number][1] = error


def ask(prompt=CARD, width=320, height=320, ledger=None, deadline=None, **more):
    request = ImageRequest(prompt=prompt, model="studio-card-1", width=width, height=height, **more)
    return StudioProvider().image(request, ledger or Ledger(), deadline or Deadline(30))


def opened(answer):
    image = Image.open(io.BytesIO(answer.data))
    image.load()
    return image


def jpeg(color="#808080", size=(500, 300), exif=None):
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG", **({"exif": exif} if exif else {}))
    return out.getvalue()


@pytest.mark.parametrize("name", SIZES)
def test_every_channel_gets_its_exact_size(name):
    width, height = SIZES[name]
    image = opened(ask(width=width, height=height))
    assert (image.format, image.size, image.mode) == ("PNG", (width, height), "RGB")


@settings(max_examples=40, deadline=None)
@given(
    width=st.integers(64, 420),
    height=st.integers(64, 420),
    seed=st.integers(-5, 2**64),
    prompt=st.one_of(
        st.text(max_size=200),
        st.builds("Headline: {}\nSubline: {}\nPoints: {}".format, st.text(), st.text(), st.text()),
        st.builds("Quote: {}\nBy: {}\nBrand: {}".format, st.text(), st.text(), st.text()),
    ),
)
def test_any_size_seed_and_text_give_a_picture_of_that_size(width, height, seed, prompt):
    assert opened(ask(prompt, width, height, seed=seed)).size == (width, height)


@pytest.mark.parametrize(("width", "height"), [(64, 64), (64, 4096), (4096, 64)])
def test_the_outermost_sizes_are_drawn_with_every_backdrop(width, height):
    for seed in range(7):
        assert opened(ask(width=width, height=height, seed=seed)).size == (width, height)


def test_the_same_request_gives_the_same_bytes():
    assert ask(seed=5).data == ask(seed=5).data


def test_eight_seeds_give_eight_compositions():
    thumbs = [opened(ask(seed=seed)).resize((8, 8)).tobytes() for seed in range(8)]
    apart = [
        sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)
        for index, one in enumerate(thumbs)
        for other in thumbs[:index]
    ]
    assert min(apart) > 4


def test_a_call_is_opened_as_image_and_closed_without_error():
    ledger = Ledger()
    answer = ask(ledger=ledger)
    assert ledger.calls == [["image", ""]]
    assert (answer.model, answer.note) == ("studio-card-1", NOTE)
    assert "not a picture by an image model" in answer.note


def test_a_cancelled_call_is_closed_with_its_reason():
    ledger, off = Ledger(), threading.Event()
    off.set()
    with pytest.raises(ProviderError) as raised:
        ask(ledger=ledger, deadline=Deadline(30, off))
    assert raised.value.code is ErrorCode.CANCELLED
    assert ledger.calls == [["image", "The call was cancelled."]]


def test_a_deadline_that_passed_is_a_timeout():
    with pytest.raises(ProviderError) as raised:
        ask(deadline=Deadline(0))
    assert raised.value.code is ErrorCode.TIMEOUT


@pytest.mark.parametrize(("width", "height"), [(63, 500), (500, 4097), (0, 0)])
def test_a_side_out_of_range_is_refused_by_name(width, height):
    with pytest.raises(ProviderError, match="64 to 4096") as raised:
        ask(width=width, height=height)
    assert raised.value.code is ErrorCode.BAD_REQUEST


def test_a_photo_covers_the_whole_card():
    answer = ask("Layout: art", photo=jpeg("#c04020"), width=200, height=300)
    image = opened(answer)
    for corner in ((0, 0), (199, 0), (0, 299), (199, 299)):
        assert all(
            abs(a - b) < 8 for a, b in zip(image.getpixel(corner), (192, 64, 32), strict=True)
        )


def test_a_photo_is_turned_upright():
    photo = Image.new("RGB", (300, 300), "red")
    photo.paste("blue", (0, 0, 300, 150))
    exif = Image.Exif()
    exif[0x0112] = 3
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif)
    image = opened(ask("Layout: art", photo=out.getvalue()))
    assert image.getpixel((160, 20))[0] > 200
    assert image.getpixel((160, 300))[2] > 200


def test_a_broken_photo_is_refused_in_plain_words():
    ledger = Ledger()
    with pytest.raises(ProviderError, match="photo cannot be read") as raised:
        ask(photo=b"\xff\xd8 not a picture", ledger=ledger)
    assert raised.value.code is ErrorCode.BAD_REQUEST
    assert not raised.value.retryable
    assert "photo" in ledger.calls[0][1]


def test_letters_that_no_font_has_are_named_in_the_note():
    answer = ask("Headline: Hello 你好")
    assert answer.note.startswith(NOTE)
    assert "你好" in answer.note
    assert ask("Headline: Привет, Ελλάδα, naïve").note == NOTE


def test_copy_is_refused_with_a_hint():
    with pytest.raises(ProviderError, match="writes no copy") as raised:
        StudioProvider().chat(None, Ledger(), Deadline(1))
    assert raised.value.code is ErrorCode.BAD_REQUEST
    assert raised.value.hint


def test_there_is_one_model():
    assert StudioProvider().models() == ["studio-card-1"]


def test_sizes_are_read_by_name_and_by_pixels():
    assert parse_size("Story") == (1080, 1920)
    assert parse_size("wide hero") == (1600, 900)
    assert parse_size(" 1024x768 ") == (1024, 768)


def test_an_unknown_size_names_the_options():
    with pytest.raises(ValueError, match=r"square, portrait, story"):
        parse_size("huge")
    with pytest.raises(ValueError, match="64 to 4096"):
        parse_size("20x20")
