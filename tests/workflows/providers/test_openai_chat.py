"""Copy from an OpenAI-compatible service, over real HTTP."""

from __future__ import annotations

import concurrent.futures
import json
import threading
import time

import pytest

from tests import scripted_openai as script
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.providers.ledger import FIELDS, Ledger
from workflows.providers.base import ChatRequest, Deadline, ErrorCode, ProviderError, Usage
from workflows.providers.openai_compatible import OpenAICompatibleProvider

PLAIN = ChatRequest(prompt="Write about green tea.", model="writer", seed=3)
STRUCTURED = ChatRequest(prompt="Write about green tea.", model="writer", fields=FIELDS)
GOOD = json.dumps({"headline": "Green tea, slowly", "body": "It is calm. It is warm."})


def _fails(
    provider: OpenAICompatibleProvider, ledger: Ledger, request: ChatRequest = PLAIN
) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        provider.chat(request, ledger, Deadline(5))
    return raised.value


def test_plain_text_comes_with_its_model_and_tokens(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    answer = provider.chat(PLAIN, ledger, Deadline(5))
    assert "green tea" in answer.text
    assert answer.model == "writer"
    assert answer.usage == ledger.entries[0].usage
    assert answer.usage.prompt_tokens
    assert ledger.modes == ["text"]
    assert scripted_openai.calls[0].body["seed"] == 3


def test_a_call_is_on_the_ledger_before_it_is_sent(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    seen: list[tuple[int, bool]] = []

    def latency(_: script.Call) -> float:
        seen.append((len(ledger.entries), ledger.entries[-1].closed))
        return 0

    scripted_openai.latency = latency
    provider.chat(PLAIN, ledger, Deadline(5))
    assert seen == [(1, False)]
    assert ledger.entries[0].closed


def test_settings_of_the_step_win_over_those_of_the_provider(
    scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    provider = OpenAICompatibleProvider(
        "local",
        scripted_openai.base_url,
        options={"chat": {"temperature": 0.4, "frequency_penalty": 0.6, "model": "other"}},
    )
    request = ChatRequest(prompt="x", model="m", system="Be brief.", temperature=1.1, max_tokens=9)
    provider.chat(request, ledger, Deadline(5))
    body = scripted_openai.calls[0].body
    assert (body["temperature"], body["frequency_penalty"]) == (1.1, 0.6)
    assert (body["model"], body["max_tokens"]) == ("m", 9)
    assert scripted_openai.calls[0].system == "Be brief."


def test_without_a_model_the_first_that_writes_is_used_and_asked_for_once(
    scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.models = ("text-embedding-3", "dall-e-3", "writer-9", "writer-10")
    provider = OpenAICompatibleProvider("test", scripted_openai.base_url)
    for _ in range(2):
        answer = provider.chat(ChatRequest(prompt="x", model=""), ledger, Deadline(5))
        assert answer.model == "writer-9"
    assert len(scripted_openai.calls_to("/models")) == 1


def test_a_service_without_models_is_named_as_the_reason(
    scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.models = ()
    provider = OpenAICompatibleProvider("test", scripted_openai.base_url)
    error = _fails(provider, ledger, ChatRequest(prompt="x", model=""))
    assert error.code is ErrorCode.BAD_REQUEST
    assert ledger.entries == []


def test_structured_output_is_asked_for_by_schema_first(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    answer = provider.chat(STRUCTURED, ledger, Deadline(5))
    assert list(answer.fields) == ["headline", "body"]
    assert answer.text == f"{answer.fields['headline']}\n\n{answer.fields['body']}"
    assert ledger.modes == ["json_schema"]
    schema = scripted_openai.calls[0].body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["required"] == ["headline", "body"]


@pytest.mark.parametrize(
    ("refused", "modes"),
    [
        ({"json_schema"}, ["json_schema", "json_object"]),
        ({"response_format"}, ["json_schema", "json_object", "prompt"]),
    ],
)
def test_a_service_without_structured_output_is_asked_the_next_way_and_remembered(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    refused: set[str],
    modes: list[str],
) -> None:
    scripted_openai.refuse = refused
    assert provider.chat(STRUCTURED, ledger, Deadline(5)).fields["headline"]
    assert ledger.modes == modes
    assert all(entry.error for entry in ledger.entries[:-1])
    again = Ledger()
    provider.chat(STRUCTURED, again, Deadline(5))
    assert again.modes == modes[-1:]


def test_a_refusal_that_does_not_name_the_format_is_not_remembered(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.next(script.status(400, {"error": {"message": "Bad request"}}))
    provider.chat(STRUCTURED, ledger, Deadline(5))
    assert ledger.modes == ["json_schema", "json_object"]
    again = Ledger()
    provider.chat(STRUCTURED, again, Deadline(5))
    assert again.modes == ["json_schema"]


@pytest.mark.parametrize("code", [401, 429, 500])
def test_other_errors_do_not_walk_down_the_chain(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    code: int,
) -> None:
    scripted_openai.next(script.status(code))
    _fails(provider, ledger, STRUCTURED)
    assert ledger.modes == ["json_schema"]


def test_fields_that_a_model_does_not_take_are_left_out_and_remembered(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.refuse = {"seed", "max_tokens"}
    request = ChatRequest(prompt="x", model="reasoner", seed=1, max_tokens=50)
    provider.chat(request, ledger, Deadline(5))
    assert ledger.modes == ["text", "text", "text"]
    body = scripted_openai.calls[-1].body
    assert body["max_completion_tokens"] == 50
    assert "seed" not in body
    again = Ledger()
    provider.chat(request, again, Deadline(5))
    assert again.modes == ["text"]


def test_a_value_out_of_range_is_an_error_and_not_left_out(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    said = "max_tokens is too large: 900000. This model supports at most 4096."
    scripted_openai.next(script.status(400, {"error": {"message": said, "param": "max_tokens"}}))
    request = ChatRequest(prompt="x", model="writer", max_tokens=900_000)
    error = _fails(provider, ledger, request)
    assert error.code is ErrorCode.BAD_REQUEST
    assert said in error.message
    assert ledger.modes == ["text"]


def test_a_wrong_answer_is_repaired_in_one_turn_that_says_what_is_wrong(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.next(script.answer('{"headline": ""}'), script.answer(GOOD))
    answer = provider.chat(STRUCTURED, ledger, Deadline(5))
    assert answer.fields["headline"] == "Green tea, slowly"
    assert ledger.modes == ["json_schema", "repair"]
    first, second = scripted_openai.calls
    assert second.messages[-2] == {"role": "assistant", "content": '{"headline": ""}'}
    assert '"headline" is missing or empty' in second.prompt
    assert '"body" is missing or empty' in second.prompt
    assert second.body["response_format"] == first.body["response_format"]
    spent = [entry.usage for entry in ledger.entries]
    assert all(spent)
    assert answer.usage.prompt_tokens == sum(u.prompt_tokens or 0 for u in spent if u)


def test_there_is_only_one_repair_turn_and_the_error_names_the_field(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.next(*[script.answer('{"headline": "Tea"}')] * 3)
    error = _fails(provider, ledger, STRUCTURED)
    assert error.code is ErrorCode.BAD_ANSWER
    assert "Body" in error.message
    assert "Headline" not in error.message
    assert ledger.modes == ["json_schema", "repair"]


def test_a_field_still_too_long_after_the_repair_is_shortened_with_a_note(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    long = "Green tea for slow mornings. It warms the hands and calms a busy head all day long."
    reply = script.answer(json.dumps({"headline": long, "body": "b"}))
    scripted_openai.next(reply, reply)
    answer = provider.chat(STRUCTURED, ledger, Deadline(5))
    assert answer.fields["headline"] == "Green tea for slow mornings."
    assert answer.notes == (f"Headline was shortened from {len(long)} to 28 characters.",)
    assert f"{len(long)} characters; at most 60" in scripted_openai.calls[1].prompt


def test_a_repair_that_goes_wrong_does_not_lose_a_usable_first_answer(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    first = json.dumps({"headline": "word " * 30, "body": "b"})
    scripted_openai.next(script.answer(first), script.cut())
    answer = provider.chat(STRUCTURED, ledger, Deadline(5))
    assert len(answer.fields["headline"]) <= 60


@pytest.mark.parametrize("request_", [PLAIN, STRUCTURED])
@pytest.mark.parametrize("reply", [script.cut(), script.empty()])
def test_a_cut_or_empty_answer_is_an_error_that_points_to_max_tokens_and_keeps_its_cost(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    reply: script.Reply,
    request_: ChatRequest,
) -> None:
    scripted_openai.next(reply)
    error = _fails(provider, ledger, request_)
    assert error.code is ErrorCode.BAD_ANSWER
    assert "max_tokens" in error.hint
    assert len(ledger.entries) == 1
    assert ledger.entries[0].error
    assert ledger.entries[0].usage is not None


@pytest.mark.parametrize("reply", [script.refusal(), script.filtered()])
def test_a_refusal_is_a_matter_of_content_policy(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    reply: script.Reply,
) -> None:
    scripted_openai.next(reply)
    assert _fails(provider, ledger).code is ErrorCode.CONTENT_POLICY


def test_thinking_aloud_and_content_in_parts_are_understood(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    parts = [{"type": "text", "text": "<think>Hm.</think> Tea "}, {"type": "text", "text": "is."}]
    scripted_openai.next(script.raw(json.dumps({"choices": [{"message": {"content": parts}}]})))
    answer = provider.chat(PLAIN, ledger, Deadline(5))
    assert answer.text == "Tea is."
    assert answer.usage == Usage()


def test_a_total_is_unknown_when_one_call_does_not_say_what_it_used(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    body = {"choices": [{"message": {"content": GOOD}}]}
    scripted_openai.next(script.answer("no"), script.raw(json.dumps(body)))
    assert provider.chat(STRUCTURED, ledger, Deadline(5)).usage == Usage()


@pytest.mark.parametrize("reply", [script.hang(), script.trickle(0.05)])
def test_a_service_that_hangs_or_trickles_is_cut_at_the_deadline(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    reply: script.Reply,
) -> None:
    """Fault row 28. Guard: the total limit of the guarded client."""
    scripted_openai.next(reply)
    began = time.monotonic()
    with pytest.raises(ProviderError) as raised:
        provider.chat(PLAIN, ledger, Deadline(0.6))
    assert raised.value.code is ErrorCode.TIMEOUT
    assert raised.value.retryable
    assert time.monotonic() - began < 1.2
    assert ledger.entries[0].error


def test_a_cancelled_call_ends_within_a_second(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    scripted_openai.next(script.hang())
    cancelled = threading.Event()
    threading.Timer(0.3, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(ProviderError) as raised:
        provider.chat(PLAIN, ledger, Deadline(60, cancelled))
    assert raised.value.code is ErrorCode.CANCELLED
    assert time.monotonic() - began < 1.3
    assert ledger.entries[0].closed


def test_nothing_is_sent_after_the_deadline(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    with pytest.raises(ProviderError) as raised:
        provider.chat(PLAIN, ledger, Deadline(0))
    assert raised.value.code is ErrorCode.TIMEOUT
    assert scripted_openai.calls == []
    assert ledger.entries == []


def test_twenty_calls_run_side_by_side(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI
) -> None:
    scripted_openai.latency = 0.3
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        calls = [pool.submit(provider.chat, PLAIN, Ledger(), Deadline(10)) for _ in range(20)]
        assert all(call.result().text for call in calls)
    assert scripted_openai.in_flight_peak == 20
    assert time.monotonic() - began < 3
