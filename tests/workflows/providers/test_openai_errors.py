"""Every way a service can fail, as people and the engine see it."""

from __future__ import annotations

import datetime
import email.utils
import logging
import traceback
from typing import Any

import pytest

from tests import scripted_openai as script
from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.providers.conftest import CANARY
from tests.workflows.providers.ledger import Ledger
from workflows.providers import openai_errors
from workflows.providers.base import ChatRequest, Deadline, ErrorCode, ProviderError
from workflows.providers.openai_compatible import OpenAICompatibleProvider

REQUEST = ChatRequest(prompt="x", model="writer")


def _said(message: str, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "code": code}}


CASES = [
    (script.status(400, _said("temperature must be at most 2")), "bad_request"),
    (script.status(400, _said("too many tokens", "context_length_exceeded")), "bad_request"),
    (script.status(400, _said("no", "content_policy_violation")), "content_policy"),
    (script.status(400, _said("no", "content_filter")), "content_policy"),
    (
        script.status(400, _said("Your request was rejected by our safety system.")),
        "content_policy",
    ),
    (script.status(400, _said("Your credit balance is too low.")), "quota"),
    (script.status(401, _said(f"Incorrect API key provided: {CANARY}")), "auth"),
    (script.status(402, _said("Payment required")), "quota"),
    (script.status(403, _said("Country not supported")), "auth"),
    (script.status(404, _said("The model `zzz` does not exist", "model_not_found")), "bad_request"),
    (script.status(408), "timeout"),
    (script.status(409), "unavailable"),
    (script.status(413), "bad_request"),
    (script.status(422, {"detail": [{"loc": ["body"], "msg": "field required"}]}), "bad_request"),
    (script.status(425), "unavailable"),
    (script.status(429), "rate_limit"),
    (script.status(429, _said("You exceeded your current quota", "insufficient_quota")), "quota"),
    (script.status(500), "unavailable"),
    (script.status(502, "<html><h1>Bad gateway</h1></html>"), "unavailable"),
    (script.status(503), "unavailable"),
    (script.status(504), "timeout"),
    (script.status(529, _said("Overloaded")), "unavailable"),
    (script.status(302, "", headers={"Location": "http://127.0.0.1:1/"}), "bad_request"),
    (script.raw('{"error": {"message": "slow down", "code": 429}}'), "rate_limit"),
    (script.raw('{"error": "backend died"}'), "unavailable"),
    (script.garbage(), "bad_answer"),
    (script.html(), "bad_answer"),
    (script.raw(b""), "bad_answer"),
    (script.raw(b"\xff\xfe\x00"), "bad_answer"),
    (script.raw("[1, 2]"), "bad_answer"),
    (script.raw("{}"), "bad_answer"),
    (script.raw('{"choices": []}'), "bad_answer"),
    (script.raw('{"choices": [{"message": null}]}'), "bad_answer"),
    (script.raw("[" * 100_000), "bad_answer"),
    (script.huge(50), "bad_answer"),
    (script.disconnect(), "unavailable"),
    (script.Reply(body=b"plain", headers={"Content-Encoding": "gzip"}), "bad_answer"),
]


@pytest.mark.parametrize(("reply", "code"), CASES)
def test_each_failure_has_a_code_a_message_and_a_hint(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    reply: script.Reply,
    code: str,
) -> None:
    """Fault rows 27 and 29."""
    scripted_openai.next(reply)
    with pytest.raises(ProviderError) as raised:
        provider.chat(REQUEST, ledger, Deadline(10))
    error = raised.value
    assert error.code == code
    assert error.message[0].isupper()
    assert error.hint
    assert ledger.entries[0].error == error.message
    assert len(ledger.entries) == 1
    shown = f"{error.message} {error.hint} {''.join(traceback.format_exception(error))}"
    assert CANARY not in shown
    assert "127.0.0.1" not in f"{error.message} {error.hint}"
    assert "<" not in error.message


def test_a_service_that_is_not_there_is_unavailable(ledger: Ledger) -> None:
    provider = OpenAICompatibleProvider("gone", "http://127.0.0.1:1/v1", CANARY)
    with pytest.raises(ProviderError) as raised:
        provider.chat(REQUEST, ledger, Deadline(5))
    assert raised.value.code is ErrorCode.UNAVAILABLE
    assert raised.value.retryable


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1/v1", "https://169.254.169.254/v1", "https://user:pw@example.com/v1"],
)
def test_an_address_that_must_not_be_called_is_refused_without_a_retry(
    ledger: Ledger, address: str
) -> None:
    provider = OpenAICompatibleProvider("inner", address, CANARY)
    with pytest.raises(ProviderError) as raised:
        provider.chat(REQUEST, ledger, Deadline(5))
    assert raised.value.code is ErrorCode.BAD_REQUEST
    assert not raised.value.retryable
    assert "pw" not in raised.value.message


@pytest.mark.parametrize("key", ["ключ-from-elsewhere", "sk-line\nbreak"])
def test_a_key_that_no_header_can_hold_is_a_matter_of_the_key(
    scripted_openai: ScriptedOpenAI, ledger: Ledger, key: str
) -> None:
    provider = OpenAICompatibleProvider("test", scripted_openai.base_url, key)
    with pytest.raises(ProviderError) as raised:
        provider.chat(REQUEST, ledger, Deadline(5))
    assert raised.value.code is ErrorCode.AUTH
    assert key not in raised.value.message
    assert scripted_openai.calls == []


def test_the_wait_that_a_service_asks_for_is_read_in_all_its_forms() -> None:
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
    assert openai_errors.retry_after({"Retry-After": "2"}) == 2
    assert openai_errors.retry_after({"retry-after": "0.5"}) == 0.5
    assert openai_errors.retry_after({"retry-after-ms": "250"}) == 0.25
    dated = openai_errors.retry_after({"Retry-After": email.utils.format_datetime(later)})
    assert dated == pytest.approx(30, abs=2)
    for junk in ({}, {"Retry-After": "soon"}, {"Retry-After": ""}):
        assert openai_errors.retry_after(junk) is None
    assert openai_errors.retry_after({"Retry-After": "-5"}) == 0


def test_rate_limits_and_outages_carry_the_wait(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI, ledger: Ledger
) -> None:
    for code in (429, 503):
        scripted_openai.next(script.status(code, headers={"Retry-After": "7"}))
        with pytest.raises(ProviderError) as raised:
            provider.chat(REQUEST, ledger, Deadline(5))
        assert raised.value.retry_after == 7


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (_said("Bad   size\nfor this"), "Bad size for this"),
        ({"message": "plain"}, "plain"),
        ({"detail": "missing"}, "missing"),
        (_said("see https://internal.example/x?key=1 now"), "see … now"),
        (_said("host 10.1.2.3:8080 failed"), "host … failed"),
        (_said("key sk-abcdefghijk is wrong"), "key … is wrong"),
        (_said("Authorization: Bearer abc.def"), "Authorization: …"),
        ("<html>error</html>", ""),
        (None, ""),
        ([1], ""),
    ],
)
def test_the_services_words_are_cleaned(body: object, reason: str) -> None:
    assert openai_errors.reason_of(body) == reason


def test_a_long_reason_is_shortened() -> None:
    assert len(openai_errors.reason_of(_said("word " * 500))) <= openai_errors.REASON_LENGTH


def test_the_key_is_in_no_log_line_even_at_debug(
    provider: OpenAICompatibleProvider,
    scripted_openai: ScriptedOpenAI,
    ledger: Ledger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("", "openai", "httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, logger=name or None)
    provider.chat(REQUEST, ledger, Deadline(5))
    scripted_openai.next(script.status(401, _said(f"Incorrect API key: {CANARY}")))
    with pytest.raises(ProviderError):
        provider.chat(REQUEST, ledger, Deadline(5))
    assert scripted_openai.calls[0].headers["authorization"] == f"Bearer {CANARY}"
    assert CANARY not in caplog.text
    assert CANARY not in repr(provider)


def test_variables_meant_for_the_sdk_send_nothing_to_a_service(
    scripted_openai: ScriptedOpenAI, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", CANARY)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-canary")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-canary")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: canary\nX-Canary: canary")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://example.com/v1")
    OpenAICompatibleProvider("keyless", scripted_openai.base_url).chat(REQUEST, ledger, Deadline(5))
    headers = scripted_openai.calls[0].headers
    assert "canary" not in str(headers)
    assert "authorization" not in headers


def test_models_are_listed_with_those_that_write_first(
    provider: OpenAICompatibleProvider, scripted_openai: ScriptedOpenAI
) -> None:
    scripted_openai.models = ("whisper-1", "gpt-image-1", "b-model", "a-model")
    assert provider.models() == ["b-model", "a-model", "whisper-1", "gpt-image-1"]
    scripted_openai.next(script.raw('{"data": 3}'))
    with pytest.raises(ProviderError) as raised:
        provider.models()
    assert raised.value.code is ErrorCode.BAD_ANSWER
