"""Copies of templates."""

import pytest

from templates_gallery.clone import clone
from tests.factories import TemplateFactory, WorkspaceFactory
from workflows.interchange import to_export
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


def test_a_copy_is_the_same_graph_in_the_workspace(workspace: Workspace, editor: User) -> None:
    original = TemplateFactory(workspace=None, slug="kit", tags=["a"])
    made = clone(original, workspace=workspace, author=editor)
    assert to_export(made) == to_export(original)
    assert (made.workspace, made.created_by) == (workspace, editor)
    assert made.cloned_from == original.current_version
    assert made.current_version.number == 1


def test_a_second_copy_gets_another_slug(workspace: Workspace, editor: User) -> None:
    original = TemplateFactory(workspace=None, slug="kit")
    slugs = [clone(original, workspace=workspace, author=editor).slug for _ in range(2)]
    assert slugs == ["kit", "kit-2"]


def test_a_workflow_of_another_workspace_cannot_be_copied(
    workspace: Workspace, editor: User
) -> None:
    theirs = TemplateFactory(workspace=WorkspaceFactory())
    with pytest.raises(ValueError, match="another workspace"):
        clone(theirs, workspace=workspace, author=editor)
    assert not workspace.workflow_templates.exists()
