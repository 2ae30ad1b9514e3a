"""The only door to Redis and RQ. PostgreSQL decides; what is sent here may be lost or doubled."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache

import structlog
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from rq.utils import as_text

log = structlog.get_logger(__name__)
QUEUE_NAME = "nodes"
RUN_NODE = "workflows.jobs.run_node"
EPOCH_KEY = "copyloom:epoch"
"""Set by reconcile; gone after Redis lost its memory, which says that every message is gone."""

CHECK_KEY = "copyloom:check"
REST_SECONDS = 5.0
"""After a failure nothing is sent for so long, lest every request wait for the timeout."""
_away_until = float("-inf")

QueueError = RedisError
"""What a call may raise while Redis is away."""


@lru_cache(maxsize=1)
def connection() -> Redis:
    """The connection of this process: 1 s to connect and to answer, no retries in the client.

    With redis-py's defaults a hung Redis would hold a request for 14 s.
    """
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=1,
        socket_connect_timeout=1,
        retry=Retry(NoBackoff(), 0),
    )


def worker_connection() -> Redis:
    """A connection for a worker, which blocks on the queue for longer than a second."""
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5, health_check_interval=30)


def job_id(node_run_id: int, attempt: int) -> str:
    """The id of the message for one attempt of one step."""
    return f"nr-{node_run_id}-{attempt}"


def send(runs: Iterable[tuple[int, int]]) -> None:
    """Put (node run id, attempt) messages on the queue in one round trip.

    Raises ``QueueError`` when Redis cannot take them, or could not a moment ago; nothing is half
    sent that matters, for a second message of the same attempt changes nothing.
    """
    global _away_until  # noqa: PLW0603 - one process, one Redis
    if time.monotonic() < _away_until:
        raise QueueError("Redis is given a rest.")
    queue = Queue(QUEUE_NAME, connection=connection(), serializer=JSONSerializer)
    jobs = [
        Queue.prepare_data(
            RUN_NODE,
            args=[node_run_id, attempt],
            job_id=job_id(node_run_id, attempt),
            timeout=-1,
            result_ttl=0,
            failure_ttl=3600,
            description="",
        )
        for node_run_id, attempt in runs
    ]
    try:
        with connection().pipeline(transaction=False) as pipe:
            queue.enqueue_many(jobs, pipeline=pipe)
            pipe.execute()
    except QueueError:
        _away_until = time.monotonic() + REST_SECONDS
        raise


def check() -> bool:
    """Whether Redis takes a message: one that is full still answers. Raises ``QueueError``."""
    return bool(connection().set(CHECK_KEY, "1", ex=60))


def length() -> int:
    """How many messages wait for a worker. Raises ``QueueError``."""
    return Queue(QUEUE_NAME, connection=connection(), serializer=JSONSerializer).count


def forget_failure() -> None:
    """Send again at once, whatever Redis did a moment ago."""
    global _away_until  # noqa: PLW0603 - as above
    _away_until = float("-inf")


def waiting() -> frozenset[str]:
    """Ids of the messages that stand in the queue, in one round trip. Raises ``QueueError``.

    A message that a dying worker took off the queue counts as lost, though its job may be left.
    """
    key = Queue(QUEUE_NAME, connection=connection()).key
    return frozenset(as_text(one) for one in connection().lrange(key, 0, -1))


def epoch_is_new() -> bool:
    """Whether Redis has lost its memory since the last call. Raises ``QueueError``."""
    is_new = bool(connection().set(EPOCH_KEY, "1", nx=True))
    forget_failure()
    return is_new
