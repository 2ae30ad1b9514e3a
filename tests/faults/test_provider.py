"""Rows 27-29 and 45: the model service is slow, rude, broken or knows us no more."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from tests.engine import Drive, statuses
from tests.faults.checks import assert_all_well
from tests.faults.site import COPY, Site, step
from tests.graphs import brief, copy, graph, node, text
from tests.scripted_openai import (
    Call,
    Reply,
    ScriptedOpenAI,
    answer,
    empty,
    garbage,
    html,
    huge,
    raw,
    refusal,
    status,
    trickle,
)
from tests.workflows.providers.ledger import Ledger
from workflows.models import AgentJob, Provider
from workflows.providers.base import ChatRequest, Deadline, ProviderError
from workflows.providers.openai_compatible import OpenAICompatibleProvider
from workspaces.secrets import encrypt

pytestmark = pytest.mark.django_db(transaction=True)


def patient(**config: Any) -> Any:
    """A copy step that tries three times."""
    retry = {"max_attempts": 3, "backoff_seconds": 0.2}
    return graph([brief("t"), copy("copy", retry=retry, **config)], "brief > copy")


@pytest.mark.parametrize("code", [429, 500, 529])
def test_fault_27_an_error_that_passes_is_tried_again_after_the_wait(
    drive: Drive, providers: ScriptedOpenAI, code: int
) -> None:
    """Guard: ``retry_after`` in ``backoff``."""
    providers.next(status(code, headers={"Retry-After": "1"}))
    execution = drive.run(patient(), t="x")
    assert execution.status == "completed"
    first, second = providers.calls
    assert second.started - (first.finished or 0) >= 0.99
    assert_all_well(providers)


def test_fault_27_twenty_refused_agents_do_not_come_back_together(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    """Guard: the jitter that ``backoff`` adds to the wait that the service asks for."""
    for _ in range(20):
        providers.next(status(429, headers={"Retry-After": "1"}))
    retry = {"max_attempts": 3, "backoff_seconds": 2}
    made = graph([brief("t"), copy("copy", quantity=20, retry=retry)], "brief > copy")
    assert drive.run(made, t="x").status == "completed"
    again = sorted(call.started for call in providers.calls[20:])
    assert len(again) == 20
    assert again[-1] - again[0] > 0.5
    assert_all_well(providers)


def test_fault_27_a_wait_beyond_the_steps_time_is_not_waited_for(
    drive: Drive, providers: ScriptedOpenAI, settings: Any
) -> None:
    """Guard: ``wait >= deadline.remaining()`` in ``keep_trying``."""
    settings.ENGINE = replace(settings.ENGINE, node_deadline_seconds=5)
    providers.when(lambda call: True, status(429, headers={"Retry-After": "20"}), times=None)
    began = time.monotonic()
    execution = drive.run(patient(), t="x")
    assert time.monotonic() - began < 4
    assert step(execution).error["code"] == "rate_limit"
    assert len(providers.calls) == 1
    assert_all_well(providers)


@pytest.mark.parametrize("reply", [trickle(0.3), Reply(hang=60)], ids=["trickle", "hang"])
def test_fault_28_a_service_that_never_ends_its_answer(
    drive: Drive, providers: ScriptedOpenAI, settings: Any, reply: Reply
) -> None:
    """Guards: either of two, the deadline of ``AgentRunner`` and that of each call, told below."""
    settings.ENGINE = replace(settings.ENGINE, node_deadline_seconds=2)
    providers.when(lambda call: True, reply, times=None)
    began = time.monotonic()
    execution = drive.run(patient(), t="x")
    assert time.monotonic() - began < 5
    assert step(execution).error["code"] == "timeout"
    assert_all_well(providers, settled=False)


@pytest.mark.parametrize("reply", [trickle(0.3), Reply(hang=60)], ids=["trickle", "hang"])
def test_fault_28_the_call_itself_ends_at_its_deadline(
    scripted_openai: ScriptedOpenAI, reply: Reply
) -> None:
    """Guard: the total limit of ``guarded_client``, which no byte moves."""
    scripted_openai.when(lambda call: True, reply, times=None)
    provider = OpenAICompatibleProvider("slow", scripted_openai.base_url)
    began = time.monotonic()
    with pytest.raises(ProviderError) as late:
        provider.chat(ChatRequest(prompt="x", model="m"), Ledger(), Deadline(1.5))
    assert late.value.code == "timeout"
    assert 1 < time.monotonic() - began < 4


REPLIES: dict[str, tuple[Reply, str]] = {
    "empty": (empty(), "bad_answer"),
    "huge": (huge(50), "bad_answer"),
    "garbage": (garbage(), "bad_answer"),
    "html": (html(), "bad_answer"),
    "binary": (raw(b"\x89PNG\r\n\x1a\n\x00", content_type="image/png"), "bad_answer"),
    "list": (raw(b"[1, 2]"), "bad_answer"),
    "shape": (answer("no json at all"), "bad_answer"),
    "refusal": (refusal(), "content_policy"),
    "picture": (raw(b'{"data": [{"b64_json": "aGVsbG8="}]}'), "bad_answer"),
}


def _mentions(words: str, call: Call) -> bool:
    return words in json.dumps(call.body)


def test_fault_29_answers_of_no_use(drive: Drive, providers: ScriptedOpenAI) -> None:
    """Guard: ``max_bytes``, ``get_payload`` and the judges of chat and image."""
    for name, (reply, _) in REPLIES.items():
        providers.when(partial(_mentions, f"as {name}"), reply, times=None)
    once = {"max_attempts": 1, "backoff_seconds": 0}
    steps = [
        copy(
            name,
            f"as {name}",
            retry=once,
            **({"fields": [{"key": "a"}]} if name == "shape" else {}),
        )
        for name in REPLIES
        if name != "picture"
    ]
    steps.append(
        node("picture", "generate_image", prompt="as picture", provider="scripted", retry=once)
    )
    made = graph(
        [brief("t"), *steps, copy("well", "Fine"), text("after", "{{ nodes.well.text }}")],
        *(f"brief > {name}" for name in REPLIES),
        "brief > well > after",
    )
    began = time.monotonic()
    execution = drive.run(made, t="x")
    assert time.monotonic() - began < 30
    found = statuses(execution)
    assert (found["well"], found["after"]) == ("completed", "completed")
    for name, (_, code) in REPLIES.items():
        error = step(execution, name).error
        assert (name, error["code"]) == (name, code)
        assert len(error["message"]) > 20
        assert error["hint"]
    assert_all_well(providers)


def test_fault_45_a_key_that_is_rotated_while_the_run_goes_on(
    drive: Drive, providers: ScriptedOpenAI
) -> None:
    """Guard: ``resolve`` reads the provider anew for each step."""
    row = Provider.objects.filter(slug="scripted")
    row.update(api_key_encrypted=encrypt("old-key"))
    made = graph([brief("t"), copy("a"), copy("b")], "brief > a > b")
    execution = drive.launch(made, t="x")
    drive.step()
    drive.step()
    row.update(api_key_encrypted=encrypt("new-key"))
    assert drive.work(execution).status == "completed"
    sent = [call.headers["authorization"] for call in providers.calls]
    assert sent == ["Bearer old-key", "Bearer new-key"]
    assert_all_well(providers)


@pytest.mark.parametrize("how", ["refused", "switched off"])
def test_fault_45_a_key_that_is_revoked_fails_the_step_without_a_storm(
    drive: Drive, providers: ScriptedOpenAI, how: str
) -> None:
    """Guard: ``auth`` is no code of ``RETRYABLE``."""
    execution = drive.launch(patient(quantity=3), t="x")
    drive.step()
    if how == "refused":
        providers.when(lambda call: True, status(401), times=None)
    else:
        Provider.objects.filter(slug="scripted").update(enabled=False)
    drive.work(execution)
    error = step(execution).error
    if how == "refused":
        assert (error["code"], "key" in error["message"]) == ("auth", True)
        assert len(providers.calls) == 3
    else:
        assert error["code"] == "bad_request"
        assert providers.calls == []
    assert AgentJob.objects.exclude(status="failed").count() == 0
    assert_all_well(providers)


def test_fault_45_a_key_that_is_revoked_while_workers_run(site: Site) -> None:
    """Guard: the same, in processes of their own."""
    site.server.when(lambda call: True, status(401), times=None)
    site.workers()
    execution = site.launch(COPY)
    site.ended(execution, status="failed")
    assert len(site.server.calls) == 1
    site.server.forget()
    site.well(execution)
