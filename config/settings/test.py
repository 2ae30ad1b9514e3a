"""Tests: real servers, short waits, cheap password hashes."""

import os
from dataclasses import replace

from config.settings.base import *

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
REDIS_URL = f"{REDIS_URL.rsplit('/', 1)[0]}/{int(_WORKER) + 1}"
"""Each process of a test session has a database of its own, as it has in PostgreSQL."""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ENGINE = replace(
    ENGINE,
    lease_seconds=3,
    renew_seconds=0.5,
    reconcile_seconds=0.3,
    unsent_seconds=0.5,
    unknown_seconds=1,
    node_deadline_seconds=60,
    deadline_grace_seconds=2,
    database_patience_seconds=5,
)
