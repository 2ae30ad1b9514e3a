"""Addresses of the API of workspaces, below /api/."""

from django.urls import path

from workspaces.api import converters, projects, tokens, workspaces  # noqa: F401 - registers ids

_WORKSPACE = "workspaces/<slug:workspace_slug>"
urlpatterns = [
    path("workspaces", workspaces.WorkspaceList.as_view(), name="api-workspaces"),
    path(f"{_WORKSPACE}/tokens", tokens.TokenList.as_view(), name="api-tokens"),
    path(
        f"{_WORKSPACE}/tokens/<token_id:token_id>", tokens.TokenDetail.as_view(), name="api-token"
    ),
    path("projects", projects.ProjectList.as_view(), name="api-projects"),
    path("projects/<id:project_id>", projects.ProjectDetail.as_view(), name="api-project"),
]
