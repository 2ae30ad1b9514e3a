"""Counters that may be lost: attempts to sign in, calls of the API."""

from typing import Any

from config.settings.environment import ENV

CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "config.cache.SoftRedisCache",
        "LOCATION": ENV.redis_url,
        "KEY_PREFIX": "copyloom",
        "OPTIONS": {
            "serializer": "config.cache.JSONSerializer",
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "retry": None,
        },
    }
}
