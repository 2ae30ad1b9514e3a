"""The command palette: what a few letters find, and for whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tests import factories as make
from tests.graphs import brief, graph
from workflows.models import WorkflowExecution, WorkflowTemplate
from workspaces.models import Project, User, Workspace

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
SEARCH = "/w/alder-pine/search"


@pytest.fixture
def run(workspace: Workspace) -> WorkflowExecution:
    """A run, its workflow, a document, a project and a gallery template, all of tea."""
    template = make.TemplateFactory(
        workspace=workspace, name="Tea letter", graph=graph([brief("topic")])
    )
    make.DocumentFactory(workspace=workspace, title="Tea in winter")
    Project.objects.create(workspace=workspace, name="All about tea")
    make.GalleryEntryFactory(title="Sell your tea", template__slug="tea")
    return make.ExecutionFactory(
        workspace=workspace, version=template.current_version, title="First tea run"
    )


def found(client: Client, query: str) -> str:
    """What the palette draws."""
    answer = client.get(SEARCH, {"q": query}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_letters_find_things_of_every_kind(
    browse: Browse, viewer: User, run: WorkflowExecution
) -> None:
    shown = found(browse(viewer), "TEA")
    for words in ("Tea letter", "First tea run", "Tea in winter", "All about tea", "Sell your tea"):
        assert words in shown
    assert f'href="/w/alder-pine/runs/{run.pk}"' in shown
    assert "<html" not in shown


@pytest.mark.parametrize("sign", ["", "#"])
def test_a_run_is_found_by_its_number(
    browse: Browse, viewer: User, run: WorkflowExecution, sign: str
) -> None:
    assert "First tea run" in found(browse(viewer), f"{sign}{run.pk}")


def test_nothing_asked_shows_pages_and_what_the_role_may_do(
    browse: Browse, viewer: User, editor: User
) -> None:
    assert "New document" in found(browse(editor), "")
    shown = found(browse(viewer), "")
    assert "Image library" in shown
    assert "New document" not in shown


def test_things_of_elsewhere_archived_and_unpublished_are_not_found(
    browse: Browse, editor: User, workspace: Workspace, run: WorkflowExecution
) -> None:
    other = Workspace.objects.create(name="Other", slug="other")
    make.DocumentFactory(workspace=other, title="Secret tea")
    make.TemplateFactory(workspace=other, name="Foreign tea", graph=graph([brief("topic")]))
    make.GalleryEntryFactory(title="Tea to come", published=False, template__slug="later")
    WorkflowTemplate.objects.filter(name="Tea letter").update(archived_at=run.created_at)
    shown = found(browse(editor), "tea")
    for words in ("Secret tea", "Foreign tea", "Tea to come", "Tea letter"):
        assert words not in shown


@pytest.mark.parametrize(
    "query", ["<b>zzz", "%", "_", "\0", "9" * 400, "#", "''"], ids=lambda text: repr(text[:6])
)
def test_whatever_is_typed_is_answered(browse: Browse, viewer: User, query: str) -> None:
    assert "<b>" not in found(browse(viewer), query)


def test_what_is_not_there_is_said(browse: Browse, viewer: User) -> None:
    assert "Nothing here is called “qqq”." in found(browse(viewer), "qqq")


def test_without_scripts_it_is_a_page_that_searches(
    browse: Browse, viewer: User, run: WorkflowExecution
) -> None:
    shown = browse(viewer).get(SEARCH, {"q": "winter"}).content.decode()
    assert "<h1" in shown
    assert "Tea in winter" in shown
    assert 'value="winter"' in shown
