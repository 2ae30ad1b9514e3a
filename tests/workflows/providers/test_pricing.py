"""What a call cost; an unknown price is unknown."""

from __future__ import annotations

import socket
from decimal import Decimal
from typing import Any

import pytest

from workflows.models import ModelPrice, Provider
from workflows.providers import pricing
from workflows.providers.base import Usage

pytestmark = pytest.mark.django_db
USAGE = Usage(1_000_000, 500_000)


def _row(**fields: Any) -> Provider:
    values = {"slug": "p", "name": "P", "kind": "openai_compatible"}
    return Provider.objects.create(**{**values, "base_url": "https://api.openai.com/v1", **fields})


def test_a_public_models_price_is_known_without_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = _row()

    def no_network(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    assert pricing.cost_of_chat(row.pk, "gpt-4o-mini", USAGE) == Decimal("0.45")
    image = pricing.cost_of_image(row.pk, "gpt-image-1", Usage(1000, 1000))
    assert image is not None
    assert image > 0


@pytest.mark.parametrize(
    ("base_url", "model", "usage"),
    [
        ("https://api.openai.com/v1", "a-model-of-tomorrow", USAGE),
        ("https://api.openai.com/v1", "", USAGE),
        ("https://models.example.com/v1", "gpt-4o-mini", USAGE),
        ("https://api.openai.com/v1", "gpt-4o-mini", Usage()),
        ("https://api.openai.com/v1", "gpt-4o-mini", Usage(5, None)),
    ],
)
def test_what_is_not_known_costs_none_and_never_zero(
    base_url: str, model: str, usage: Usage
) -> None:
    row = _row(base_url=base_url)
    assert pricing.cost_of_chat(row.pk, model, usage) is None
    assert pricing.cost_of_image(row.pk, model, usage) is None


def test_the_rows_own_price_comes_first() -> None:
    row = _row()
    ModelPrice.objects.create(
        provider=row, model="gpt-4o-mini", input_per_million=2, output_per_million=4
    )
    ModelPrice.objects.create(provider=row, model="dall-e-3", per_image=Decimal("0.08"))
    assert pricing.cost_of_chat(row.pk, "gpt-4o-mini", USAGE) == Decimal(4)
    assert pricing.cost_of_image(row.pk, "dall-e-3", Usage()) == Decimal("0.08")


def test_half_a_price_is_unknown() -> None:
    row = _row(base_url="https://models.example.com/v1")
    ModelPrice.objects.create(provider=row, model="m", input_per_million=2)
    assert pricing.cost_of_chat(row.pk, "m", USAGE) is None


def test_studio_and_free_providers_cost_nothing() -> None:
    cards = _row(kind="studio", base_url="")
    local = _row(slug="local", base_url="http://127.0.0.1:1/v1", options={"free": True})
    assert pricing.cost_of_image(cards.pk, "studio-card-1", Usage()) == 0
    assert pricing.cost_of_chat(local.pk, "small", Usage()) == 0


def test_a_provider_that_was_deleted_meanwhile_has_no_price() -> None:
    assert pricing.cost_of_chat(987_654, "gpt-4o-mini", USAGE) is None
    assert pricing.cost_of_image(987_654, "gpt-image-1", USAGE) is None
