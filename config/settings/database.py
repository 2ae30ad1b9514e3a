"""PostgreSQL: persistent connections, checked before use; no pool, it does not survive a fork."""

import sys

from config.settings.environment import ENV

_LOCK_TIMEOUT = "2s" if "migrate" in sys.argv[1:2] else "10s"
"""A migration gives way to the work that goes on, for whoever wants a lock queues up behind it."""
DATABASES = {
    "default": {
        **ENV.database,
        "ENGINE": "config.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **ENV.database.get("OPTIONS", {}),
            "connect_timeout": 5,
            "options": (
                f"-c lock_timeout={_LOCK_TIMEOUT} -c idle_in_transaction_session_timeout=60s"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
