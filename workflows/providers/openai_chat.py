"""One copy variant from an OpenAI-compatible service: plain text, or an object of fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.providers import openai_quirks as quirks
from workflows.providers import structured
from workflows.providers.base import (
    CallLog,
    ChatAnswer,
    ChatRequest,
    ErrorCode,
    ProviderError,
)
from workflows.providers.openai_errors import error
from workflows.providers.openai_session import Payload, Session

_RESERVED = frozenset({"model", "messages", "stream", "n", "response_format"})
_THINKING = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_MORE_TOKENS = "Raise the step's max_tokens, or ask for a shorter text."


@dataclass(frozen=True, slots=True)
class Chat:
    """What one agent asks, and by which session it asks it."""

    session: Session
    log: CallLog
    request: ChatRequest
    options: Mapping[str, Any]
    """Extra fields of the request; the step's own settings win over them."""
    quirks: quirks.Quirks

    def answer(self) -> ChatAnswer:
        """The finished variant. Raises ``ProviderError``."""
        if self.request.fields:
            return self._structured()
        text = self._ask("text", self._messages())
        return ChatAnswer(text=text, model=self.request.model, usage=self.session.total())

    def _structured(self) -> ChatAnswer:
        """Fields by the first kind of structured output that the service takes.

        One repair turn; then see ``structured`` for what becomes of an answer still wrong.
        """
        fields = self.request.fields
        mode, text = self._first_that_works()
        reading = structured.read(text, fields)
        if reading.problems:
            reading = self._repaired(mode, text, reading)
        if not reading.complete:
            names = ", ".join(f.label or f.key for f in fields if f.key in reading.missing)
            raise error(
                ErrorCode.BAD_ANSWER,
                f"The model left out a part of its answer: {names}.",
                hint="Retry the step, ask for fewer fields, or choose a stronger model.",
            )
        values, notes = structured.fitted(reading, fields)
        return ChatAnswer(
            text=structured.joined(values),
            model=self.request.model,
            fields=values,
            usage=self.session.total(),
            notes=tuple(notes),
        )

    def _repaired(self, mode: str, text: str, reading: structured.Reading) -> structured.Reading:
        """The better of two readings; a first one that is only too long is never thrown away."""
        fields = self.request.fields
        messages = self._messages() + structured.repair_messages(text, reading, fields)
        try:
            second = structured.read(self._ask("repair", messages, mode), fields)
        except ProviderError as failure:
            if not reading.complete or failure.code is not ErrorCode.BAD_ANSWER:
                raise
            return reading
        return second if second.complete or not reading.complete else reading

    def _first_that_works(self) -> tuple[str, str]:
        """The kind of structured output that was taken, and the answer to it."""
        modes = quirks.CHAIN[quirks.CHAIN.index(self.quirks.structured) :]
        named = False
        for mode in modes[:-1]:
            try:
                text = self._ask(mode, self._messages(), mode)
            except ProviderError as refusal:
                if not quirks.refuses_format(refusal):
                    raise
                named = named or quirks.names_format(refusal)
            else:
                self._remember(mode, named)
                return mode, text
        text = self._ask(modes[-1], self._messages(), modes[-1])
        self._remember(modes[-1], named)
        return modes[-1], text

    def _remember(self, mode: str, named: bool) -> None:
        if named:
            self.quirks.structured = mode

    def _messages(self) -> list[Any]:
        prompt = self.request.prompt
        if self.request.fields:
            prompt = f"{prompt}\n\n{structured.instruction(self.request.fields)}"
        system = [{"role": "system", "content": self.request.system}] if self.request.system else []
        return [*system, {"role": "user", "content": prompt}]

    def _ask(self, mode: str, messages: list[Any], structure: str = "") -> str:
        body = {name: value for name, value in self.options.items() if name not in _RESERVED}
        body |= {"model": self.request.model, "messages": messages}
        for name in ("temperature", "max_tokens", "seed"):
            if (value := getattr(self.request, name)) is not None:
                body[name] = value
        if structure == "json_schema":
            body["response_format"] = structured.json_schema(self.request.fields)
        elif structure == "json_object":
            body["response_format"] = {"type": "json_object"}
        return quirks.send(
            self.quirks,
            body,
            lambda shaped: self.session.call(self.log, mode, "/chat/completions", shaped, text_of),
            keep={"response_format"},
        )


def text_of(payload: Payload) -> str:
    """The text of a finished chat answer.

    Raises ``ProviderError`` for one that is cut, empty, refused or of another shape.
    """
    try:
        choice = payload["choices"][0]
        message, finish = choice["message"], choice.get("finish_reason")
        content, refusal = message.get("content"), message.get("refusal")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise error(
            ErrorCode.BAD_ANSWER,
            "The model service's answer has an unknown form.",
            hint="Check the provider's address: that of an OpenAI-compatible API.",
        ) from None
    if refusal or finish == "content_filter":
        raise error(ErrorCode.CONTENT_POLICY, "The model refused to write this.")
    text = _THINKING.sub("", _flat(content)).strip()
    if finish == "length":
        raise error(
            ErrorCode.BAD_ANSWER,
            "The model's answer was cut off at its length limit.",
            hint=_MORE_TOKENS,
        )
    if not text:
        raise error(
            ErrorCode.BAD_ANSWER,
            "The model's answer is empty.",
            hint="Retry the step; if it goes on, raise max_tokens or choose another model.",
        )
    return text


def _flat(content: object) -> str:
    """Content is a string, or by some services a list of parts."""
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""
