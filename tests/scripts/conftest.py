"""A directory for servers that run as another account when the tests run as root."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def base() -> Iterator[Path]:
    """A directory that another account can pass through, as ``.local`` is.

    Not below pytest's own: each session that begins makes that one private again.
    """
    made = Path(tempfile.mkdtemp(prefix="copyloom-scripts-")).resolve()
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)
