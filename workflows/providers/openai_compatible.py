"""Any service that speaks OpenAI's API: OpenAI, Azure, OpenRouter, Ollama, vLLM, LM Studio."""

from __future__ import annotations

import dataclasses
import re
import threading
from collections.abc import Mapping
from typing import Any

from workflows.providers import openai_quirks as quirks
from workflows.providers.base import (
    CallLog,
    ChatAnswer,
    ChatRequest,
    Deadline,
    ErrorCode,
    ImageAnswer,
    ImageRequest,
    ProviderError,
)
from workflows.providers.openai_chat import Chat
from workflows.providers.openai_errors import StatusError, error
from workflows.providers.openai_images import MAX_IMAGE_BYTES, Painting
from workflows.providers.openai_session import Session

MAX_TEXT_BYTES = 4_000_000
MAX_PACKED_IMAGE_BYTES = MAX_IMAGE_BYTES * 4 // 3 + 1_000_000
LIST_SECONDS = 10.0
_NOT_FOR_COPY = re.compile(
    r"embed|whisper|tts|dall-e|image|audio|realtime|transcri|moderation|rerank|davinci|babbage"
    r"|sora|diffusion|flux|guard|ocr|clip",
    re.IGNORECASE,
)
_first_models: dict[str, str] = {}
"""By address; asked once a process."""
_first_lock = threading.Lock()


class OpenAICompatibleProvider:
    """A ``ModelProvider`` over HTTP. Safe to share between threads; touches no database.

    ``options`` are extra request fields: ``{"chat": {...}, "image": {...}}``.
    """

    def __init__(
        self,
        slug: str,
        base_url: str,
        api_key: str = "",
        *,
        copy_model: str = "",
        image_model: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.slug = slug
        self._base_url = base_url
        self._api_key = api_key.strip()
        self._copy_model = copy_model
        self._image_model = image_model
        self._options = options or {}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.slug}>"

    def chat(self, request: ChatRequest, log: CallLog, deadline: Deadline) -> ChatAnswer:
        """Write one variant; a blank model means the default. Raises ``ProviderError``."""
        model = request.model or self._copy_model or self._first_model(deadline)
        with self._session(deadline, MAX_TEXT_BYTES) as session:
            chat = Chat(
                session=session,
                log=log,
                request=dataclasses.replace(request, model=model),
                options=self._extra("chat"),
                quirks=quirks.of(self._base_url, model),
            )
            try:
                return chat.answer()
            except StatusError as refusal:
                if refusal.status == 404:
                    self._forget_first_model()
                raise

    def image(self, request: ImageRequest, log: CallLog, deadline: Deadline) -> ImageAnswer:
        """Make one image; a blank model means the default. Raises ``ProviderError``."""
        model = request.model or self._image_model
        if not model:
            raise error(
                ErrorCode.BAD_REQUEST,
                "No image model is set for this provider.",
                hint="Name a model in the step, or set the provider's image model.",
            )
        with self._session(deadline, MAX_PACKED_IMAGE_BYTES) as session:
            return Painting(
                session=session,
                log=log,
                deadline=deadline,
                request=dataclasses.replace(request, model=model),
                options=self._extra("image"),
                quirks=quirks.of(self._base_url, model),
                base_url=self._base_url,
            ).answer()

    def models(self, seconds: float = LIST_SECONDS) -> list[str]:
        """Names of the models on offer, those that write first. Raises ``ProviderError``."""
        return self._list(Deadline(seconds))

    def _list(self, deadline: Deadline) -> list[str]:
        with self._session(deadline, MAX_TEXT_BYTES) as session:
            rows = session.models().get("data")
        if not isinstance(rows, list):
            raise error(ErrorCode.BAD_ANSWER, "The model service's list has an unknown form.")
        ids = [row.get("id") for row in rows if isinstance(row, dict)]
        names = [name for name in ids if isinstance(name, str) and name]
        return sorted(names, key=lambda name: bool(_NOT_FOR_COPY.search(name)))

    def _first_model(self, deadline: Deadline) -> str:
        with _first_lock:
            known = _first_models.get(self._base_url)
        if known:
            return known
        names = self._list(Deadline(min(LIST_SECONDS, deadline.remaining()), deadline.cancelled))
        if not names:
            raise ProviderError(
                ErrorCode.BAD_REQUEST,
                "The model service offers no model.",
                hint="Load a model there, or name one in the step.",
            )
        with _first_lock:
            return _first_models.setdefault(self._base_url, names[0])

    def _forget_first_model(self) -> None:
        with _first_lock:
            _first_models.pop(self._base_url, None)

    def _session(self, deadline: Deadline, max_bytes: int) -> Session:
        return Session(
            base_url=self._base_url,
            api_key=self._api_key,
            deadline=deadline,
            max_bytes=max_bytes,
        )

    def _extra(self, kind: str) -> Mapping[str, Any]:
        extra = self._options.get(kind)
        return extra if isinstance(extra, Mapping) else {}
