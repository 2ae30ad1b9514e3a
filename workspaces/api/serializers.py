"""What goes in: fields by name, and nothing beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

MAX_ID = 2**63 - 1
_MANY = 20


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses every field that it does not take, so that none is ignored in silence.

    That goes for what clients may read and not write too: ids, owners, states.
    """

    def to_internal_value(self, data: Any) -> Any:
        """The checked values. Raises ``ValidationError`` with every error at once."""
        unknown = self._unknown(data)
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            if not unknown or not isinstance(error.detail, dict):
                raise
            raise ValidationError({**error.detail, **unknown}) from error
        if unknown:
            raise ValidationError(unknown)
        return value

    def _unknown(self, data: Any) -> dict[str, list[ErrorDetail]]:
        if not isinstance(data, Mapping):
            return {}
        taken = [name for name, field in self.fields.items() if not field.read_only]
        # A form sent by a page carries its token beside the fields.
        names = [name for name in data if name not in taken and name != "csrfmiddlewaretoken"]
        known = f"the fields are {', '.join(taken)}" if taken else "this call takes none"
        sentence = f"There is no such field to set; {known}."
        return {name[:100]: [ErrorDetail(sentence, "unknown_field")] for name in names[:_MANY]}


class IdField(serializers.IntegerField):
    """The id of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, **options)
