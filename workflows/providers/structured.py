"""Structured answers: what is asked of the model, how its answer is read and repaired. Pure.

A model is asked for a JSON object with one string a field. What came is read with tolerance
for small models (fences, prose around the object, other spellings of a key, lists of lines).
Whatever is still wrong is told to the model in one repair turn. After that a missing field is
an error, while a field that is too long is shortened: at the end of a sentence, else of a
clause, else of a word. Small models keep to no length however often they are told, and a
shortened line that a person reviews is worth more than a failed step; the answer carries a
note of each shortening, so that it never happens in silence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.providers.base import OutputField

ECHO_LENGTH = 4_000
"""How much of a wrong answer is shown to the model again."""
_BRACES_TRIED = 50
_FENCE = re.compile(r"```[a-zA-Z]*\s*(.*?)```", re.DOTALL)
_SENTENCE = re.compile(r"[.!?…][\"'\u201d\u2019)]*(?=\s|$)")
_CLAUSE = re.compile(r"\s+[\u2013\u2014-]\s+|[,;:](?=\s)")
_DANGLING = frozenset(
    re.findall(r"\w+", "a an and as at but by for from in into of on or our that the to with your")
)
_REQUEST = ("return json", "one object with these keys", "each a string")
"""Words of the instruction that no answer to it holds."""
_KEPT_SHARE = 0.4
"""A boundary that keeps less of the allowed length than this is passed over for the next kind."""


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer as far as it could be read."""

    values: Mapping[str, str] = field(default_factory=dict)
    """Every asked field that has text."""
    problems: tuple[str, ...] = ()
    """What is wrong, in words for the model and for people."""
    missing: tuple[str, ...] = ()
    """Asked fields without text."""

    @property
    def complete(self) -> bool:
        """Whether every asked field has text, though perhaps too much of it."""
        return not self.missing


def instruction(fields: Sequence[OutputField]) -> str:
    """The words that ask for the fields; short, because small models lose long ones."""
    lines = []
    for asked in fields:
        about = asked.description or asked.label
        limit = f" (at most {asked.max_length} characters)" if asked.max_length else ""
        lines.append(f'"{asked.key}"' + (f": {about}" if about else "") + limit)
    return "Return JSON: one object with these keys, each a string.\n" + "\n".join(lines)


def json_schema(fields: Sequence[OutputField]) -> dict[str, Any]:
    """The ``response_format`` for strict structured output.

    Lengths are left to the instruction: services refuse ``maxLength`` or cut words at it.
    """
    properties = {
        asked.key: {"type": "string", "description": asked.description or asked.label or asked.key}
        for asked in fields
    }
    schema = {
        "type": "object",
        "properties": properties,
        "required": [asked.key for asked in fields],
        "additionalProperties": False,
    }
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": schema},
    }


def read(text: str, fields: Sequence[OutputField]) -> Reading:
    """The fields found in a model's answer, and everything that is wrong with it."""
    found = _object_in(text, {asked.key for asked in fields})
    if found is None:
        keys = tuple(asked.key for asked in fields)
        return Reading(problems=("The answer is not a JSON object.",), missing=keys)
    by_name = {_plain(str(key)): value for key, value in found.items()}
    values: dict[str, str] = {}
    problems: list[str] = []
    for asked in fields:
        value = _unlabelled(_as_text(found.get(asked.key, by_name.get(_plain(asked.key)))), asked)
        if not value:
            problems.append(f'"{asked.key}" is missing or empty.')
            continue
        if _is_echo(value, asked):
            problems.append(f'"{asked.key}" repeats what was asked instead of answering it.')
            continue
        values[asked.key] = value
        if asked.max_length and len(value) > asked.max_length:
            problems.append(
                f'"{asked.key}" has {len(value)} characters; at most {asked.max_length} fit.'
            )
    missing = tuple(asked.key for asked in fields if asked.key not in values)
    return Reading(values, tuple(problems), missing)


def repair_messages(text: str, reading: Reading, fields: Sequence[OutputField]) -> list[Any]:
    """The turn that shows the model its answer and says what to put right."""
    told = " ".join(reading.problems)
    return [
        {"role": "assistant", "content": text[:ECHO_LENGTH]},
        {
            "role": "user",
            "content": f"That answer cannot be used. {told} Write it again.\n{instruction(fields)}",
        },
    ]


def fitted(reading: Reading, fields: Sequence[OutputField]) -> tuple[dict[str, str], list[str]]:
    """The values, none over its length, and a note for each that was shortened."""
    values: dict[str, str] = {}
    notes: list[str] = []
    for asked in fields:
        text = reading.values[asked.key]
        short = shorten(text, asked.max_length) if asked.max_length else text
        if short != text:
            name = asked.label or asked.key
            notes.append(f"{name} was shortened from {len(text)} to {len(short)} characters.")
        values[asked.key] = short
    return values, notes


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, ending where a sentence, a clause or a word ends."""
    if len(text) <= limit:
        return text
    for pattern, inclusive in ((_SENTENCE, True), (_CLAUSE, False)):
        ends = [m.end() if inclusive else m.start() for m in pattern.finditer(text)]
        fitting = [end for end in ends if limit * _KEPT_SHARE <= end <= limit]
        if fitting:
            return text[: fitting[-1]].rstrip()
    words = text[: limit + 1].split(" ")[:-1]
    while len(words) > 1 and words[-1].lower() in _DANGLING:
        words.pop()
    return (" ".join(words) or text[:limit]).rstrip(" ,;:-\u2013\u2014")


def joined(values: Mapping[str, str]) -> str:
    """The fields as one text, for steps that read the variant's ``text``."""
    return "\n\n".join(values.values())


def _object_in(text: str, keys: set[str]) -> dict[str, Any] | None:
    """The object that has most of the asked keys: the whole text, in a fence, or in prose."""
    wanted = {_plain(key) for key in keys}
    best: dict[str, Any] | None = None
    for candidate in [text, *_FENCE.findall(text)]:
        for found in _objects(candidate):
            score = len(wanted & {_plain(str(key)) for key in found})
            if best is None or score > len(wanted & {_plain(str(key)) for key in best}):
                best = found
    return best


def _objects(text: str) -> list[dict[str, Any]]:
    """Every JSON object that begins at a brace; line breaks inside strings are forgiven."""
    decoder = json.JSONDecoder(strict=False)
    found: list[dict[str, Any]] = []
    position = text.find("{")
    for _ in range(_BRACES_TRIED):
        if position < 0:
            break
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            found += [value, *(inner for inner in value.values() if isinstance(inner, dict))]
        position = text.find("{", end)
    return found


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(item.strip() for item in value if item.strip())
    return ""


def _is_echo(text: str, asked: OutputField) -> bool:
    """Whether a small model gave the field's name, its description, its limit or the request
    for JSON as the answer."""
    if any(phrase in text.lower() for phrase in _REQUEST):
        return True
    own = {_plain(one) for one in (asked.key, asked.label, asked.description) if one}
    limit = f"at most {asked.max_length} characters"
    return _plain(text) in own or (asked.max_length is not None and limit in text.lower())


def _unlabelled(text: str, asked: OutputField) -> str:
    """Without the field's own name in front (``Headline: …``), as small models write it."""
    head, colon, rest = text.partition(":")
    own = {_plain(asked.key), _plain(asked.label)}
    return rest.strip() if colon and head.strip() and _plain(head) in own else text


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())
