"""``/api/projects``: groups of documents and workflows."""

from __future__ import annotations

from django.http import Http404
from django_filters import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from workspaces.access import Action
from workspaces.api.base import WorkspaceView
from workspaces.api.errors import Unprocessable, refused
from workspaces.api.filters import SearchFilter
from workspaces.api.idempotency import idempotent
from workspaces.api.shapes import ProjectInput, ProjectShape
from workspaces.models import Project
from workspaces.projects import NameTaken, create_project, edit_project


class ProjectFilter(FilterSet):  # type: ignore[misc]  # django-filter has no types
    """What projects can be narrowed by."""

    search = SearchFilter(["name", "description"])


class ProjectList(WorkspaceView):
    """The projects of the workspace."""

    actions = {"GET": Action.VIEW, "POST": Action.EDIT}
    queryset = Project.objects.none()
    filterset_class = ProjectFilter

    @extend_schema(operation_id="list_projects", responses=ProjectShape(many=True))
    def get(self, request: Request) -> Response:
        """List projects, newest first."""
        return self.page(self.workspace.projects.all(), ProjectShape)

    @extend_schema(
        operation_id="create_project", request=ProjectInput, responses={201: ProjectShape}
    )
    @idempotent(atomic=True)
    def post(self, request: Request) -> Response:
        """Create a project. Its name is once in the workspace."""
        values = self.body(ProjectInput)
        try:
            project = create_project(workspace=self.workspace, **values)
        except NameTaken as error:
            raise _taken(error) from error
        return Response(ProjectShape(project).data, status=status.HTTP_201_CREATED)


class ProjectDetail(WorkspaceView):
    """One project."""

    actions = {"GET": Action.VIEW, "PUT": Action.EDIT, "DELETE": Action.EDIT}

    @extend_schema(operation_id="get_project", responses=ProjectShape)
    def get(self, request: Request, project_id: int) -> Response:
        """Read a project."""
        return Response(ProjectShape(self._project(project_id)).data)

    @extend_schema(operation_id="replace_project", request=ProjectInput, responses=ProjectShape)
    def put(self, request: Request, project_id: int) -> Response:
        """Change a project's name and description."""
        project = self._project(project_id)
        try:
            edit_project(project, **self.body(ProjectInput))
        except NameTaken as error:
            raise _taken(error) from error
        return Response(ProjectShape(project).data)

    @extend_schema(operation_id="delete_project", responses={204: None})
    def delete(self, request: Request, project_id: int) -> Response:
        """Delete a project. What it grouped stays, in no project."""
        self._project(project_id).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _project(self, project_id: int) -> Project:
        project = self.workspace.projects.filter(pk=project_id).first()
        if project is None:
            raise Http404
        return project


def _taken(error: NameTaken) -> Unprocessable:
    return refused("name", str(error), "unique")
