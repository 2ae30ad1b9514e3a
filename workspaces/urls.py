"""Pages of workspaces; those inside one are under ``/w/<slug>/``."""

from django.urls import path

from workspaces.views import projects, start

app_name = "workspaces"
urlpatterns = [
    path("", start.start, name="start"),
    path("w/<slug:slug>/projects", projects.project_list, name="projects"),
    path("w/<slug:slug>/projects/new", projects.new_project, name="project-new"),
    path("w/<slug:slug>/projects/<int:project_id>/edit", projects.edit, name="project-edit"),
    path("w/<slug:slug>/projects/<int:project_id>/delete", projects.delete, name="project-delete"),
]
