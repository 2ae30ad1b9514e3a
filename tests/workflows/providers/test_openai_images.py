"""Images from an OpenAI-compatible service, inside the answer and by address."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import Any

import pytest

from tests import scripted_openai as script
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.providers.ledger import Ledger
from workflows.providers.base import Deadline, ErrorCode, ImageRequest, ProviderError
from workflows.providers.openai_compatible import OpenAICompatibleProvider
from workflows.providers.openai_images import nearest_size

REQUEST = ImageRequest(
    prompt="A cup of tea", model="painter", width=64, height=48, negative_prompt="people, text"
)


def _asked(width: int, height: int, model: str) -> ImageRequest:
    return ImageRequest(prompt="x", model=model, width=width, height=height)


def _fails(provider: OpenAICompatibleProvider, ledger: Ledger) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        provider.image(REQUEST, ledger, Deadline(5))
    return raised.value


@pytest.mark.parametrize(("mode", "modes"), [("b64", ["image"]), ("url", ["image", "download"])])
def test_a_picture_comes_in_the_answer_or_from_its_address(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    mode: str,
    modes: list[str],
) -> None:
    scripted_openai.image_mode = mode
    answer = provider.image(REQUEST, ledger, Deadline(5))
    assert answer.data == script.png(64, 48, seed=scripted_openai.calls[0].prompt)
    assert (answer.model, answer.note) == ("painter", "")
    assert ledger.modes == modes
    assert all(entry.closed and not entry.error for entry in ledger.entries)
    body = scripted_openai.calls[0].body
    assert (body["size"], body["response_format"]) == ("64x48", "b64_json")


def test_a_download_carries_no_key(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.image_mode = "url"
    provider.image(REQUEST, ledger, Deadline(5))
    generation, download = scripted_openai.calls
    assert "authorization" in generation.headers
    assert "authorization" not in download.headers


def test_what_to_leave_out_and_the_style_are_said_in_words(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    request = ImageRequest("A cup", "painter", 64, 64, negative_prompt="people", style="flat")
    provider.image(request, ledger, Deadline(5))
    assert scripted_openai.calls[0].prompt == "A cup\nStyle: flat.\nLeave out: people."


def test_a_model_that_refuses_response_format_is_asked_without_it_and_remembered(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.refuse = {"response_format"}
    provider.image(REQUEST, ledger, Deadline(5))
    assert ledger.modes == ["image", "image"]
    again = Ledger()
    provider.image(REQUEST, again, Deadline(5))
    assert again.modes == ["image"]


def test_gpt_image_models_are_never_asked_for_a_response_format(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    answer = provider.image(_asked(1200, 630, "gpt-image-1"), ledger, Deadline(5))
    body = scripted_openai.calls[0].body
    assert "response_format" not in body
    assert body["size"] == "1536x1024"
    assert "1536x1024" in answer.note


def test_sizes_that_a_refusal_lists_are_used_from_then_on(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    said = "Invalid size 64x48. Supported sizes: 32x32, 96x64, 64x96."
    scripted_openai.next(script.status(400, {"error": {"message": said}}))
    provider.image(REQUEST, ledger, Deadline(5))
    assert ledger.modes == ["image", "image"]
    assert scripted_openai.calls[1].body["size"] == "96x64"
    provider.image(REQUEST, ledger, Deadline(5))
    assert scripted_openai.calls[2].body["size"] == "96x64"


def test_sizes_and_extra_fields_can_be_set_on_the_provider(
    scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    provider = OpenAICompatibleProvider(
        "test",
        scripted_openai.base_url,
        options={"image": {"sizes": ["32x32", "48x32"], "quality": "high"}},
    )
    provider.image(REQUEST, ledger, Deadline(5))
    body = scripted_openai.calls[0].body
    assert (body["size"], body["quality"]) == ("48x32", "high")
    assert "sizes" not in body


@pytest.mark.parametrize(
    ("asked", "sizes", "nearest"),
    [
        ((1080, 1080), ("1024x1024", "1536x1024"), "1024x1024"),
        ((1200, 630), ("1024x1024", "1792x1024", "1024x1792"), "1792x1024"),
        ((1080, 1920), ("1024x1024", "1792x1024", "1024x1792"), "1024x1792"),
        ((300, 300), ("256x256", "512x512", "1024x1024"), "256x256"),
        ((800, 600), (), "800x600"),
        ((800, 600), ("junk",), "800x600"),
    ],
)
def test_the_nearest_size_is_nearest_in_shape_then_in_area(
    asked: tuple[int, int], sizes: tuple[str, ...], nearest: str
) -> None:
    assert nearest_size(*asked, sizes) == nearest


def _image(**first: Any) -> script.Reply:
    return script.raw(json.dumps({"data": [first]}))


@pytest.mark.parametrize(
    "reply",
    [
        _image(b64_json="***"),
        _image(b64_json=base64.b64encode(b"<svg onload=x>").decode()),
        _image(b64_json=base64.b64encode(b"<html>").decode()),
        _image(url="file:///etc/passwd"),
        _image(url="https://169.254.169.254/latest/meta-data"),
        _image(url=""),
        _image(),
        script.raw('{"data": []}'),
        script.raw('{"data": "x"}'),
        script.html(),
    ],
)
def test_an_answer_that_is_no_picture_is_a_bad_answer(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    reply: script.Reply,
) -> None:
    scripted_openai.next(reply)
    assert _fails(provider, ledger).code is ErrorCode.BAD_ANSWER
    assert ledger.entries[-1].closed


def test_a_picture_at_an_address_that_fails_says_so(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.image_mode = "url"
    scripted_openai.when(lambda call: call.path.startswith("/files/"), script.status(500))
    error = _fails(provider, ledger)
    assert error.code is ErrorCode.UNAVAILABLE
    assert ledger.modes == ["image", "download"]
    assert ledger.entries[1].error == error.message


def test_a_picture_over_25_megabytes_is_refused(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.image_mode = "url"
    large = script.raw(b"x" * 26_000_000, content_type="image/png")
    scripted_openai.when(lambda call: call.path.startswith("/files/"), large)
    error = _fails(provider, ledger)
    assert error.code is ErrorCode.BAD_ANSWER
    assert "25 MB" in error.message


def test_a_public_service_cannot_name_a_private_address(
    scripted_openai: ScriptedOpenAI, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: only a provider on a listed private host may send pictures from one."""
    monkeypatch.setattr("workflows.providers.openai_images.is_private_host", lambda _: False)
    scripted_openai.image_mode = "url"
    provider = OpenAICompatibleProvider("public", scripted_openai.base_url)
    assert _fails(provider, ledger).code is ErrorCode.BAD_ANSWER
    assert scripted_openai.calls_to("/files/") == []


def test_a_picture_inside_a_data_address_is_read(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    packed = base64.b64encode(script.png(8, 8)).decode()
    scripted_openai.next(_image(url=f"data:image/png;base64,{packed}"))
    assert provider.image(REQUEST, ledger, Deadline(5)).data == script.png(8, 8)


def test_a_cancelled_download_ends_within_a_second(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.image_mode = "url"
    scripted_openai.when(lambda call: call.path.startswith("/files/"), script.hang())
    cancelled = threading.Event()
    threading.Timer(0.3, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(ProviderError) as raised:
        provider.image(REQUEST, ledger, Deadline(60, cancelled))
    assert raised.value.code is ErrorCode.CANCELLED
    assert time.monotonic() - began < 1.3


def test_without_an_image_model_the_error_says_where_to_set_one(
    scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    provider = OpenAICompatibleProvider("test", scripted_openai.base_url)
    with pytest.raises(ProviderError, match="No image model"):
        provider.image(_asked(64, 64, ""), ledger, Deadline(5))
