"""The transaction around a decision, tried again where PostgreSQL asks for that."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

import structlog
from django.db import (
    DatabaseError,
    NotSupportedError,
    OperationalError,
    connection,
    transaction,
)

from config.crash import crash_point

P = ParamSpec("P")
R = TypeVar("R")
MAX_TRIES = 4
"""The first and three more (reliability.md, fault 23)."""
_CONFLICTS = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock."""
_OUTDATED_PLAN = "0A000"
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


def again_on_conflict(function: Callable[P, R]) -> Callable[P, R]:
    """Call again, with jitter, what PostgreSQL broke off to let another transaction through."""

    @functools.wraps(function)
    def patient(*args: P.args, **kwargs: P.kwargs) -> R:
        for number in range(1, MAX_TRIES):
            if connection.in_atomic_block:
                break
            try:
                return function(*args, **kwargs)
            except NotSupportedError as error:
                if not is_outdated(error):
                    raise
                connection.close()
            except OperationalError as error:
                if not is_conflict(error):
                    raise
                log.info("decision tried again", function=function.__name__, number=number)
                time.sleep(random.uniform(0, 0.02 * 2**number))  # noqa: S311 - jitter, no secret
        return function(*args, **kwargs)

    return patient


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


def is_conflict(error: OperationalError) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    return getattr(error.__cause__, "sqlstate", None) in _CONFLICTS


def is_outdated(error: NotSupportedError) -> bool:
    """Whether a migration has outdated a prepared plan; another connection plans anew."""
    return getattr(error.__cause__, "sqlstate", None) == _OUTDATED_PLAN
