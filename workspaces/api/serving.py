"""How files leave through the API: as what they are, with nothing that can run."""

from __future__ import annotations

from collections.abc import Sequence

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

INERT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
"""A browser neither guesses another type nor runs what a file may hold."""


class AnyFormat(BaseContentNegotiation):
    """Whatever ``Accept`` says: an ``<img>`` asks for pictures, and the answer is the file."""

    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser:  # type: ignore[override]
        """Files are only read here."""
        return parsers[0]

    def select_renderer(  # type: ignore[override]  # as above
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The view answers with a file, not through a renderer."""
        return renderers[0], renderers[0].media_type
