"""``--input key=value`` pairs as the values of a brief."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workflows.graph.model import Issue

MAX_BYTES = 2_000_000


class BadInputs(ValueError):
    """Pairs that cannot be read; ``issues`` names every one."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__("; ".join(issue.message for issue in issues))
        self.issues = issues


def parse_inputs(pairs: Iterable[str]) -> dict[str, str | list[str]]:
    """Values by key. ``key=@file`` reads a file, ``key=@@text`` is text that begins with ``@``.

    A repeated key makes a list. Raises ``BadInputs``.
    """
    found: dict[str, list[str]] = {}
    issues: list[Issue] = []
    for pair in pairs:
        key, sign, value = pair.partition("=")
        key = key.strip()
        if not sign or not key:
            text = f"--input {pair!r} must be key=value, such as --input topic=tea."
            issues.append(Issue("bad_input", text, field="inputs"))
            continue
        try:
            found.setdefault(key, []).append(_value(value))
        except (OSError, ValueError) as error:
            text = f"--input {key}: {_why(error)}"
            issues.append(Issue("bad_input", text, field=f"inputs.{key}"))
    if issues:
        raise BadInputs(issues)
    return {key: values if len(values) > 1 else values[0] for key, values in found.items()}


def _value(value: str) -> str:
    if value.startswith("@@"):
        return value[1:]
    if not value.startswith("@"):
        return value
    data = Path(value[1:]).read_bytes()
    if len(data) > MAX_BYTES:
        raise ValueError(f"{value[1:]} is larger than {MAX_BYTES // 10**6} MB.")
    return data.decode("utf-8-sig")


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the file is not text in UTF-8; give an upload by its id."
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read: {error.strerror}."
    return str(error)
