"""``python -m config.beat``: whether a worker or reconcile of this host was seen lately.

The health check of a container that serves no HTTP; exit status 0 when it was.
"""

import os
import socket
import sys

from django.db import connection

_SEEN = """
SELECT 1 FROM workflows_workerbeat
 WHERE host = %s AND seen_at > clock_timestamp() - make_interval(secs => %s) LIMIT 1
"""
STALE_SECONDS = 60


def seen_lately() -> bool:
    """Whether the database knows a fresh beat of this host."""
    with connection.get_new_connection(connection.get_connection_params()) as link:
        found = link.execute(_SEEN, [socket.gethostname(), STALE_SECONDS])
        return found.fetchone() is not None


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
    sys.exit(0 if seen_lately() else 1)
