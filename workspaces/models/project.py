"""Groups of documents and workflows inside a workspace."""

from django.db import models

from workspaces.models.workspace import Workspace


class Project(models.Model):
    """A named group; deleting it keeps what it grouped."""

    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="projects")
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="project_name_once")
        ]

    def __str__(self) -> str:
        return self.name
