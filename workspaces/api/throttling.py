"""How often a person may call: a bound against programs that run away, not a price list."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

_MINUTE = 60


class CallsPerMinute(BaseThrottle):
    """Counts a person's calls in each minute of the clock, in each process by itself."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this call is still within ``API_CALLS_PER_MINUTE``."""
        key = f"api-calls-{request.user.pk}-{int(time.time() // _MINUTE)}"
        cache.add(key, 0, timeout=2 * _MINUTE)
        try:
            return cache.incr(key) <= settings.API_CALLS_PER_MINUTE
        except ValueError:
            # Redis came back between the two calls: nothing was counted while it was away.
            return True

    def wait(self) -> float:
        """Seconds until the next minute."""
        return _MINUTE - time.time() % _MINUTE
