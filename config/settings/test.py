"""Tests: real servers, short waits, cheap password hashes."""

from dataclasses import replace

from config.settings.base import *

INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
"""A request that asks for row after row what one query could bring fails its test."""
ZEAL_ALLOWLIST = [
    {"model": "workspaces.User", "field": "get()"},
    {"model": "sessions.Session", "field": "get()"},
]
"""Who is signed in and whom the admin's page shows are two people, asked for in one place.
A session that is renewed while somebody signs in is read under both of its keys."""
STYLEGUIDE = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["CONN_MAX_AGE"] = 0  # threads of the live server keep no connection
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
