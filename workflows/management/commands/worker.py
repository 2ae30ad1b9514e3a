"""``manage.py worker``: processes that run steps."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from workflows import queue
from workflows.worker import NodePool


class Command(BaseCommand):
    """Runs a pool of workers until it is told to stop; SIGTERM lets running steps finish."""

    help = "Run steps. One process runs one step at a time: give as many as should run at once."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The size of the pool."""
        parser.add_argument("--processes", type=int, default=8)
        parser.add_argument("--burst", action="store_true", help="End when the queue is empty.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start the pool."""
        connections.close_all()
        pool = NodePool(queue.worker_connection(), options["processes"])
        pool.start(burst=options["burst"], logging_level="WARNING")
