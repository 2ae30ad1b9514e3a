"""``manage.py export_template``: a template as a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.interchange import to_export
from workflows.models import WorkflowTemplate


class Command(BaseCommand):
    """Ids, people and keys stay here."""

    help = "Write a template in the export format."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one, and where to."""
        parser.add_argument("slug")
        parser.add_argument("--output", metavar="FILE", help="Instead of standard output.")
        parser.add_argument("--workspace", metavar="SLUG", help="Whose; without it a global one.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 when there is no such template."""
        owner = {"workspace__slug": options["workspace"]} if options["workspace"] else {}
        template = WorkflowTemplate.objects.filter(
            slug=options["slug"], **(owner or {"workspace": None})
        ).first()
        if template is None:
            where = f"in workspace {options['workspace']}" if options["workspace"] else "for all"
            raise CommandError(f"There is no template {options['slug']} {where}.")
        try:
            text = json.dumps(to_export(template), indent=2, ensure_ascii=False) + "\n"
            if options["output"]:
                Path(options["output"]).write_text(text, encoding="utf-8")
            else:
                self.stdout.write(text, ending="")
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from error
