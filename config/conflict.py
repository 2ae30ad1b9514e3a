"""What PostgreSQL breaks off to let another transaction through is tried again."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import structlog
from django.db import NotSupportedError, OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")
MAX_TRIES = 4
"""The first and three more (reliability.md, fault 23)."""
_CONFLICTS = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock."""
_OUTDATED_PLAN = "0A000"
log = structlog.get_logger(__name__)


def again_on_conflict(function: Callable[P, R]) -> Callable[P, R]:
    """Call again, with jitter; inside a transaction of the caller that is the caller's to do."""

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


def is_conflict(error: OperationalError) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    return getattr(error.__cause__, "sqlstate", None) in _CONFLICTS


def is_outdated(error: NotSupportedError) -> bool:
    """Whether a migration has outdated a prepared plan; another connection plans anew."""
    return getattr(error.__cause__, "sqlstate", None) == _OUTDATED_PLAN
