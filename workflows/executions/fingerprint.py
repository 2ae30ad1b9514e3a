"""What makes two calls of an agent the same: then the first answer serves both. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from workflows.providers.base import ChatRequest, ImageRequest
from workflows.providers.registry import ResolvedProvider


def fingerprint(
    request: ChatRequest | ImageRequest, provider: ResolvedProvider, *, round: int, index: int
) -> str:
    """A hash of all that decides the answer; a photo counts by its own hash.

    The round is part of it: who sends work back wants another answer to the same question.
    """
    content = {
        "request": _plain(request),
        "provider": provider.slug,
        "model": request.model or provider.model_default,
        "round": round,
        "index": index,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _plain(request: ChatRequest | ImageRequest) -> dict[str, Any]:
    body = dataclasses.asdict(request)
    if body.get("photo"):
        body["photo"] = hashlib.sha256(body["photo"]).hexdigest()
    return body
