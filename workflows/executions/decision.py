"""The transaction around a decision, tried again where PostgreSQL asks for that."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

import structlog
from django.db import DatabaseError, transaction

from config.conflict import again_on_conflict
from config.crash import crash_point

P = ParamSpec("P")
R = TypeVar("R")
log = structlog.get_logger(__name__)


def one_decision(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function in a transaction; after a deadlock or a serialization failure again.

    Inside a transaction of the caller it is a savepoint: the caller's own is tried again.
    Crash points ``<module>.<function>.before_commit`` and ``.after_commit`` stand around it.
    """
    name = f"{function.__module__.rpartition('.')[2]}.{function.__name__.strip('_')}"

    @functools.wraps(function)
    def decided(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            result = function(*args, **kwargs)
            crash_point(f"{name}.before_commit")
        crash_point(f"{name}.after_commit")
        return result

    return again_on_conflict(decided)


def each(decide: Callable[..., int], rows: Iterable[tuple[int, ...]]) -> int:
    """Decide on row after row; the sum of what was done.

    One that fails is told to the log: a single broken run must not keep all others waiting.
    Raises ``DatabaseError``.
    """
    done = 0
    for row in rows:
        try:
            done += decide(*row)
        except DatabaseError:
            raise
        except Exception:
            log.exception("decision failed", function=decide.__name__, row=row)
    return done
