"""How bodies are read: JSON that can be stored, or files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework import parsers
from rest_framework.exceptions import ParseError

from workspaces.api.errors import refused
from workspaces.api.wellformed import MAX_DEPTH, fault


class JSONParser(parsers.JSONParser):
    """JSON within bounds. A body that is none, or holds what cannot be stored, is a 422."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value. Raises ``ParseError`` or ``Unprocessable``."""
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError(f"The body goes deeper than {MAX_DEPTH} levels.") from error
        if found := fault(body):
            path, sentence = found
            raise refused(path, sentence, "bad_value")
        return body
