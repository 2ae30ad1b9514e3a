"""The brief: what a person fills in before a run starts. Exactly one, the root."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from workflows.graph.model import KEY, Issue
from workflows.graph.storable import is_storable
from workflows.nodes.base import NodeConfig, NodeContext, NodeResult, NodeType
from workflows.nodes.icons import icon
from workflows.nodes.registry import register

Kind = Literal[
    "text", "long_text", "number", "choice", "multi_choice", "list", "url", "image", "file"
]
MAX_LENGTHS = {"text": 500, "long_text": 20_000, "url": 2_000, "choice": 500}
MAX_LIST = 200


class BriefField(NodeConfig):
    """One question of the brief."""

    key: Annotated[str, Field(pattern=KEY.pattern, title="Name")]
    label: Annotated[str, Field(max_length=120, title="Label")] = ""
    kind: Annotated[Kind, Field(title="Kind")] = "text"
    options: Annotated[list[str], Field(max_length=50, title="Options")] = []
    required: Annotated[bool, Field(title="Required")] = False
    default: Annotated[Any, Field(title="Default")] = None
    help: Annotated[str, Field(max_length=500, title="Help")] = ""


class Config(NodeConfig):
    """The questions, in order."""

    fields: Annotated[
        list[BriefField],
        Field(max_length=40, title="Questions", json_schema_extra={"x-summary": "Asks {}"}),
    ] = []


@register
class Brief(NodeType[Config]):
    """Hands the checked inputs to the steps below."""

    type = "brief"
    label = "Brief"
    category = "Start"
    color = "#64748B"
    icon = icon(
        '<rect width="8" height="4" x="8" y="2" rx="1" ry="1"/><path d="M16 4h2a2 2 0 0 1 2 2v14a2'
        ' 2 0 0 1-2 2H6a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h2"/><path d="M12 11h4"/><path d="M12 16h4"/>'
        '<path d="M8 11h.01"/><path d="M8 16h.01"/>'
    )
    help = (
        "What the work is about. A person answers its questions before each run; every workflow "
        "starts with one."
    )
    config_model = Config
    is_root = True
    is_sink = True
    outputs_from = "fields.*.key"

    def new_config(self) -> dict[str, Any]:
        """One question, so that the steps below have something to go by."""
        return {"fields": [{"key": "topic", "label": "Topic", "kind": "text", "required": True}]}

    def output_names(self, config: Mapping[str, Any]) -> frozenset[str]:
        """The keys of the questions."""
        fields = config.get("fields")
        found = fields if isinstance(fields, list) else []
        return frozenset(
            str(field["key"]) for field in found if isinstance(field, Mapping) and "key" in field
        )

    def check(self, config: Config) -> Iterable[Issue]:
        """Keys must differ; choices need options; a default must be a valid answer."""
        seen: set[str] = set()
        for number, field in enumerate(config.fields):
            where = f"fields.{number}"
            if field.key in seen:
                text = f"Two questions are called {field.key}; rename one."
                yield Issue("bad_config", text, field=f"{where}.key")
            seen.add(field.key)
            if field.kind in ("choice", "multi_choice") and not field.options:
                text = f"{_name(field)} is a choice and needs options."
                yield Issue("bad_config", text, field=f"{where}.options")
            elif not _is_blank(field.default):
                problem = _check(field, field.default)[1]
                if problem:
                    yield Issue("bad_config", f"The default: {problem}", field=f"{where}.default")

    def run(self, config: Config, ctx: NodeContext) -> NodeResult:
        """The values, as the launch checked them."""
        values = {field.key: ctx.value_or_none(f"brief.{field.key}") for field in config.fields}
        return NodeResult(values)


def check_inputs(config: Config, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[Issue]]:
    """Values by key and every issue; ``field`` is ``inputs.<key>``. Pure.

    Text is trimmed; a missing optional answer is the default, else None.
    """
    issues = [
        Issue(
            "unknown_input",
            f"The brief has no question {key}. It asks for: "
            f"{', '.join(field.key for field in config.fields) or 'nothing'}.",
            field=f"inputs.{key}",
        )
        for key in inputs.keys() - {field.key for field in config.fields}
    ]
    values: dict[str, Any] = {}
    for field in config.fields:
        given = inputs.get(field.key)
        given = field.default if _is_blank(given) else given
        where = f"inputs.{field.key}"
        if _is_blank(given):
            values[field.key] = None
            if field.required:
                issues.append(Issue("missing_input", f"Fill in {_name(field)}.", field=where))
            continue
        values[field.key], problem = _check(field, given)
        if problem:
            issues.append(Issue("bad_input", problem, field=where))
    return values, issues


def _check(field: BriefField, given: Any) -> tuple[Any, str]:
    """The coerced value and what is wrong with it; the empty string when nothing is."""
    try:
        return _KINDS[field.kind](field, given), ""
    except ValueError as error:
        return None, f"{_name(field)} {error}"


def _name(field: BriefField) -> str:
    return field.label or field.key


def _is_blank(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _text(field: BriefField, given: Any) -> str:
    if not isinstance(given, (str, int, float)) or isinstance(given, bool):
        raise ValueError("must be text.")
    text = str(given).strip()
    limit = MAX_LENGTHS[field.kind]
    if len(text) > limit:
        raise ValueError(f"takes at most {limit:,} characters; this has {len(text):,}.")
    if not is_storable(text):
        raise ValueError("holds a character that cannot be stored; remove it.")
    return text


def _number(field: BriefField, given: Any) -> int | float:
    try:
        if isinstance(given, bool):
            raise ValueError
        number = float(given)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError("must be a number.") from error
    if not math.isfinite(number) or abs(number) > 1e15:
        raise ValueError("must be a number.")
    return int(number) if number.is_integer() else number


def _choice(field: BriefField, given: Any) -> str:
    text = _text(field, given)
    if text not in field.options:
        raise ValueError(f"must be one of {', '.join(field.options)}.")
    return text


def _multi_choice(field: BriefField, given: Any) -> list[str]:
    chosen = _entries(given)
    wrong = [entry for entry in chosen if entry not in field.options]
    if wrong:
        raise ValueError(f"takes {', '.join(field.options)}; not {', '.join(wrong)[:100]}.")
    return list(dict.fromkeys(chosen))


def _list(field: BriefField, given: Any) -> list[str]:
    entries = _entries(given)
    if len(entries) > MAX_LIST:
        raise ValueError(f"takes at most {MAX_LIST} entries; this has {len(entries)}.")
    return entries


def _entries(given: Any) -> list[str]:
    """A JSON list, or text with one entry a line."""
    if isinstance(given, str):
        text = given.strip()
        if text.startswith("["):
            try:
                given = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise ValueError("must be a JSON list or one entry a line.") from error
        else:
            given = text.splitlines()
    if not isinstance(given, list) or any(isinstance(one, (dict, list)) for one in given):
        raise ValueError("must be a list of texts, or one entry a line.")
    entries = [str(one).strip() for one in given if one is not None]
    if any(len(entry) > 2_000 for entry in entries):
        raise ValueError("has an entry of more than 2,000 characters.")
    if not all(map(is_storable, entries)):
        raise ValueError("holds a character that cannot be stored; remove it.")
    return [entry for entry in entries if entry]


def _url(field: BriefField, given: Any) -> str:
    text = _text(field, given)
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError("must be a web address such as https://example.com.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a web address such as https://example.com.")
    return text


def _id(field: BriefField, given: Any) -> int:
    if isinstance(given, Mapping):
        given = given.get("id")
    try:
        number = int(str(given))
    except ValueError as error:
        raise ValueError(f"must be the id of an uploaded {field.kind}.") from error
    if not 0 < number < 2**63:
        raise ValueError(f"must be the id of an uploaded {field.kind}.")
    return number


_KINDS: dict[str, Callable[[BriefField, Any], Any]] = {
    "text": _text,
    "long_text": _text,
    "number": _number,
    "choice": _choice,
    "multi_choice": _multi_choice,
    "list": _list,
    "url": _url,
    "image": _id,
    "file": _id,
}
