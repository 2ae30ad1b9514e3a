"""The questions of a brief as a form shows them, filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.graph.model import Issue
from workflows.nodes.brief import MAX_LENGTHS, MAX_LIST, BriefField, Config

_MOST_CARDS = 6
_LONGEST_CARD = 40


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose."""

    value: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One question with the answer so far."""

    field: BriefField
    widget: str
    """``text``, ``long_text``, ``number``, ``cards``, ``select``, ``checks``, ``list``, ``url``,
    ``image`` or ``file``."""
    text: str
    """The answer as text; one entry a line for a list, an id for an image or a file."""
    options: tuple[Option, ...]
    errors: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the form's field."""
        return input_name(self.field.key)

    @property
    def upload(self) -> str:
        """Of the form's field for a new picture or file."""
        return upload_name(self.field.key)

    @property
    def label(self) -> str:
        """What it is called."""
        return self.field.label or self.field.key.replace("_", " ").capitalize()

    @property
    def limit(self) -> int:
        """The most characters, or entries of a list; 0 for none."""
        return MAX_LIST if self.widget == "list" else MAX_LENGTHS.get(self.field.kind, 0)


def input_name(key: str) -> str:
    """The name of a question's field in the form, as errors name it too."""
    return f"inputs.{key}"


def upload_name(key: str) -> str:
    """The name of the field for a new picture or file."""
    return f"upload.{key}"


def questions_of(
    config: Config, answers: Mapping[str, Any], issues: Sequence[Issue] = ()
) -> tuple[Question, ...]:
    """Every question in order; one without an answer shows its default."""
    errors: dict[str, list[str]] = {}
    for issue in issues:
        errors.setdefault(issue.field or "", []).append(issue.message)
    return tuple(
        _question(field, answers.get(field.key), tuple(errors.get(input_name(field.key), ())))
        for field in config.fields
    )


def _question(field: BriefField, answer: Any, errors: tuple[str, ...]) -> Question:
    given = field.default if answer is None else answer
    chosen = _entries(given)
    return Question(
        field=field,
        widget=_widget(field),
        text="\n".join(chosen),
        options=tuple(Option(option, option in chosen) for option in field.options),
        errors=errors,
    )


def _widget(field: BriefField) -> str:
    if field.kind == "multi_choice":
        return "checks"
    if field.kind != "choice":
        return field.kind
    short = all(len(option) <= _LONGEST_CARD for option in field.options)
    always = field.required or bool(field.default)
    return "cards" if always and short and len(field.options) <= _MOST_CARDS else "select"


def _entries(given: Any) -> list[str]:
    """An answer as texts: one, or one an entry; a picture or file is its id."""
    if given is None or given == "":
        return []
    if isinstance(given, Mapping):
        return _entries(given.get("id"))
    if isinstance(given, (list, tuple)):
        return [str(entry) for entry in given]
    return [str(given)]
