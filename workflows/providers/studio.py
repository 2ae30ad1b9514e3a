"""The studio: draws social cards, hero images and quote cards on this machine.

It is no image model. A prompt is a card in the grammar of ``studio_art.spec``, or a description
from which it takes colours and a motif.
"""

from __future__ import annotations

from .base import (
    CallLog,
    ChatAnswer,
    ChatRequest,
    Deadline,
    ErrorCode,
    ImageAnswer,
    ImageRequest,
    ProviderError,
)
from .studio_art.backdrops import PhotoError
from .studio_art.render import left_out, render
from .studio_art.spec import parse_spec

MODEL = "studio-card-1"
NOTE = "A card drawn by Copyloom's studio on this machine, not a picture by an image model."


class StudioProvider:
    """A ``ModelProvider`` that draws; it is free and needs no network."""

    def __init__(self, slug: str = "studio") -> None:
        self.slug = slug

    def chat(
        self,
        request: ChatRequest,
        log: CallLog,
        deadline: Deadline,
    ) -> ChatAnswer:
        """Raise ``ProviderError``: there is no copy to be had here."""
        raise ProviderError(
            ErrorCode.BAD_REQUEST,
            "Studio draws cards; it writes no copy.",
            hint="Choose a provider with a language model for this step.",
        )

    def image(self, request: ImageRequest, log: CallLog, deadline: Deadline) -> ImageAnswer:
        """Draw one card as PNG, exactly ``request.width`` by ``request.height`` pixels.

        Raises ``ProviderError``: cancelled or out of time, a size out of range, a broken photo.
        """
        number = log.open("image")
        try:
            data, note = _draw(request, deadline)
        except ProviderError as error:
            log.close(number, error=error.message)
            raise
        log.close(number)
        return ImageAnswer(data=data, model=MODEL, note=note)

    def models(self) -> list[str]:
        """The one way that studio draws."""
        return [MODEL]


def _draw(request: ImageRequest, deadline: Deadline) -> tuple[bytes, str]:
    deadline.check()
    spec = parse_spec(
        request.prompt,
        negative_prompt=request.negative_prompt,
        style=request.style,
        brand=request.brand,
        has_photo=request.photo is not None,
    )
    try:
        data = render(
            spec,
            request.width,
            request.height,
            seed=request.seed,
            photo=request.photo,
            check=deadline.check,
        )
    except PhotoError as error:
        raise ProviderError(
            ErrorCode.BAD_REQUEST, str(error), hint="Choose another photo, or draw without one."
        ) from error
    except ValueError as error:
        raise ProviderError(
            ErrorCode.BAD_REQUEST, str(error), hint="Choose another size for this step."
        ) from error
    lost = left_out(spec)
    return data, f"{NOTE} Left out, as its fonts lack them: {lost[:20]}" if lost else NOTE
