"""``manage.py seed_templates``: the gallery's own templates."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from templates_gallery.catalog import BadFixture, seed


class Command(BaseCommand):
    """Idempotent; keeps what an administrator customised."""

    help = "Create and update the templates that come with Copyloom."

    def add_arguments(self, parser: CommandParser) -> None:
        """Look before writing."""
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done.")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a template; exit status 1 for a file that is no template."""
        try:
            results = seed(dry_run=options["dry_run"])
        except BadFixture as error:
            raise CommandError(str(error)) from error
        for result in results:
            details = f" ({', '.join(result.details)})" if result.details else ""
            self.stdout.write(f"{result.slug}: {result.action}{details}")
        if options["dry_run"]:
            self.stdout.write("Nothing was written.")
