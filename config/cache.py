"""The cache: Redis, as JSON, and done without while Redis is away.

It holds counters of sign-in attempts and the like. Losing them is better than keeping people out,
so a cache that does not answer counts as an empty one.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

PAUSE_SECONDS = 5
"""After a failure Redis is left alone for so long, lest every call wait for its timeout."""
_away_until = 0.0
_log = logging.getLogger(__name__)


class JSONSerializer:
    """What the cache holds, as text: nothing in it can be turned into code."""

    def dumps(self, value: Any) -> int | str:
        """Plain numbers stay numbers, so that Redis can count them up."""
        return value if type(value) is int else json.dumps(value)

    def loads(self, data: bytes) -> Any:
        """The value. Raises ``ValueError`` for what was not written by this class."""
        return json.loads(data)


class SoftClient(RedisCacheClient):
    """The five calls that the site makes; any other raises while Redis is away."""

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        """Whether the key was free; without Redis it is."""
        return bool(_softly(lambda: super(SoftClient, self).add(key, value, timeout), True))

    def get(self, key: Any, default: Any) -> Any:
        """The value, or the default."""
        return _softly(lambda: super(SoftClient, self).get(key, default), default)

    def incr(self, key: Any, delta: Any) -> int:
        """The counter, counted up; 0 without Redis. Raises ``ValueError`` where there is none."""
        return int(_softly(lambda: super(SoftClient, self).incr(key, delta), 0))

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        """Keep the value, where there is something to keep it in."""
        _softly(lambda: super(SoftClient, self).set(key, value, timeout), None)

    def delete(self, key: Any) -> bool:
        """Whether there was such a key."""
        return bool(_softly(lambda: super(SoftClient, self).delete(key), False))


class SoftRedisCache(RedisCache):
    """The backend named in the settings."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SoftClient


def _softly(call: Callable[[], Any], otherwise: Any) -> Any:
    """The call's answer, or the other one while Redis is away."""
    global _away_until  # noqa: PLW0603 - one process, one Redis
    if time.monotonic() < _away_until:
        return otherwise
    try:
        return call()
    except RedisError as error:
        _away_until = time.monotonic() + PAUSE_SECONDS
        _log.warning("The cache does not answer; going on without: %s", error)
        return otherwise
