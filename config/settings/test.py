"""Tests: real servers, short waits, cheap password hashes."""

from dataclasses import replace

from config.settings.base import *

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
