"""``manage.py seed_demo``: a workspace to look around in."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from templates_gallery.demo import DEMO, NothingToLaunch, launch_demo, make_demo
from workflows.executions.launch import LaunchRefused
from workflows.providers.defaults import sync_default_providers


class Command(BaseCommand):
    """Idempotent. ``DEMO_PASSWORD`` sets the password, else one is generated and shown once."""

    help = "Create the demo workspace, its user and the default providers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to start something."""
        parser.add_argument(
            "--launch", action="store_true", help="Run the demo template if nothing ever ran."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 when the demo template cannot run."""
        demo = make_demo(os.environ.get("DEMO_PASSWORD", ""))
        for change in sync_default_providers():
            self.stdout.write(change)
        if demo.password:
            self.stdout.write(f"demo login: {DEMO['email']} / {demo.password}")
        if not options["launch"]:
            return
        try:
            execution = launch_demo(demo)
        except (NothingToLaunch, LaunchRefused) as error:
            raise CommandError(f"The demo run was not started: {error}") from error
        if execution is not None:
            self.stdout.write(f"Run {execution.pk} has started: {execution.title}")
