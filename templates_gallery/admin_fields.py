"""Form fields of curators."""

from __future__ import annotations

from typing import Any

from django import forms


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    widget = forms.Textarea

    def __init__(self, *, most: int, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most, self.longest = most, longest

    def prepare_value(self, value: Any) -> Any:
        """A list as lines; what was typed as it was."""
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """The lines that are not empty. Refuses too many, and any that is too long."""
        lines = [line.strip() for line in (super().clean(value) or "").splitlines()]
        found = [line for line in lines if line]
        if len(found) > self.most:
            raise forms.ValidationError(f"At most {self.most} lines.")
        if any(len(line) > self.longest for line in found):
            raise forms.ValidationError(f"At most {self.longest} characters a line.")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the lines differ, not whether a list differs from a text."""
        return bool(super().has_changed(self.prepare_value(initial), data))
