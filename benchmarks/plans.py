"""What PostgreSQL does for the queries that a piece of code issues."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlparse
from django.db import connection

from benchmarks.fill import BIG


@dataclass(frozen=True, slots=True)
class Scan:
    """How a table is read."""

    node: str
    """Such as ``Index Scan``."""
    table: str
    index: str

    def __str__(self) -> str:
        return f"{self.node} {self.index or self.table}".replace("workflows_", "")

    @property
    def reads_all(self) -> bool:
        """Whether it goes through a big table from end to end."""
        return self.node == "Seq Scan" and self.table in BIG


def captured(action: Callable[[], object]) -> list[str]:
    """The statements that an action sends, with their values in them."""
    found: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if params is None or not many:
            operations: Any = connection.ops
            text = operations.compose_sql(sql, params) if params else str(sql)
            found.extend(part for part in sqlparse.split(text) if _can_be_explained(part))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        action()
    return found


def scans(statement: str) -> list[Scan]:
    """How the statement would read each table; it is not run."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + statement)
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return list(_walk(plan[0]["Plan"]))


def _walk(node: dict[str, Any], above: str = "") -> Iterator[Scan]:
    """The index scans below a bitmap scan name no table: it is the one ``above``."""
    table = node.get("Relation Name", above if "Bitmap" in node["Node Type"] else "")
    if "Scan" in node["Node Type"] and table:
        yield Scan(node["Node Type"], table, node.get("Index Name", ""))
    for below in node.get("Plans", ()):
        yield from _walk(below, table)


def _can_be_explained(text: str) -> bool:
    words = text.lstrip("( \n").split(None, 1)
    return bool(words) and words[0].upper() in _EXPLAINED


_EXPLAINED = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")
