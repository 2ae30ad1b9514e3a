"""One image from an OpenAI-compatible service, sent inside the answer or as an address."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from workflows.providers import openai_errors
from workflows.providers import openai_quirks as quirks
from workflows.providers.base import (
    CallLog,
    Deadline,
    ErrorCode,
    ImageAnswer,
    ImageRequest,
    ProviderError,
)
from workflows.providers.openai_errors import StatusError, error
from workflows.providers.openai_session import Payload, Session
from workspaces.outbound import READ_SECONDS, OutboundError, fetch_bytes, is_private_host

MAX_IMAGE_BYTES = 25_000_000
_RESERVED = frozenset({"model", "prompt", "size", "n", "stream", "response_format", "sizes"})
_SIZE = re.compile(r"\b(\d{2,4})x(\d{2,4})\b")
_SIZES = {
    "gpt-image-1": ("1024x1024", "1536x1024", "1024x1536"),
    "chatgpt-image": ("1024x1024", "1536x1024", "1024x1536"),
    "dall-e-3": ("1024x1024", "1792x1024", "1024x1792"),
    "dall-e-2": ("256x256", "512x512", "1024x1024"),
}
"""By the beginning of a model's name; other models are asked for the size itself, and the
sizes that a refusal lists are used from then on."""
_KINDS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Painting:
    """What one agent asks, and by which session it asks it."""

    session: Session
    log: CallLog
    deadline: Deadline
    request: ImageRequest
    options: Mapping[str, Any]
    """Extra fields of the request; ``sizes`` lists what the model can do, as ``WxH``."""
    quirks: quirks.Quirks
    base_url: str

    def answer(self) -> ImageAnswer:
        """The finished picture. Raises ``ProviderError``."""
        try:
            size, image = self._ask()
        except StatusError as refusal:
            if not self._learn_sizes(refusal):
                raise
            size, image = self._ask()
        data = image if isinstance(image, bytes) else self._download(image)
        if not _is_picture(data):
            raise error(ErrorCode.BAD_ANSWER, "The model service sent a file that is no picture.")
        asked = f"{self.request.width}x{self.request.height}"
        return ImageAnswer(
            data=data,
            model=self.request.model,
            usage=self.session.total(),
            note="" if size == asked else f"Made at {size}, the model's nearest size to {asked}.",
        )

    def _ask(self) -> tuple[str, bytes | str]:
        size = self._size()
        body = {name: value for name, value in self.options.items() if name not in _RESERVED}
        body |= {"model": self.request.model, "prompt": self._prompt(), "size": size}
        if not self.request.model.startswith(("gpt-image", "chatgpt-image")):
            body["response_format"] = "b64_json"
        image = quirks.send(
            self.quirks,
            body,
            lambda shaped: self.session.call(
                self.log, "image", "/images/generations", shaped, image_of
            ),
            keep={"size"},
        )
        return size, image

    def _prompt(self) -> str:
        parts = [self.request.prompt.strip()]
        if self.request.style:
            parts.append(f"Style: {self.request.style}.")
        if self.request.negative_prompt:
            parts.append(f"Leave out: {self.request.negative_prompt}.")
        return "\n".join(parts)

    def _size(self) -> str:
        model = self.request.model.rsplit("/", 1)[-1]
        table = next((sizes for name, sizes in _SIZES.items() if model.startswith(name)), ())
        sizes = self.quirks.sizes or self.options.get("sizes") or table
        return nearest_size(self.request.width, self.request.height, sizes)

    def _learn_sizes(self, refusal: StatusError) -> bool:
        """Whether a refusal lists sizes that have not been tried."""
        if refusal.status not in (400, 422) or "size" not in refusal.said or self.quirks.sizes:
            return False
        refused = self._size()
        found = [f"{width}x{height}" for width, height in _SIZE.findall(refusal.said)]
        self.quirks.sizes = [size for size in dict.fromkeys(found) if size != refused]
        return bool(self.quirks.sizes)

    def _download(self, url: str) -> bytes:
        """Fetch a picture without the key; only a private service may name a private host."""
        self.deadline.check()
        number = self.log.open("download")
        own = urlsplit(self.base_url).hostname or ""
        try:
            data, _ = fetch_bytes(
                url,
                max_bytes=MAX_IMAGE_BYTES,
                seconds=min(READ_SECONDS, self.deadline.remaining()),
                private_hosts=None if is_private_host(own) else (),
                cancelled=self.deadline.cancelled,
            )
        except OutboundError as caught:
            failure = self._failed_download(caught)
        else:
            self.log.close(number)
            return data
        self.log.close(number, error=failure.message)
        raise failure

    def _failed_download(self, caught: OutboundError) -> ProviderError:
        if self.deadline.cancelled.is_set():
            return ProviderError(ErrorCode.CANCELLED, "The call was cancelled.")
        return openai_errors.from_download(caught)


def image_of(payload: Payload) -> bytes | str:
    """The picture's bytes, or the address that it is at. Raises ``ProviderError``."""
    try:
        first = payload["data"][0]
        packed, url = first.get("b64_json"), first.get("url")
    except (KeyError, IndexError, TypeError, AttributeError):
        packed = url = None
    if isinstance(url, str) and url.startswith("data:"):
        packed = url.partition(",")[2]
    if isinstance(packed, str) and packed:
        try:
            return base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError):
            raise error(ErrorCode.BAD_ANSWER, "The model service sent a damaged picture.") from None
    if isinstance(url, str) and url:
        return url
    raise error(ErrorCode.BAD_ANSWER, "The model service's answer holds no picture.")


def nearest_size(width: int, height: int, sizes: Sequence[str]) -> str:
    """The size nearest in shape, then in area; the asked one when ``sizes`` is empty."""
    known = [(int(m[1]), int(m[2])) for m in map(_SIZE.fullmatch, sizes) if m]
    if not known or (width, height) in known:
        return f"{width}x{height}"

    def distance(size: tuple[int, int]) -> tuple[float, float]:
        shape = abs(math.log(size[0] / size[1]) - math.log(width / height))
        return round(shape, 3), abs(math.log(size[0] * size[1] / (width * height)))

    best = min(known, key=distance)
    return f"{best[0]}x{best[1]}"


def _is_picture(data: bytes) -> bool:
    return data.startswith(_KINDS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
