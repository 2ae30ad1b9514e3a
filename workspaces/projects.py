"""Make and change projects."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from workspaces.models import Project, Workspace


class NameTaken(Exception):
    """The workspace has a project of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a project named {name} already. Choose another name.")


def create_project(*, workspace: Workspace, name: str, description: str = "") -> Project:
    """Add a project. Raises ``NameTaken``."""
    return _save(Project(workspace=workspace, name=name, description=description))


def edit_project(project: Project, *, name: str, description: str) -> Project:
    """Give a project this name and description. Raises ``NameTaken``."""
    project.name, project.description = name, description
    return _save(project)


def _save(project: Project) -> Project:
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as error:
        if "project_name_once" not in str(error):
            raise
        raise NameTaken(project.name) from error
    return project
