"""``manage.py seed_providers``: the providers that the environment names."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.providers.defaults import sync_default_providers


class Command(BaseCommand):
    """Makes or updates the instance's providers; run it after migrate, as often as you like."""

    help = "Make or update the providers that the environment names, and the defaults."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to keep the changes."""
        parser.add_argument("--dry-run", action="store_true", help="Show, but change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each change."""
        changes = sync_default_providers(dry_run=options["dry_run"])
        self.stdout.write("\n".join(changes) or "Nothing to change.")
