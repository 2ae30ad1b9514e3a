"""What a call cost, in US dollars. An unknown price is None, never 0.

The row's own prices come first, then the public list that ships with genai-prices (as
installed; it is not refreshed over the network). Studio, and providers marked as free, cost 0.
"""

from __future__ import annotations

from decimal import Decimal

import genai_prices

from workflows.models import ModelPrice, Provider
from workflows.providers.base import Usage

_MILLION = Decimal(1_000_000)


def cost_of_chat(row_id: int, model: str, usage: Usage) -> Decimal | None:
    """The cost of an answer's tokens at the provider with this row."""
    row = Provider.objects.filter(pk=row_id).first()
    if row is None or is_free(row):
        return None if row is None else Decimal(0)
    return price_of_chat(row, _own_price(row, model), model, usage)


def cost_of_image(row_id: int, model: str, usage: Usage) -> Decimal | None:
    """The cost of one image: by the piece where a price says so, else by its tokens."""
    row = Provider.objects.filter(pk=row_id).first()
    if row is None or is_free(row):
        return None if row is None else Decimal(0)
    return price_of_image(row, _own_price(row, model), model, usage)


def price_of_chat(
    row: Provider, own: ModelPrice | None, model: str, usage: Usage
) -> Decimal | None:
    """The cost of an answer's tokens, given the row's own price of the model. Asks nothing."""
    if is_free(row):
        return Decimal(0)
    if own is not None and (own.input_per_million, own.output_per_million) != (None, None):
        return _by_tokens(own, usage)
    return _listed(row, model, usage)


def price_of_image(
    row: Provider, own: ModelPrice | None, model: str, usage: Usage
) -> Decimal | None:
    """The cost of one image, given the row's own price of the model. Asks nothing."""
    if own is not None and own.per_image is not None and not is_free(row):
        return own.per_image
    return price_of_chat(row, own, model, usage)


def is_free(row: Provider) -> bool:
    """Whether calls of this provider cost nothing."""
    return row.kind == Provider.Kind.STUDIO or row.options.get("free") is True


def _own_price(row: Provider, model: str) -> ModelPrice | None:
    return ModelPrice.objects.filter(provider=row, model=model).first()


def _by_tokens(price: ModelPrice, usage: Usage) -> Decimal | None:
    total = Decimal(0)
    for rate, count in (
        (price.input_per_million, usage.prompt_tokens),
        (price.output_per_million, usage.completion_tokens),
    ):
        if rate is None or count is None:
            return None
        total += rate * count / _MILLION
    return total


def _listed(row: Provider, model: str, usage: Usage) -> Decimal | None:
    """By the public list, which finds the service by its address."""
    if not model or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    try:
        found = genai_prices.calc_price(
            genai_prices.Usage(
                input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens
            ),
            model,
            provider_api_url=row.base_url,
        )
    except (LookupError, ValueError):
        return None
    return found.total_price or (Decimal(0) if model.endswith(":free") else None)
