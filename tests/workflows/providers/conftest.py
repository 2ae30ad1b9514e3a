"""A provider on the scripted server, and a fresh memory of what services refuse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scripted_openai import ScriptedOpenAI
from tests.workflows.providers.ledger import Ledger
from workflows.providers import openai_quirks
from workflows.providers.openai_compatible import OpenAICompatibleProvider

CANARY = "sk-canary-0123456789abcdef"


@pytest.fixture(autouse=True)
def fresh_quirks() -> Iterator[None]:
    openai_quirks.forget()
    yield


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def provider(scripted_openai: ScriptedOpenAI) -> OpenAICompatibleProvider:
    return OpenAICompatibleProvider(
        "test", scripted_openai.base_url, CANARY, copy_model="writer", image_model="painter"
    )
