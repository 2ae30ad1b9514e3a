"""What a document says, made fit to be stored. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

MAX_TITLE = 200
UNTITLED = "Untitled"


@dataclass(frozen=True, slots=True)
class Content:
    """A title of 1 to 200 characters on one line, and a Markdown body."""

    title: str
    body: str

    @property
    def hash(self) -> str:
        """SHA-256 of both."""
        return hashlib.sha256(json.dumps([self.title, self.body]).encode()).hexdigest()


def fit(title: str, body: str) -> Content:
    """Cut a long title, name an empty one, and drop NUL characters, which PostgreSQL refuses.

    Titles are often a model's words, so a clumsy one is mended and not refused.
    """
    line = " ".join(title.replace("\x00", "").split()) or UNTITLED
    if len(line) > MAX_TITLE:
        line = line[: MAX_TITLE - 1].rstrip() + "…"
    return Content(line, body.replace("\x00", "").replace("\r\n", "\n"))
