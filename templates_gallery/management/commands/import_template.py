"""``manage.py import_template``: a template from a file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from templates_gallery.catalog import write_entry
from workflows.interchange import ImportRefused, from_export, import_template
from workflows.models import WorkflowTemplate
from workspaces.models import Workspace

MAX_BYTES = 20_000_000


class Command(BaseCommand):
    """The file is checked whole before anything is written."""

    help = "Read a template in the export format, as a global one or into a workspace."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from and where to."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--workspace", metavar="SLUG", help="Without it: for all workspaces.")
        parser.add_argument(
            "--update", action="store_true", help="Make a new version of the one with its slug."
        )
        parser.add_argument("--dry-run", action="store_true", help="Check, write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 with one line for each bad field."""
        workspace = self._workspace(options["workspace"])
        data = self._read(options["file"])
        try:
            with transaction.atomic():
                template = import_template(data, workspace=workspace, update=options["update"])
                write_entry(template, from_export(data))
                told = _told(template, written=not options["dry_run"])
                transaction.set_rollback(options["dry_run"])
        except ImportRefused as error:
            raise CommandError("\n".join(one.message for one in error.errors)) from error
        self.stdout.write(told)

    def _workspace(self, slug: str | None) -> Workspace | None:
        if slug is None:
            return None
        workspace = Workspace.objects.filter(slug=slug).first()
        if workspace is None:
            raise CommandError(f"--workspace: there is no workspace {slug}.")
        return workspace

    def _read(self, path: Path) -> object:
        try:
            if path.stat().st_size > MAX_BYTES:
                raise CommandError(f"{path}: a template has at most {MAX_BYTES // 10**6} MB.")
            return json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}.") from error
        except (ValueError, RecursionError) as error:
            raise CommandError(f"{path} is no JSON: {error}") from error


def _told(template: WorkflowTemplate, *, written: bool) -> str:
    version = template.current_version
    assert version is not None
    verb = "is" if written else "would be"
    return f"{template.name} {verb} {template.slug}, version {version.number}."
