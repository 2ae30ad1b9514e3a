"""Messages as workers take them: out of Redis in two round trips, with nothing left behind."""

from __future__ import annotations

from typing import Any

from redis import Redis
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job


class NodeJob(Job):
    """A message; it is taken out of Redis as it is read, for PostgreSQL keeps what matters."""

    @classmethod
    def fetch(cls, id: str, connection: Redis | None = None, serializer: Any = None) -> NodeJob:
        """Read and delete in one round trip. Raises ``NoSuchJobError``."""
        job = cls(id, connection=connection, serializer=serializer)
        with job.connection.pipeline(transaction=False) as pipe:
            pipe.hgetall(job.key)
            pipe.delete(job.key)
            found, _ = pipe.execute()
        if not found:
            raise NoSuchJobError(f"No such job: {id}")
        job.restore(found)
        return job


class NodeQueue(Queue):
    """The queue as workers read it."""

    job_class = NodeJob

    @classmethod
    def lmove(
        cls, connection: Redis, queue_key: str, timeout: int | None
    ) -> tuple[str, Any] | None:
        """Take a message off, without RQ's second list: one that is lost is sent again.

        Raises ``DequeueTimeout``.
        """
        found = cls.lpop([queue_key], timeout, connection=connection)
        return None if found is None else (queue_key, found[1])
