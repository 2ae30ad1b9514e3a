"""Somebody who is not signed in yet."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def no_attempts() -> None:
    """Attempts of other tests do not count."""
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    """A browser of nobody, with forms that need their token."""
    return Client()
