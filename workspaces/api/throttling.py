"""How often a person may call: a bound against programs that run away, not a price list."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

_MINUTE = 60


class _Calls:
    """Calls by person in the present minute of the clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: Counter[int | None] = Counter()

    def count(self, person: int | None) -> int:
        """Count a call; gives how many there were."""
        minute = int(time.time() // _MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._counts.clear()
            self._counts[person] += 1
            return self._counts[person]


_calls = _Calls()


class CallsPerMinute(BaseThrottle):
    """Counts a person's calls in each minute of the clock, in each process by itself.

    In memory: a count in Redis would cost each call more than most calls take, and the API has
    to answer while Redis is away.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this call is still within ``API_CALLS_PER_MINUTE``."""
        return _calls.count(request.user.pk) <= settings.API_CALLS_PER_MINUTE

    def wait(self) -> float:
        """Seconds until the next minute."""
        return _MINUTE - time.time() % _MINUTE
