"""What a service has refused, remembered for this process so that it is asked only once.

Services that call themselves compatible differ in the fields they take. A field that is
refused by name is left out (``max_tokens`` becomes ``max_completion_tokens`` first), and
the first kind of structured output that works stays in use.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from workflows.providers.base import ErrorCode, ProviderError
from workflows.providers.openai_errors import StatusError

_T = TypeVar("_T")
CHAIN = ("json_schema", "json_object", "prompt")
_REQUIRED = frozenset({"model", "messages", "prompt"})
_UNSUPPORTED = re.compile(
    r"unsupported|not supported|does(?:n't| not) support|unrecogni[sz]ed"
    r"|unknown (?:param|arg|field)|not permitted|not allowed|extra (?:field|input)"
    r"|only the default|unexpected keyword|invalid field"
)
_FORMAT = re.compile(
    r"response_format|response format|json_schema|json schema|json_object|json mode|json output"
    r"|structured output|guided|grammar"
)
_DROPS_AT_MOST = 5


@dataclass(slots=True)
class Quirks:
    """What one model at one address does not take."""

    refused: set[str] = field(default_factory=set)
    structured: str = CHAIN[0]
    sizes: list[str] = field(default_factory=list)


_known: dict[tuple[str, str], Quirks] = {}
_lock = threading.Lock()


def of(base_url: str, model: str) -> Quirks:
    """What is known of a model at an address."""
    with _lock:
        return _known.setdefault((base_url, model), Quirks())


def forget() -> None:
    """Start anew, as a fresh process does."""
    with _lock:
        _known.clear()


def send(
    quirks: Quirks,
    body: Mapping[str, Any],
    call: Callable[[Mapping[str, Any]], _T],
    *,
    keep: Collection[str] = (),
) -> _T:
    """Call with ``body``, again without each field that the service refuses by name.

    A refusal of a field in ``keep`` is raised, as any other ``ProviderError`` is.
    """
    for _ in range(_DROPS_AT_MOST):
        try:
            return call(_shaped(quirks, body))
        except StatusError as error:
            name = _refused_field(error, set(_shaped(quirks, body)) - set(keep))
            if name is None:
                raise
            with _lock:
                quirks.refused.add(name)
    return call(_shaped(quirks, body))


def refuses_format(error: ProviderError) -> bool:
    """Whether a refusal may be about the kind of structured output that was asked for."""
    if not isinstance(error, StatusError):
        return False
    if error.status in (404, 500, 501):
        return bool(_FORMAT.search(error.said))
    return error.status in (400, 415, 422) and error.code is ErrorCode.BAD_REQUEST


def names_format(error: ProviderError) -> bool:
    """Whether the refusal says so, and is worth remembering."""
    return isinstance(error, StatusError) and bool(_FORMAT.search(error.said))


def _shaped(quirks: Quirks, body: Mapping[str, Any]) -> dict[str, Any]:
    shaped = dict(body)
    if "max_tokens" in quirks.refused and "max_tokens" in shaped:
        shaped["max_completion_tokens"] = shaped.pop("max_tokens")
    return {name: value for name, value in shaped.items() if name not in quirks.refused}


def _refused_field(error: StatusError, fields: Collection[str]) -> str | None:
    if error.status not in (400, 422) or not _UNSUPPORTED.search(error.said):
        return None
    names = sorted(set(fields) - _REQUIRED, key=len, reverse=True)
    return next((name for name in names if re.search(rf"\b{re.escape(name)}\b", error.said)), None)
