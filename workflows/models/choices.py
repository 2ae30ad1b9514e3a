"""Turns the engine's vocabulary into choices and database constraints."""

from enum import StrEnum

from django.db import models


def choices(statuses: type[StrEnum]) -> list[tuple[str, str]]:
    """Choices for a status field."""
    return [(status.value, status.value.replace("_", " ").capitalize()) for status in statuses]


def known(field: str, statuses: type[StrEnum], name: str) -> models.CheckConstraint:
    """A constraint that keeps a field to the vocabulary."""
    values = [status.value for status in statuses]
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": values}), name=name)
